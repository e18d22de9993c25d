"""Every client over every transport that it has: registered, told apart, and called. And Linphone, which only this is for."""

import os
import re
import shutil
import subprocess
import threading
import time

import calls
from harness import Skip, expect, until
from phones import Baresip, Phone, Pjsua

LINPHONE = """
[sip]
sip_port=5070
sip_tcp_port=5070
sip_tls_port=5071
verify_server_certs=0
verify_server_cn=0
media_encryption=none
guess_hostname=1
register_only_when_network_is_up=0

[rtp]
audio_rtp_port=7200

[net]
firewall_policy=0

[sound]
echocancellation=0

[video]
capture=0
display=0

[misc]
user_certificates_path={folder}/certificates
"""


class Linphone(Phone):
    """linphonec is a prompt: it reads commands and prints what happens."""

    # Its prompt tells but half of it; what it logs tells all.
    STATE = re.compile(r"moving from state \[?\w+\]? to \[?Linphone(\w+?)\]?(?:\s|$)")
    TOLD = {
        "RegistrationOk": "registered", "RegistrationFailed": "registration_refused", "CallIncomingReceived": "incoming",
        "CallOutgoingRinging": "ringing", "CallStreamsRunning": "confirmed", "CallEnd": "ended", "CallError": "ended",
    }  # fmt: skip

    def __init__(self, *arguments, **more):
        if shutil.which("linphonec") is None:
            raise Skip("linphonec is not installed; tests/install does it")
        super().__init__(*arguments, **more)
        # Without these it finds no listening point.
        for folder in (".local/share/linphone", ".config/linphone", "certificates"):
            os.makedirs(os.path.join(self.folder, folder))
        with open(os.path.join(self.folder, "rc"), "w") as file:
            file.write(LINPHONE.format(folder=self.folder))
        environment = dict(os.environ, HOME=self.folder)
        command = ["linphonec", "-c", os.path.join(self.folder, "rc"), "-d", "6", "-l", os.path.join(self.folder, "log")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True, bufsize=1
        )
        self.recording = None
        for reader in (self._read, self._read_log):
            threading.Thread(target=reader, daemon=True).start()
        self.wait("ready", 15)
        self._say("soundcard use files")
        self._say(f"register sip:{self.username}@{self.box} <sip:{self.box}:{self._port()};transport={self.transport}> {self.password}")

    def _port(self):
        return 5061 if self.transport == "tls" else 5060

    def _read(self):
        # A prompt ends no line, so characters are read, not lines.
        with open(os.path.join(self.folder, "output"), "w") as output:
            line = ""
            while character := self.process.stdout.read(1):
                output.write(character)
                output.flush()
                line = "" if character == "\n" else line + character
                if line.endswith("linphonec> "):
                    self.told("ready")
                    line = ""
        self.told("gone")

    def _read_log(self):
        path = os.path.join(self.folder, "log")
        until(lambda: os.path.exists(path), 15, "linphonec begins its log")
        with open(path, errors="replace") as log:
            line = ""
            while self.process.poll() is None:
                if not (more := log.readline()):
                    time.sleep(0.02)
                    continue
                line += more
                if not line.endswith("\n"):
                    continue
                if (found := self.STATE.search(line)) and (event := self.TOLD.get(found.group(1))):
                    self.told(event, remote=self._remote())
                line = ""

    def _remote(self):
        """Who calls, as the prompt names it."""
        with open(os.path.join(self.folder, "output")) as output:
            return next(iter(re.findall(r"(?:from|contact) (.*<sip:[^>]*>)", output.read())[::-1]), "?")

    def _say(self, words):
        self.process.stdin.write(words + "\n")

    def call(self, number):
        self._say(f"call sip:{number}@{self.box}")

    def answer(self):
        self._say("answer")

    def hang_up(self):
        self._say("terminate")

    def play(self, path):
        self._say(f"play {path}")

    def record(self):
        self.recording = os.path.join(self.folder, "heard.wav")
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


def everywhere(pbx, folder, silence):
    """SIPp (UDP, TCP) and JsSIP (WS, WSS) have tests of their own."""
    ways = [(Pjsua, transport) for transport in ("udp", "tcp", "tls")]
    ways += [(Baresip, transport) for transport in ("udp", "tcp", "tls")]
    ways += [(Linphone, transport) for transport in ("udp", "tcp", "tls")]
    for kind, transport in ways:
        more = {"silence": silence} if kind is Baresip else {}
        name = f"{kind.__name__} over {transport}"
        with kind("carl-desk", "c-secret", transport, "192.0.2.71", folder, **more) as phone:
            phone.registered(10)
            shown = until(lambda: pbx.registrations().get("carl-desk"), 3, f"{name} is shown")
            expect(shown["transport"] == transport, f"{name} is shown over its transport, not {shown}")
        until(lambda: "carl-desk" not in pbx.registrations(), 10, f"{name} has left")
    return ", ".join(f"{kind.__name__.lower()} {transport}" for kind, transport in ways)


def linphone(pbx, folder, speech):
    """Both directions, either hangs up."""
    heard = []
    for linphone_calls in (True, False):
        with (
            Linphone("anna-desk", "a-secret", "tcp" if linphone_calls else "udp", "192.0.2.72", folder).registered(10) as anna,
            Pjsua("carl-desk", "c-secret", "udp", "192.0.2.73", folder).registered() as carl,
        ):
            caller, callee, number = (anna, carl, "102") if linphone_calls else (carl, anna, "101")
            caller.call(number)
            callee.wait("incoming")
            callee.answer()
            callee.wait("confirmed")
            caller.wait("confirmed")
            calls.talk(anna, carl, speech)
            calls.part(pbx, carl, anna) if linphone_calls else calls.part(pbx, anna, carl)
            heard.append(calls.both_heard(anna, carl, speech))
    return "; ".join(heard)
