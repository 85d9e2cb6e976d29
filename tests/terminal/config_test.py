#!/usr/bin/env python3
"""A node's configuration: flags, environment and file, what is wrong in them, and --check-config.   config_test.py GAVEL_NODE"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

NODE = sys.argv.pop(1)

FULL = """# The house
cluster = "house"
name = "n1"
listen = "127.0.0.1:7400"
join = ["10.0.0.5:7400", "seed.example:7400"]
heartbeat = 20            # milliseconds
replace-after = 2.5
no-beacon = true
allow-restore = false
metrics = "127.0.0.1:9420"
cpus = "0"
log-format = "json"
"""

WRONG = [
    # what the file says, the line of the error, what the message must hold
    ('cluster = "a"\nhearbeat = 20', 2, "no setting 'hearbeat'; did you mean heartbeat?"),
    ('log_level = "info"', 1, "did you mean log-level?"),
    ("colour = 3", 1, "gavel-node --help lists them"),
    ('\n\nheartbeat = "20"', 3, "heartbeat cannot be a text; right would be heartbeat = 60"),
    ("heartbeat = 20.5", 1, "heartbeat cannot be a number with a fraction"),
    ("heartbeat = 1", 1, "heartbeat: Value 1 not in range 5 to 60000"),
    ("slots = 123456789012", 1, "slots: "),
    ("name = 7", 1, 'name cannot be a whole number; right would be name = "NAME"'),
    ('name = "two words"', 1, "1 to 64 visible ASCII characters"),
    ("no-beacon = 1", 1, "right would be no-beacon = true"),
    ("join = [1, 2]", 1, "join cannot be a list of other things than texts"),
    ('join = ["10.0.0.5"]', 1, "should be HOST:PORT"),
    ('cpus = "1-"', 1, "'1-' should be processors by their numbers"),
    ("cpus = 0", 1, 'cpus cannot be a whole number; right would be cpus = "LIST"'),
    ('log-level = "loud"', 1, "log-level: loud not in {trace,debug,info,warn,error}"),
    ("[timing]\nheartbeat = 20", 1, "no setting 'timing'"),
    ("timing.heartbeat = 20", 1, "no setting 'timing'"),
    ("slots = 3\nslots = 4", 2, "cannot redefine"),
    ("slots = 3\nslots 4", 2, "expected"),
    ("bootstrap = true", 1, "bootstrap may not stand in a file"),
    ('restore = "house.gavel"', 1, "restore may not stand in a file"),
    ('config = "other.toml"', 1, "config may not stand in a file"),
    ("check-config = true", 1, "check-config may not stand in a file"),
    ("help = true", 1, "command line only"),
]


class Configuration(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)
        self.file = self.place / "gavel.toml"

    def run_node(self, *options, **environment):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GAVEL_")}
        return subprocess.run([NODE, *map(str, options)], env={**plain, **environment}, cwd=self.place, text=True,
                              capture_output=True, timeout=20, stdin=subprocess.DEVNULL, check=False)

    def check(self, text, *options, **environment):
        """The settings and where each is from, of a file that is right."""
        self.file.write_text(text)
        done = self.run_node("--config", "gavel.toml", "--data-dir", "nowhere", "--check-config", *options, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        settings = {}
        for line in done.stdout.splitlines():
            if not line.startswith("#"):
                left, _, source = line.rpartition("  # ")
                key, _, value = left.partition(" = ")
                settings[key] = (value.strip(), source)
        self.output = done.stdout
        return settings

    def test_each_setting_is_told_with_where_it_comes_from(self):
        settings = self.check(FULL, "--heartbeat", "30", "--allow-faults", GAVEL_SLOTS="7", GAVEL_CLUSTER="other")
        for key, value, source in (("heartbeat", "30", "flag"), ("data-dir", '"nowhere"', "flag"), ("slots", "7", "environment GAVEL_SLOTS"),
                                   ("cluster", '"other"', "environment GAVEL_CLUSTER"), ("name", '"n1"', "gavel.toml:3"),
                                   ("join", '["10.0.0.5:7400", "seed.example:7400"]', "gavel.toml:5"),
                                   ("replace-after", "2.5", "gavel.toml:7"), ("no-beacon", "true", "gavel.toml:8"),
                                   ("allow-restore", "false", "gavel.toml:9"), ("cpus", '"0"', "gavel.toml:11"), ("allow-faults", "true", "flag"),
                                   ("suspect", "300", "default"), ("console", "false", "default")):
            self.assertEqual(settings[key], (value, source), key)
        self.assertFalse((self.place / "nowhere").exists())

    def test_what_is_printed_is_a_file_that_says_the_same(self):
        settings = self.check(FULL)
        again = self.check(self.output.replace('data-dir = "nowhere"', "# "))
        self.assertEqual({key: value for key, (value, _) in settings.items()}, {key: value for key, (value, _) in again.items()})
        self.assertTrue(again["heartbeat"][1].startswith("gavel.toml:"))

    def test_the_file_is_named_by_the_environment_as_well(self):
        self.file.write_text('data-dir = "from the file"\n')
        done = self.run_node("--check-config", GAVEL_CONFIG="gavel.toml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r'data-dir = "from the file" +# gavel.toml:1')

    def test_one_time_acts_are_no_configuration_but_are_told(self):
        self.check("", "--bootstrap", "--restore", "house.gavel")
        self.assertIn("# --bootstrap", self.output)
        self.assertIn('# --restore "house.gavel"', self.output)

    def test_every_mistake_is_named_with_its_line(self):
        for text, line, words in WRONG:
            with self.subTest(text):
                self.file.write_text(text + "\n")
                done = self.run_node("--config", "gavel.toml", "--data-dir", "nowhere")
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr.startswith(f"gavel-node: gavel.toml:{line}: "), done.stderr)
                self.assertIn(words, done.stderr)
                self.assertFalse((self.place / "nowhere").exists())

    def test_a_value_in_the_file_is_judged_even_if_a_flag_wins(self):
        self.file.write_text("heartbeat = 1\n")
        done = self.run_node("--config", "gavel.toml", "--data-dir", "nowhere", "--heartbeat", "50", "--check-config")
        self.assertEqual(done.returncode, 2)
        self.assertIn("gavel.toml:1: heartbeat", done.stderr)

    def test_settings_that_make_no_sense_together_are_named_with_their_places(self):
        self.file.write_text('cpus = "0,1023"\n')
        done = self.run_node("--config", "gavel.toml", "--data-dir", "nowhere", "--check-config")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--cpus 0,1023 (gavel.toml:1): this program may not run on processor 1023; here it has", done.stderr)
        self.file.write_text("heartbeat = 200\n")
        done = self.run_node("--config", "gavel.toml", "--data-dir", "nowhere", GAVEL_SUSPECT="310")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--suspect 310 (environment GAVEL_SUSPECT) is too short for --heartbeat 200 (gavel.toml:1)", done.stderr)

    def test_wrong_usage_ends_with_code_2_before_anything_is_made(self):
        for options, words in ((["--join", "foo"], "'foo' should be HOST:PORT"), (["--join", "foo:0"], "HOST:PORT"),
                               (["--join", "foo:x"], "HOST:PORT"), (["--metrics", "here"], "no IPv4 address"),
                               (["--config", "missing.toml"], "missing.toml: cannot be read"), (["--config", "."], "cannot be read"),
                               (["--cpus", "two"], "such as 0 or 0,2-3"), (["--cpus", "1023"], "may not run on processor 1023"),
                               (["--restore", "x"], "--bootstrap")):
            with self.subTest(options):
                done = self.run_node("--data-dir", "nowhere", *options)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(words, done.stderr)
                self.assertFalse((self.place / "nowhere").exists())
        done = self.run_node("--data-dir", "somewhere", "--bootstrap", "--restore", ".", "--no-beacon")
        self.assertEqual(done.returncode, 1)
        self.assertIn(".: cannot be read: Is a directory", done.stderr)
        done = self.run_node()
        self.assertEqual(done.returncode, 2)
        self.assertIn("give --data-dir, GAVEL_DATA_DIR, or data-dir in the file", done.stderr)

    def test_a_node_runs_by_its_file(self):
        self.file.write_text('data-dir = "n1"\ncluster = "filed"\nno-beacon = true\nname = "solo"\n')
        node = subprocess.Popen([NODE, "--config", "gavel.toml", "--bootstrap"], cwd=self.place, text=True,
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(node.wait)
        self.addCleanup(node.kill)
        self.addCleanup(node.stderr.close)
        line = ""
        while "ready" not in line:
            line = node.stderr.readline()
            self.assertTrue(line, "the node ended")
        self.assertIn("cluster filed", line)
        node.terminate()
        self.assertEqual(node.wait(timeout=20), 0)


if __name__ == "__main__":
    unittest.main()
