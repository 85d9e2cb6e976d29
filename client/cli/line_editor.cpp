#include "client/cli/line_editor.hpp"

#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cwchar>
#include <iostream>

#include "client/cli/connection.hpp"
#include "client/cli/output.hpp"

namespace gavel::cli {

class LineEditor::Impl {
 public:
  Impl(std::string prompt, std::string history_file, Hooks hooks)
      : prompt_(std::move(prompt)),
        history_file_(std::move(history_file)),
        hooks_(std::move(hooks)),
        editor_(el_init("gavel", stdin, stdout, stderr)),
        history_(history_init()) {
    constexpr int kRemembered = 1000;
    HistEvent event{};
    history(history_, &event, H_SETSIZE, kRemembered);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_, &event, H_LOAD, history_file_.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &Impl::prompt);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 0);
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_GETCFN, &Impl::next_key);
    el_set(editor_, EL_ADDFN, "gavel-complete", "complete the word", &Impl::complete);
    el_set(editor_, EL_BIND, "^I", "gavel-complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor_, nullptr);
  }
  ~Impl() {
    HistEvent event{};
    if (!history_file_.empty()) history(history_, &event, H_SAVE, history_file_.c_str());
    history_end(history_);
    el_end(editor_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<std::string> read() {
    given_up_ = false;
    editing_ = true;
    int count = 0;
    const char* text = el_gets(editor_, &count);
    editing_ = false;
    if (given_up_) {
      el_reset(editor_);
      std::cout << (interrupted() ? "^C" : "") << std::endl;
      return std::string();
    }
    if (text == nullptr || count <= 0) return {};
    std::string line(text, static_cast<std::size_t>(count));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    HistEvent event{};
    if (line.find_first_not_of(' ') != std::string::npos) history(history_, &event, H_ENTER, line.c_str());
    return line;
  }

  void print_above(const std::string& text) {
    if (!editing_) {
      std::cout << text << std::endl;
      return;
    }
    // To the first row of the line being typed, away with it, the text, and the line anew below.
    const LineInfo* line = el_line(editor_);
    const std::size_t rows_up =
        rows_before_end_of({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
    std::string out = "\r";
    if (rows_up > 0) out += "\x1b[" + std::to_string(rows_up) + "A";
    out += "\x1b[J";
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    out += "\r\n";
    std::cout << out << std::flush;
    el_set(editor_, EL_REFRESH);
  }

  void take_back(const std::string& line) {
    std::cout << "\x1b[" << rows_before_end_of(line) + 1 << "A\r\x1b[J" << std::flush;
  }

 private:
  /// Of the screen, from the prompt on.
  std::size_t rows_before_end_of(const std::string& typed) const {
    return (width_of(prompt_) + width_of(typed)) / columns();
  }

  static Impl& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }
  static char* prompt(EditLine* editor) { return of(editor).prompt_.data(); }

  static std::size_t columns() {
    winsize size{};
    constexpr std::size_t kUsual = 80;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
  }

  /// libedit's way to read: one character, of as many bytes as it has. 1: read; 0: end; -1: error.
  static int next_key(EditLine* editor, wchar_t* out) {
    Impl& self = of(editor);
    std::mbstate_t state{};
    for (;;) {
      if (!self.hooks_.wait_for_key()) {
        self.given_up_ = true;
        return 0;
      }
      char byte = 0;
      if (::read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      const std::size_t result = std::mbrtowc(out, &byte, 1, &state);
      if (result == static_cast<std::size_t>(-2)) continue;
      if (result == static_cast<std::size_t>(-1)) *out = L'?';
      return 1;
    }
  }

  static unsigned char complete(EditLine* editor, int /*key*/) {
    Impl& self = of(editor);
    const LineInfo* line = el_line(editor);
    const std::string text(line->buffer, static_cast<std::size_t>(line->cursor - line->buffer));
    const auto space = text.find_last_of(' ');
    const std::string before = space == std::string::npos ? "" : text.substr(0, space + 1);
    const std::string word = text.substr(before.size());
    const auto found = self.hooks_.complete(before, word);
    if (found.empty()) return CC_REFRESH_BEEP;
    std::string common = found.front();
    for (const std::string& one : found) {
      std::size_t same = 0;
      while (same < common.size() && same < one.size() && common[same] == one[same]) ++same;
      common.resize(same);
    }
    std::string more = common.substr(word.size());
    if (found.size() == 1) more += " ";
    if (!more.empty()) {
      el_insertstr(editor, more.c_str());
      return CC_REFRESH;
    }
    std::string all;
    for (const std::string& one : found) all += (all.empty() ? "" : "  ") + one;
    self.print_above(all);
    return CC_REFRESH;
  }

  std::string prompt_;
  std::string history_file_;
  Hooks hooks_;
  EditLine* editor_;
  History* history_;
  bool editing_ = false;
  bool given_up_ = false;
};

LineEditor::LineEditor(std::string prompt, std::string history_file, Hooks hooks)
    : impl_(std::make_unique<Impl>(std::move(prompt), std::move(history_file), std::move(hooks))) {}
LineEditor::~LineEditor() = default;
std::optional<std::string> LineEditor::read() { return impl_->read(); }
void LineEditor::print_above(const std::string& text) { impl_->print_above(text); }

void LineEditor::take_back(const std::string& line) { impl_->take_back(line); }

}  // namespace gavel::cli
