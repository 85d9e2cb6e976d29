// A line of text from a person at a terminal, with history and completion (libedit), while other things go on: it waits
// in a function that its owner gives, and lines can be printed above the one that is being typed without disturbing it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gavel::cli {

class LineEditor {
 public:
  struct Hooks {
    /// Returns when stdin has something to read; false: give up the line.
    std::function<bool()> wait_for_key;
    /// What the word that ends at the cursor may become; `before` is the line up to that word.
    std::function<std::vector<std::string>(const std::string& before, const std::string& word)> complete;
  };

  LineEditor(std::string prompt, std::string history_file, Hooks hooks);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Without the newline; nothing at the end of the input.
  std::optional<std::string> read();
  /// Above the line that is being typed, if one is.
  void print_above(const std::string& text);
  /// The line that was read last goes from the screen again, if nothing was printed since.
  void take_back(const std::string& line);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::cli
