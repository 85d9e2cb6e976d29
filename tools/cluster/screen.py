"""What a person sees: colours on a terminal that wants them, a clock in front of what happens, one line that ticks."""

import os
import shutil
import sys
import time

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36"}


class Screen:
    def __init__(self, stream=sys.stdout):
        self.stream = stream
        self.terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        self.colours = self.terminal and not os.environ.get("NO_COLOR")
        self.start = time.monotonic()
        self.ticking = False

    def paint(self, text, *styles):
        if not self.colours or not styles:
            return text
        return f"\033[{';'.join(_CODES[style] for style in styles)}m{text}\033[0m"

    def say(self, text="", at=None):
        """A line that stays. With `at` (time.monotonic()), when it happened stands before it."""
        self._wipe()
        if text:
            clock = "" if at is None else self.paint(f"{at - self.start:6.2f}s  ", "dim")
            text = (clock or "         ") + text
        print(text, file=self.stream, flush=True)

    def title(self, text):
        self._wipe()
        print(self.paint(text, "bold"), file=self.stream, flush=True)

    def tick(self, text):
        """A line that the next one takes the place of; on a terminal only."""
        if not self.terminal:
            return
        width = shutil.get_terminal_size().columns - 1
        self._wipe()
        print(text[:width], end="", file=self.stream, flush=True)
        self.ticking = True

    def _wipe(self):
        if self.ticking:
            print("\r\033[K", end="", file=self.stream)
            self.ticking = False
