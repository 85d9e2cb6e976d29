#include "tools/sniffer/completion.hpp"

#include "client/cli/output.hpp"
#include "tools/sniffer/message/decode.hpp"

namespace gavel::sniffer {

std::string bash_completion(const std::vector<std::string>& options) {
  std::vector<std::string> lanes;
  for (std::size_t i = 0; i < kLanes; ++i) lanes.emplace_back(name_of(static_cast<Lane>(i)));
  std::vector<std::string> types;
  for (const auto& [kind, name] : known_types()) types.push_back(name);
  const auto asked = [](const std::string& command, const std::string& key) {
    return "$(gavel --timeout 1 " + command + " -o jsonl 2>/dev/null | sed -n 's/^{\"" + key +
           "\":\"\\([^\"]*\\)\".*/\\1/p')";
  };
  // bash takes "lane=order" for three words.
  return "# bash completion for gavel-sniff: source <(gavel-sniff --completion bash)\n"
         "_gavel_sniff() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} key= words=\n"
         "  if [ \"$word\" = = ]; then key=$before word=\n"
         "  elif [ \"$before\" = = ]; then key=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  case ${key%!} in\n"
         "    lane) words=\"" +
         cli::joined(lanes, " ") +
         "\" ;;\n"
         "    type) words=\"" +
         cli::joined(types, " ") +
         "\" ;;\n"
         "    node|from|to) words=\"" +
         asked("servers", "node") +
         "\" ;;\n"
         "    group|auction) words=\"directory " +
         asked("auctions", "id") +
         "\" ;;\n"
         "    --ladder) words=\"text mermaid svg\" ;;\n"
         "    '') case $before in\n"
         "      --color) words=\"always never auto\" ;;\n"
         "      --story) words=\"election recovery bid all\" ;;\n"
         "      --completion) words=bash ;;\n"
         "      -o|--output) words=\"table json jsonl\" ;;\n"
         "      --record|--read|--out) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
         "      *) words=\"node= from= to= group= auction= lane= type= slot= client= " +
         cli::joined(options, " ") +
         "\"\n"
         "         case $word in -*) ;; *) compopt -o nospace ;; esac ;;\n"
         "    esac ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _gavel_sniff gavel-sniff\n";
}

}  // namespace gavel::sniffer
