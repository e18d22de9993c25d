"""The program under test: started, asked, killed, started again."""

import json
import os
import signal
import subprocess
import time

import sip
from harness import Failure, until


# The phones' network counts as one that is trusted: what most tests do to the box would get them banned else.
ALLOWED = '[sip]\nban_allowed = ["192.0.2.0/24", "2001:db8::/64"]\n\n'


class Pbx:
    """`trillo serve` in the box's namespace, with a data folder of its own."""

    def __init__(self, program, namespace, folder):
        self.program, self.namespace, self.folder = program, namespace, folder
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "trillo.log")
        self.process = None
        os.makedirs(folder, exist_ok=True)

    def start(self, seconds=10.0):
        """Starts it and waits until it answers; how long that took."""
        began = time.monotonic()
        # `ip netns exec` becomes the program, so its process id is the program's.
        command = ["ip", "netns", "exec", self.namespace, self.program, "serve", "--data", self.data]
        command += ["--ldap", "[::]:389", "--ldaps", "[::]:636"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self._answers, seconds, lambda: f"trillo answers OPTIONS; its log ends: {self.log_end()}", every=0.005)
        return time.monotonic() - began

    def _answers(self):
        if self.process.poll() is not None:
            raise Failure(f"trillo ended with {self.process.returncode}: {self.log_end()}")
        return sip.is_alive(seconds=0.1)

    def log_end(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-600:]

    def kill(self):
        """As a power cut of the process: nothing is said, nothing is saved."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def command(self, *words, stdin=None):
        done = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=20, input=stdin)
        if done.returncode != 0:
            raise Failure(f"trillo {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def apply(self, settings):
        path = os.path.join(self.folder, "settings.toml")
        with open(path, "w") as file:
            file.write(settings if "[sip]" in settings else ALLOWED + settings)
        return self.command("apply", path, "--data", self.data)

    def export(self):
        return self.command("export", "--data", self.data)

    def status(self):
        return json.loads(self.command("status", "--json", "--data", self.data))

    def registrations(self):
        """username -> registration"""
        return {registration["username"]: registration for registration in self.status()["registrations"]}

    def wait_idle(self, seconds=3.0):
        """Nothing of a call is left."""
        until(lambda: not self.status()["calls"], seconds, lambda: f"no call is left; status says {self.status()['calls']}", every=0.1)

    def resident_kilobytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
