"""Real phones behind one face: Pjsua (a softphone library) and Baresip (a program), each a process with an address of its own.

Both register at once and tell events in the same words:
    registered | registration_refused status | incoming remote | ringing | confirmed | held | ended status
"""

import glob
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

import sip
from harness import Failure, Skip, until

HERE = os.path.dirname(os.path.abspath(__file__))


class Phone:
    def __init__(self, username, password, transport, address, folder, box=sip.BOX4):
        self.username, self.password, self.transport, self.address, self.box = username, password, transport, address, box
        self.folder = os.path.join(folder, f"{type(self).__name__.lower()}-{username}-{time.monotonic_ns()}")
        os.makedirs(self.folder)
        self.events, self.changed, self.seen = [], threading.Condition(), 0

    def told(self, event, **more):
        with self.changed:
            self.events.append({"event": event, **more})
            self.changed.notify_all()

    def wait(self, event, seconds=5.0):
        """The next event of that name; those before it are taken as seen."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                for index in range(self.seen, len(self.events)):
                    if self.events[index]["event"] == event:
                        self.seen = index + 1
                        return self.events[index]
                left = end - time.monotonic()
                if left <= 0:
                    unseen = self.events[self.seen :]
                    raise Failure(f"{self.username} ({type(self).__name__}): no '{event}' within {seconds} s, but {unseen}; {self.folder}")
                self.changed.wait(left)

    def has_told(self, event):
        with self.changed:
            return any(told["event"] == event for told in self.events)

    def registered(self, seconds=5.0):
        self.wait("registered", seconds)
        return self

    def end_process(self):
        try:
            self.process.wait(4)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop()
        with open(os.path.join(self.folder, "events"), "w") as file:
            file.writelines(f"{event}\n" for event in self.events)


class Pjsua(Phone):
    def __init__(self, *arguments, ports=(5060, 5060), **more):
        """`ports`: its own, and the box's."""
        if importlib.util.find_spec("pjsua2") is None:
            raise Skip("pjsua2 is not installed; tests/install does it")
        super().__init__(*arguments, **more)
        command = [sys.executable, os.path.join(HERE, "pjsua_phone.py"), self.username, self.password, self.transport, self.address, self.box]
        command += [str(port) for port in ports]
        environment = dict(os.environ, PJSUA_LOG="5", PJSUA_LOG_FILE=os.path.join(self.folder, "pjsua.log"))
        with open(os.path.join(self.folder, "stderr"), "wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True, bufsize=1
            )
        self.recording = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                told = json.loads(line)
                self.told(told.pop("event"), **told)
        self.told("gone")

    def _say(self, words):
        self.process.stdin.write(words + "\n")

    def call(self, number):
        self._say(f"call {number}")

    def answer(self):
        self._say("answer")

    def refuse(self, status):
        self._say(f"refuse {status}")

    def progress(self):
        """183, with its media: what it plays is heard before it answers."""
        self._say("refuse 183")

    def hang_up(self):
        self._say("hangup")

    def hold(self):
        self._say("hold")

    def resume(self):
        self._say("resume")

    def press(self, keys):
        self._say(f"press {keys}")

    def transfer(self, number):
        self._say(f"transfer {number}")

    def consult(self, number):
        self._say(f"consult {number}")

    def bring_together(self):
        self._say("bring")

    def play(self, path):
        self._say(f"play {path}")

    def record(self):
        self.recording = os.path.join(self.folder, f"heard-{time.monotonic_ns()}.wav")
        self._say(f"record {self.recording}")

    def recordings(self):
        return [self.recording]

    def stop(self):
        if self.process.poll() is None:
            try:
                self._say("quit")
            except OSError:
                pass
            self.end_process()


BARESIP_PORTS = range(30000, 30500)
BARESIP = """
poll_method epoll
net_interface eth0
sip_listen {address}:5060
audio_player aubridge,nil
audio_source aufile,{silence}
audio_alert aufile,{silence}
ausrc_srate 8000
auplay_srate 8000
audio_buffer 20-160
rtp_ports {ports.start}-{ports.stop}
snd_path {folder}
module_path {modules}
module g711.so
module aufile.so
module uuid.so
module sndfile.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{port}
"""


class Baresip(Phone):
    """baresip is moved and watched through its ctrl_tcp module: netstrings of JSON."""

    next_port = 4400

    def __init__(self, *arguments, silence, **more):
        if shutil.which("baresip") is None:
            raise Skip("baresip is not installed; tests/install does it")
        super().__init__(*arguments, **more)
        Baresip.next_port += 1
        self.silence = silence
        modules = next(iter(glob.glob("/usr/lib/baresip/modules") + glob.glob("/usr/lib/*/baresip/modules")), "/usr/lib/baresip/modules")
        with open(os.path.join(self.folder, "config"), "w") as file:
            values = {"address": self.address, "silence": silence, "folder": self.folder, "modules": modules}
            file.write(BARESIP.format(**values, ports=BARESIP_PORTS, port=Baresip.next_port))
        host = f"[{self.box}]" if ":" in self.box else self.box
        with open(os.path.join(self.folder, "accounts"), "w") as file:
            file.write(
                f"<sip:{self.username}@{host};transport={self.transport}>;auth_user={self.username};auth_pass={self.password};"
                f"answermode=manual;regint=120;audio_codecs=PCMA\n"
            )
        with open(os.path.join(self.folder, "output"), "wb") as output:
            command = ["baresip", "-f", self.folder, "-v"]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self.control = until(lambda: self._connect(Baresip.next_port), 5, "baresip takes a control connection")
        threading.Thread(target=self._read, daemon=True).start()
        # It may have registered before we were there to hear it.
        if "200 OK" in self.output():
            self.told("registered")

    def output(self):
        with open(os.path.join(self.folder, "output"), errors="replace") as file:
            return file.read()

    def _connect(self, port):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1)
        except OSError:
            return None

    def _read(self):
        self.control.settimeout(None)
        unread = b""
        while True:
            try:
                data = self.control.recv(65536)
            except OSError:
                data = b""
            if not data:
                return self.told("gone")
            unread += data
            while b":" in unread:
                length, rest = unread.split(b":", 1)
                if len(rest) <= int(length):
                    break
                self._take(json.loads(rest[: int(length)]))
                unread = rest[int(length) + 1 :]

    def _take(self, message):
        kind, parameter = message.get("type", ""), message.get("param", "")
        names = {
            "REGISTER_OK": "registered", "REGISTER_FAIL": "registration_refused", "CALL_INCOMING": "incoming", "CALL_RINGING": "ringing",
            "CALL_ESTABLISHED": "confirmed", "CALL_CLOSED": "ended",
        }  # fmt: skip
        if not message.get("event"):
            return self.told("response", **{key: value for key, value in message.items() if key != "event"})
        leading = parameter.split(" ")[0]
        more = {"status": int(leading)} if leading.isdigit() else {}
        self.told(names.get(kind, kind), param=parameter, remote=message.get("peeruri", ""), **more)

    def _do(self, command, parameters=None):
        message = {"command": command, "token": "t"}
        if parameters is not None:
            message["params"] = parameters
        data = json.dumps(message).encode()
        self.control.sendall(b"%d:%s," % (len(data), data))

    def call(self, number):
        self._do("dial", number)

    def answer(self):
        self._do("accept")

    def hang_up(self):
        self._do("hangup")

    def hold(self):
        self._do("hold")

    def resume(self):
        self._do("resume")

    def transfer(self, number):
        self._do("transfer", f"sip:{number}@{self.box}")

    def play(self, path):
        self._do("ausrc", f"aufile,{path}")

    def record(self):
        """sndfile writes all calls into files of its own, but nothing any more after a hold."""

    def recordings(self):
        return sorted(glob.glob(os.path.join(self.folder, "dump-*dec*.wav")))

    def stop(self):
        if self.process.poll() is None:
            try:
                self._do("quit")
            except OSError:
                pass
            self.end_process()
        self.control.close()
