"""Runs named tests, prints a line for each with its seconds, and counts."""

import os
import time
import traceback


class Failure(AssertionError):
    """What a test expected did not happen."""


class Skip(Exception):
    """A client of the test is not installed."""


def expect(condition, words):
    if not condition:
        raise Failure(words)


def until(condition, seconds, words, every=0.02):
    """Waits for `condition()` to be true, and gives what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"not within {seconds} s: {words() if callable(words) else words}")
        time.sleep(every)


class Harness:
    """`only`: words of which a test's name must contain one; none: all run."""

    def __init__(self, only):
        self.only = only
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.must_have_all = os.environ.get("CI") == "true"
        self.began = time.monotonic()

    def run(self, name, test, *arguments, always=False):
        """True where the test passed."""
        if self.only and not always and not any(word in name for word in self.only):
            return False
        began = time.monotonic()
        try:
            figures = test(*arguments)
            outcome, words = "passed", f" ({figures})" if figures else ""
        except Skip as skip:
            outcome, words = ("failed" if self.must_have_all else "skipped"), f": {skip}"
        except Failure as failure:
            outcome, words = "failed", f": {failure}"
        except Exception:  # a test that breaks is a failed test; the others go on
            outcome, words = "failed", ":\n" + traceback.format_exc()
        self.counts[outcome] += 1
        sign = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}[outcome]
        print(f"{sign} {time.monotonic() - began:6.1f} s  {name}{words}", flush=True)
        return outcome == "passed"

    def end(self):
        """Prints the sum; the exit code."""
        counts = ", ".join(f"{number} {word}" for word, number in self.counts.items())
        print(f"wire: {counts} in {time.monotonic() - self.began:.0f} s", flush=True)
        return 1 if self.counts["failed"] or not any(self.counts.values()) else 0
