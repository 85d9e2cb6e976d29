#!/usr/bin/env python3
"""Each rule of architecture.py fires on a bad example, and keeps quiet on the good one beside it."""

import pathlib
import re
import unittest

import architecture

HEAD = "// What it owns.\n#pragma once\n"

# rule: (path, text that breaks it, text that does not)
EXAMPLES = {
    "include-direction": [
        ("common/order/a.cpp", '#include "node/services/auction.hpp"', '#include "common/wire/codec.hpp"'),
        ("common/order/a.cpp", '#include "common/wire/services/auction.hpp"', '#include "common/base/ids.hpp"'),
        ("common/wire/a.cpp", '#include "common/order/replica.hpp"', '#include "common/base/ids.hpp"'),
        ("common/store/a.cpp", '#include "common/wire/codec.hpp"', '#include "common/store/record.hpp"'),
        ("common/bus/a.cpp", '#include "common/wire/codec.hpp"', '#include "common/base/bytes.hpp"'),
        ("node/services/a.cpp", '#include "common/order/replica.hpp"', '#include "common/wire/services/auction.hpp"'),
        ("node/host/a.cpp", '#include "common/bus/bus.hpp"', '#include "common/order/replica.hpp"'),
        ("node/gateway/a.cpp", '#include "common/bus/bus.hpp"', '#include "node/services/auction.hpp"'),
        ("client/core/a.cpp", '#include "common/order/replica.hpp"', '#include "common/wire/services/auction.hpp"'),
        ("client/cli/a.cpp", '#include "node/host/node.hpp"', '#include "common/bus/bus.hpp"'),
        ("tools/sim/a.cpp", '#include "common/bus/bus.hpp"', '#include "node/host/node.hpp"'),
        ("tests/sim/a.cpp", '#include "common/bus/bus.hpp"', '#include "tools/sim/world.hpp"'),
    ],
    "service-unknown": [
        ("node/host/a.cpp", '#include "node/services/likes.hpp"', '#include "node/services/directory.hpp"'),
        ("node/gateway/a.cpp", '#include "common/wire/services/chat.hpp"', '#include "common/wire/services/auction.hpp"'),
        ("node/runtime.cpp", '#include "node/services/rooms.hpp"', '#include "node/host/node.hpp"'),
    ],
    "include-from-root": [("common/order/a.cpp", '#include "replica.hpp"', '#include "common/order/replica.hpp"')],
    "zmq": [
        ("node/main.cpp", "#include <zmq.hpp>", "// what zmq does is not our concern"),
        ("node/host/a.cpp", "zmq_poll(items, 1, 0);", "bus.poll();"),
    ],
    "thread": [
        ("common/order/a.cpp", "#include <thread>", "// no <thread> here"),
        ("node/host/a.cpp", "#include <mutex>", "#include <map>"),
        ("client/core/a.cpp", "std::this_thread::sleep_for(1ms);", "return deadline;"),
    ],
    "clock": [("common/order/a.cpp", "auto t = std::chrono::steady_clock::now();", "auto t = now;")],
    "random": [("common/wire/a.cpp", "std::random_device seed;", "Random random(seed);")],
    "log": [("node/gateway/a.cpp", '#include <spdlog/spdlog.h>', "note(Note::Kind::elected);")],
    "unordered-iteration": [
        ("common/order/a.cpp", "std::unordered_map<int, int> held_;\nfor (auto& [k, v] : held_) use(v);",
         "std::map<int, int> held_;\nfor (auto& [k, v] : held_) use(v);"),
        ("common/order/a.cpp", "using Held = std::unordered_set<std::string>;\nHeld held;\nfor (const auto& k : state.held) use(k);",
         "using Held = std::set<std::string>;\nHeld held;\nfor (const auto& k : state.held) use(k);"),
        ("node/services/a.cpp", "std::unordered_map<int, int> held_;\nauto first = held_.begin();",
         "std::unordered_map<int, int> held_;\nauto one = held_.find(1);"),
        ("common/order/a.cpp", '#include "common/order/held.hpp"\nfor (auto& [k, v] : held_) use(v);',
         '#include "common/order/kept.hpp"\nfor (auto& [k, v] : held_) use(v);'),
    ],
    "header-comment": [("common/base/a.hpp", "#pragma once\n", HEAD)],
    "pragma-once": [("common/base/a.hpp", "// What it owns.\n", HEAD)],
    "top-level": [("common.md", "text\n", None), ("scripts/run", "text\n", None)],
    "file-size": [("node/host/a.cpp", "int a;\n" * 401, "int a;\n" * 400)],
    "machine-path": [("README.md", "see /" + "home/ann/gavel", "see common/home/ann and /tmp/x")],
}
SURROUNDINGS = {"common/order/held.hpp": HEAD + "class Held { std::unordered_map<int, int> held_; };"}


def rules_broken(path, text):
    return {v.rule for v in architecture.check_tree({**SURROUNDINGS, path: text})}


class ArchitectureTest(unittest.TestCase):
    def test_each_rule_fires_on_what_breaks_it_and_only_there(self):
        for rule, examples in EXAMPLES.items():
            for path, bad, good in examples:
                with self.subTest(rule=rule, path=path, text=bad[:80]):
                    self.assertEqual(rules_broken(path, bad), {rule})
                    if good is not None:
                        self.assertEqual(rules_broken(path, good), set())

    def test_each_rule_has_an_example(self):
        source = pathlib.Path(architecture.__file__).read_text()
        named = set(re.findall(r'\bViolation\(.*"([a-z-]+)",', source)) | set(architecture.BANNED_IN_PURE) | {"zmq"}
        self.assertEqual(named, set(EXAMPLES))


if __name__ == "__main__":
    unittest.main()
