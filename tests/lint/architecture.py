#!/usr/bin/env python3
"""The architecture, as a test: who may include whom, what the pure directories must not touch, where things may stand.

    architecture.py [ROOT]      prints every violation as file:line: rule: what to do instead; exit code 1 if there is one

architecture_test.py proves that each rule fires.
"""

import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

BASE, WIRE, ORDER, STORE, BUS = "common/base", "common/wire", "common/order", "common/store", "common/bus"
MESSAGES = "common/wire/services"  # what clients say to services: bytes to everything that orders and carries it
SERVICES, GATEWAY, HOST, PAYMENT, MAIN = "node/services", "node/gateway", "node/host", "node/payment", "node"
CORE, CLI, SIM, TOOLS = "client/core", "client/cli", "tools/sim", "tools"

NODE = [BASE, WIRE, MESSAGES, ORDER, STORE, SERVICES, GATEWAY, HOST]
EVERYTHING = NODE + [BUS, PAYMENT, MAIN, CORE, CLI, TOOLS]

# Directory: what it may include, itself apart. The longest name that fits a file is the file's.
MAY_INCLUDE = {
    BASE: [],
    WIRE: [BASE],
    MESSAGES: [BASE, WIRE],
    ORDER: [BASE, WIRE],
    STORE: [BASE],
    BUS: [BASE],
    SERVICES: [BASE, WIRE, MESSAGES],
    GATEWAY: NODE,
    HOST: NODE,
    PAYMENT: [BASE, WIRE, MESSAGES, BUS],
    MAIN: NODE + [BUS, PAYMENT],
    CORE: [BASE, WIRE, MESSAGES],
    CLI: [BASE, WIRE, MESSAGES, CORE, BUS, ORDER, SERVICES],  # the last two read backups, as a replica would
    SIM: NODE + [CORE, "tests/sim"],
    TOOLS: [BASE, WIRE, MESSAGES, ORDER, STORE, CORE, CLI, BUS],
    "tests/sim": NODE + [CORE, SIM, TOOLS],
    "tests/trace": NODE + [CORE, SIM, "tests/sim"],
    "tests/property": NODE + [CORE, SIM, "tests"],
    "tests": EVERYTHING,
}

# A function of (state, now, event): no socket, no clock, no thread, no randomness of their own.
PURE = [BASE, WIRE, MESSAGES, ORDER, SERVICES, GATEWAY, HOST, CORE]
BANNED_IN_PURE = {
    "thread": (r"#\s*include\s*<(thread|mutex|shared_mutex|condition_variable|future|semaphore)>|\bsleep_(for|until)\b",
               "the program has the threads; a core has none"),
    "clock": (r"::now\(|\b(gettimeofday|clock_gettime)\b", "time is handed in"),
    "random": (r"\brandom_device\b|\bgetrandom\b|\bstd::rand\b", "randomness is handed in, as a seed"),
    "log": (r"\bspdlog\b", "a core tells what it does in notes"),
}

# What a node does for every group is the same whatever service the group runs: only the registration names them all. By the
# directory the host places groups, and an auction has an end that it records; these two it knows.
SERVICE = re.compile(r"(node|common/wire)/services/")
REGISTRATION = "node/host/service_machine.cpp"
KNOWN_TO_HOSTS = re.compile(r".*/services/(directory\w*|auction\w*|catalogue|kinds|service|records|text|mistakes)\.hpp$")

SIZED = re.compile(r"^(common|node|client|tools)/.*\.(cpp|hpp|py)$")
MAX_LINES = 400
TOP_LEVEL = set("CMakeLists.txt CMakePresets.json Makefile README.md LICENSE common node client tools tests "
                ".ci .gitignore .clang-format .clang-tidy .editorconfig".split())
MACHINE_PATH = re.compile(r"(?<![\w./])/([w]ork|[r]oot|[h]ome/\w+)/")

UNORDERED = r"(?:std::)?unordered_(?:multi)?(?:map|set)\s*<[^;{}()]*>"


class Violation(NamedTuple):
    path: str
    line: int
    rule: str
    advice: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def directory_of(path):
    """The directory of MAY_INCLUDE that a file belongs to, or None."""
    return max((d for d in MAY_INCLUDE if path.startswith(d + "/")), key=len, default=None)


def without_comments(text):
    """The code with comments blanked, and line numbers kept."""
    def blank(match):
        return match[0] if match[0][0] in "\"'" else re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.DOTALL)


def includes(text):
    return [(text.count("\n", 0, m.start()) + 1, m[1]) for m in re.finditer(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE)]


def check_includes(path, text, files):
    here = directory_of(path)
    for line, target in includes(text):
        there = directory_of(target)
        if there is None:
            yield Violation(path, line, "include-from-root", f'write "{target}" as a path from the root of the tree')
        elif here and there != here and there not in MAY_INCLUDE[here]:
            yield Violation(path, line, "include-direction", f"{here} may not see {there} ({target})")
        if here in (HOST, GATEWAY, MAIN) and path != REGISTRATION and SERVICE.match(target) and not KNOWN_TO_HOSTS.match(target):
            yield Violation(path, line, "service-unknown",
                            f"what a node does with a group does not depend on {target}: ask the service, through its concept")


def check_purity(path, text, files):
    here = directory_of(path)
    bans = dict(BANNED_IN_PURE) if here in PURE else {}
    if here not in (BUS, "tests"):
        bans["zmq"] = (r"\bzmq(_\w+)?\b", f"only {BUS} knows ZeroMQ")
    for rule, (pattern, advice) in bans.items():
        for match in re.finditer(pattern, text):
            yield Violation(path, text.count("\n", 0, match.start()) + 1, rule, advice)


def unordered_names(text):
    """Names of variables, members and functions of an unordered container's type, named aliases of it included."""
    aliases = re.findall(rf"\busing\s+(\w+)\s*=\s*{UNORDERED}", text)
    types = "|".join([UNORDERED] + [rf"\b{alias}\b" for alias in aliases])
    return set(re.findall(rf"(?:{types})\s*[&*]?\s*(\w+)", text))


def check_unordered(path, text, files):
    if directory_of(path) not in PURE:
        return
    names = unordered_names(text)
    for _, target in includes(text):
        names |= unordered_names(without_comments(files.get(target, "")))
    loops = [(m.start(), m[1]) for m in re.finditer(r"\bfor\s*\([^;()]*?[^:]:(?!:)\s*[^;{]*?(\w+)(?:\(\))?\s*\)", text)]
    loops += [(m.start(), m[1]) for m in re.finditer(r"\b(\w+)\s*(?:\.|->)\s*c?begin\s*\(", text)]
    for start, name in loops:
        if name in names:
            yield Violation(path, text.count("\n", 0, start) + 1, "unordered-iteration",
                            f"'{name}' has no order that replicas share: use a sorted container, or never walk over it")


def check_header(path, text, files):
    if path.endswith(".hpp"):
        original = files[path]
        if not original.startswith("//"):
            yield Violation(path, 1, "header-comment", "a header opens with what it owns")
        if "#pragma once" not in original:
            yield Violation(path, 1, "pragma-once", "a header has #pragma once")


def check_place(path, text, files):
    top = path.split("/")[0]
    if top not in TOP_LEVEL:
        yield Violation(path, 1, "top-level", f"the top level is fixed, and '{top}' is not in it")
    if SIZED.match(path) and (lines := files[path].count("\n")) > MAX_LINES:
        yield Violation(path, lines, "file-size", f"{lines} lines are more than {MAX_LINES}: split it by subject")
    for number, line in enumerate(files[path].splitlines(), 1):
        if match := MACHINE_PATH.search(line):
            yield Violation(path, number, "machine-path", f"'{match[0]}' is a place on somebody's machine")


def check_tree(files):
    """Every violation in a tree, given as {path from the root: text}."""
    found = []
    for path, original in sorted(files.items()):
        found += check_place(path, original, files)
        if path.endswith((".cpp", ".hpp")):
            code = without_comments(original)
            for check in (check_includes, check_purity, check_unordered, check_header):
                found += check(path, code, files)
    return found


def read_tree(root):
    """The tracked files, or without git all files that are not built ones."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if git.returncode == 0 and git.stdout:
        paths = [root / name for name in git.stdout.split("\0") if name]
    else:
        paths = [p for p in root.rglob("*") if not {".git", "build", "__pycache__"} & set(p.relative_to(root).parts)]
    return {p.relative_to(root).as_posix(): p.read_text(errors="replace") for p in paths if p.is_file()}


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    files = read_tree(root)
    violations = check_tree(files)
    for violation in violations:
        print(violation)
    print(f"architecture: {len(files)} files, {len(violations)} violations", file=sys.stderr)
    return 1 if violations or not files else 0


if __name__ == "__main__":
    sys.exit(main())
