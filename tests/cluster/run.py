#!/usr/bin/env python3
"""Runs the cluster tests, or lists them for ctest.

    run.py --list                     each as MODULE.CLASS.METHOD, a tab, its lane, a tab, and what it claims
    run.py [MODULE[.CLASS[.METHOD]]]...   (all, if none is named); exit code 77 if all of them were skipped

The programs are those in $GAVEL_BIN, or in build/bin.
"""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools" / "cluster")]
SKIPPED = 77


def cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        else:
            yield test


def main():
    loader = unittest.TestLoader()
    modules = sorted(path.stem for path in HERE.glob("*_test.py"))
    if sys.argv[1:] == ["--list"]:
        for test in cases(loader.loadTestsFromNames(modules)):
            print(f"{test.id()}\t{getattr(test, 'LANE', 'timed')}\t{test._testMethodDoc.strip()}")
        return 0
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(loader.loadTestsFromNames(sys.argv[1:] or modules))
    if not result.wasSuccessful():
        return 1
    return SKIPPED if result.skipped and len(result.skipped) >= result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
