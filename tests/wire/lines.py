"""Calls over lines: a provider with a registrar and a proxy that want proofs, a gateway whose telephone outside is a softphone, and strangers."""

import contextlib
import hashlib
import os
import re
import secrets
import socket
import ssl
import subprocess
import threading
import time

import sip
import voice
from calls import both_heard, expect_heard, part, talk
from harness import expect, until
from phones import Pjsua

PROVIDER, GATEWAY, PINNED, UNKNOWN = "192.0.2.42", "192.0.2.41", "192.0.2.44", "192.0.2.46"
LOGIN = ("390612", "l-secret")

def settings(folder):
    """With a certificate that a gateway made itself, in the folder."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a gateway", "-keyout", key(folder), "-out", certificate(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    with open(certificate(folder)) as file:
        fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
    return SETTINGS + f'''
[[line]]
name = "Pinned"
kind = "gateway"
host = "{PINNED}"
transport = "tls"
certificate = "{fingerprint}"

[[line]]
name = "Unknown"
kind = "gateway"
host = "{UNKNOWN}"
transport = "tls"
'''


def key(folder):
    return os.path.join(folder, "gateway.key")


def certificate(folder):
    return os.path.join(folder, "gateway.pem")


SETTINGS = f"""
[[line]]
name = "Telco"
host = "{PROVIDER}"
username = "{LOGIN[0]}"
password = "{LOGIN[1]}"
number = "+390612"

[[line]]
name = "Gateway"
kind = "gateway"
host = "{GATEWAY}"
number = "+390655"
did = [{{ number = "390655", action = {{ do = "extension", extension = "105" }} }}]

[[class]]
name = "All"
rules = [{{ match = "prefix", digits = "07", lines = ["Telco"] }}, {{ match = "any", lines = ["Gateway"] }}]

[[extension]]
number = "105"
first_name = "Nina"
standard_class = "All"

[[account]]
username = "nina-desk"
password = "n-secret"
extension = "105"

[[account]]
username = "outside"
password = "o-secret"
"""


class Provider:
    """Registers one account, and says that everybody who is called over it is busy; but 0755 answers, and believes nothing that was proved before."""

    # Where the box is registered: a later provider of the same address need not wait for the next REGISTER to know.
    contact = None

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((PROVIDER, 5060))
        self.socket.settimeout(0.2)
        self.invites, self.acks, self.byes, self.is_over, self.nonce = [], [], [], False, secrets.token_hex(8)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.is_over:
            try:
                data, source = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            if data.strip():
                self._take(sip.Message(data), source)

    def _take(self, message, source):
        if message.method == "REGISTER":
            if self._is_proved(message, "Authorization"):
                Provider.contact = re.search(r"<(.+?)>", message.get("Contact"))[1]
                self._answer(message, source, "200 OK", f"Contact: {message.get('Contact')};expires={message.get('Expires')}\r\n")
            else:
                self._challenge(message, source, "401 Unauthorized", "WWW-Authenticate")
        elif message.method == "OPTIONS":
            self._answer(message, source, "200 OK")
        elif message.method == "INVITE":
            self.invites.append(message)
            if not self._is_proved(message, "Proxy-Authorization"):
                self._challenge(message, source, "407 Proxy Authentication Required", "Proxy-Authenticate")
            elif "sip:0755" in message.start:
                body = sip.SDP.format(host=PROVIDER, port=40000)
                head = f"Contact: <sip:0755@{PROVIDER}>\r\nContent-Type: application/sdp\r\n"
                self._answer(message, source, "200 OK", head, body)
                self.nonce = secrets.token_hex(8)
            else:
                self._answer(message, source, "486 Busy Here")
        elif message.method == "ACK":
            self.acks.append(message)
        elif message.method == "BYE":
            self.byes.append(message)
            if self._is_proved(message, "Proxy-Authorization"):
                self._answer(message, source, "200 OK")
            else:
                self._challenge(message, source, "407 Proxy Authentication Required", "Proxy-Authenticate")

    def _is_proved(self, message, name):
        if message.get(name) is None:
            return False
        proof, (method, uri) = sip.quoted(message.get(name).split(" ", 1)[1]), message.start.split(" ")[:2]

        def md5(text):
            return hashlib.md5(text.encode()).hexdigest()

        ha1, ha2 = md5(f"{LOGIN[0]}:telco:{LOGIN[1]}"), md5(f"{method}:{uri}")
        right = md5(f"{ha1}:{self.nonce}:{proof['nc']}:{proof['cnonce']}:auth:{ha2}")
        return proof["username"] == LOGIN[0] and proof["response"] == right

    def _challenge(self, message, source, status, name):
        self._answer(message, source, status, f'{name}: Digest realm="telco", nonce="{self.nonce}", qop="auth", algorithm=MD5\r\n')

    def _answer(self, message, source, status, extra="", body=""):
        self.socket.sendto(answer(message, status, extra, body), source)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.socket.close()


class TlsGateway:
    """Answers whatever it is asked over TLS, under a certificate of its own making."""

    def __init__(self, address, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate(folder), key(folder))
        self.listener = socket.create_server((address, 5061))
        self.listener.settimeout(0.2)
        self.asked, self.refused, self.is_over = 0, 0, False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.is_over:
            with contextlib.suppress(TimeoutError):
                connection, _ = self.listener.accept()
                self._serve(connection)

    def _serve(self, connection):
        connection.settimeout(1)
        try:
            with self.context.wrap_socket(connection, server_side=True) as stream:
                while not self.is_over:
                    with contextlib.suppress(TimeoutError):
                        data = stream.read(65536)
                        if not data:
                            return
                        message = sip.Message(data)
                        self.asked += 1
                        stream.sendall(answer(message, "200 OK"))
        except (ssl.SSLError, ConnectionError):
            self.refused += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.listener.close()


def answer(message, status, extra="", body=""):
    vias = "".join(f"Via: {via}\r\n" for via in message.all("Via"))
    tag = "" if ";tag=" in message.get("To") else ";tag=telco"
    return (
        f"SIP/2.0 {status}\r\n{vias}From: {message.get('From')}\r\nTo: {message.get('To')}{tag}\r\nCall-ID: {message.get('Call-ID')}\r\n"
        f"CSeq: {message.get('CSeq')}\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def over_tls(pbx, folder):
    """Two gateways with a certificate of their own: the one whose fingerprint the settings name is a line, the other is told nothing."""
    with TlsGateway(PINNED, folder) as pinned, TlsGateway(UNKNOWN, folder) as unknown:
        until(lambda: line(pbx, "Pinned")["state"] == "reachable" and unknown.refused, 30, "the one is reachable, the other refused", every=0.5)
        expect(line(pbx, "Unknown")["state"] == "silent", f"the other line is down, not {line(pbx, 'Unknown')}")
        expect(pinned.asked > 0 and unknown.asked == 0, f"{pinned.asked} requests came to the one, {unknown.asked} to the other")
        return f"{pinned.asked} requests to the one, {unknown.refused} handshakes refused at the other"


def line(pbx, name):
    return next(line for line in pbx.status()["lines"] if line["line"] == name)


def registered(pbx, folder):
    """The box logs in at its provider, proves its calls there, and tells the caller what comes of them."""
    with Provider() as provider:
        until(lambda: line(pbx, "Telco")["state"] == "registered", 65, "the line is registered", every=0.5)
        expect(len(re.match(r"sip:(\w+)@192\.0\.2\.1", provider.contact)[1]) == 20, f"a random name, not {provider.contact}")
        with Pjsua("nina-desk", "n-secret", "udp", "192.0.2.43", folder).registered() as nina:
            nina.call("0712345")
            told = nina.wait("ended")["status"]
            expect(told == 486, f"the caller hears busy, not {told}")
        shown = [(invite.start, invite.get("From"), invite.get("Proxy-Authorization") is not None) for invite in provider.invites]
        expect([proved for _, _, proved in shown] == [False, True], f"one challenge, one proof: {shown}")
        expect(all("sip:+390612@" in whom and "sip:0712345@" in start for start, whom, _ in shown), f"who calls whom: {shown}")


def proved_within(pbx, folder):
    """Whom Nina calls answers; when she hangs up, the provider has forgotten its nonce and wants another proof of the BYE."""
    with Provider() as provider, Pjsua("nina-desk", "n-secret", "udp", "192.0.2.43", folder).registered() as nina:
        until(lambda: line(pbx, "Telco")["state"] == "registered", 65, "the line is registered", every=0.5)
        nina.call("0755")
        nina.wait("confirmed")
        proof = lambda message: message.get("Proxy-Authorization")
        # The first ACK is that of the 407.
        until(lambda: [ack for ack in provider.acks if proof(ack)], 3, "the 200 is acknowledged with a proof")
        expect(proof(provider.acks[-1]) == proof(provider.invites[-1]), "the ACK proves what its INVITE does")
        nina.hang_up()
        nina.wait("ended")
        until(lambda: len(provider.byes) == 2, 3, lambda: f"a second BYE, not {len(provider.byes)}")
        nonces = [sip.quoted(proof(bye).split(" ", 1)[1])["nonce"] for bye in provider.byes]
        expect(nonces[0] != nonces[1] == provider.nonce, f"the second BYE has the new nonce: {nonces}")
        pbx.wait_idle()


class Gateway:
    """Nina at her desk, and somebody behind the gateway."""

    def __init__(self, pbx, folder):
        self.pbx = pbx
        self.nina = Pjsua("nina-desk", "n-secret", "udp", "192.0.2.43", folder)
        self.outside = Pjsua("outside", "o-secret", "udp", GATEWAY, folder)

    def __enter__(self):
        self.nina.registered()
        self.outside.registered()
        until(lambda: line(self.pbx, "Gateway")["state"] == "reachable", 65, "the gateway answers", every=0.5)
        return self.nina, self.outside

    def __exit__(self, *raised):
        self.nina.__exit__(*raised)
        self.outside.__exit__(*raised)


def call_out(nina, outside):
    nina.call("0612345")
    shown = outside.wait("incoming")["remote"]
    expect("sip:+390655@" in shown, f"the number of the line is shown, not {shown}")
    nina.wait("ringing")
    outside.answer()
    outside.wait("confirmed")
    nina.wait("confirmed")


def call_in(nina, outside):
    outside.call("390655")
    shown = nina.wait("incoming")["remote"]
    expect("sip:outside@" in shown, f"who calls is shown, not {shown}")
    nina.answer()
    nina.wait("confirmed")
    outside.wait("confirmed")


def gateway(pbx, folder, speech):
    """Nina calls somebody outside, both hold and resume, and she is called back; both voices arrive each time, and each side hangs up each way."""
    with Gateway(pbx, folder) as (nina, outside):
        heard = []
        for call, ends in ((call_out, nina), (call_in, outside), (call_out, outside), (call_in, nina)):
            call(nina, outside)
            if not heard:
                hold(pbx, nina)
                hold(pbx, outside)
            if len(heard) < 2:
                talk(nina, outside, speech)
                heard.append(both_heard(nina, outside, speech))
            part(pbx, ends, nina if ends is outside else outside)
        return f"out, after holds: {heard[0]}; in: {heard[1]}"


def hold(pbx, phone):
    for verb, phase in ((phone.hold, "held"), (phone.resume, "talking")):
        verb()
        until(lambda: [call["phase"] for call in pbx.status()["calls"]] == [phase], 3, f"status shows the call {phase}", every=0.1)


def announced(pbx, folder, speech):
    """The network speaks before anybody answers (183): Nina hears it all, and the call is refused afterwards."""
    with Gateway(pbx, folder) as (nina, outside):
        nina.call("0612345")
        outside.wait("incoming")
        outside.progress()
        nina.wait("media")
        nina.record()
        time.sleep(0.3)
        outside.play(speech["carl"])
        time.sleep(voice.seconds(speech["carl"]) + 0.7)
        expect(not nina.has_told("confirmed"), "nobody has answered")
        outside.refuse(404)
        told = nina.wait("ended")["status"]
        expect(told == 480, f"the call ends with 480, not {told}")
        pbx.wait_idle()
        return f"heard {expect_heard(speech['carl'], nina.recordings(), 'who calls')} blocks before any answer"


def transferred(pbx, folder, speech):
    """Nina sends somebody outside to Anna, Anna to somebody outside, and brings both together; they hear each other each time."""
    with Gateway(pbx, folder) as (nina, outside), Pjsua("anna-desk", "a-secret", "udp", "192.0.2.45", folder).registered() as anna:
        heard = []
        call_in(nina, outside)
        nina.transfer("101")
        shown = anna.wait("incoming")["remote"]
        expect("sip:outside@" in shown, f"who is sent is shown, not {shown}")
        anna.answer()
        anna.wait("confirmed")
        nina.wait("ended")
        heard.append(talk_of(pbx, outside, anna, speech))

        anna.call("105")
        nina.wait("incoming")
        nina.answer()
        nina.wait("confirmed")
        anna.wait("confirmed")
        nina.transfer("0612345")
        shown = outside.wait("incoming")["remote"]
        expect("sip:+390655@" in shown, f"the number of the line is shown, not {shown}")
        outside.answer()
        outside.wait("confirmed")
        nina.wait("ended")
        heard.append(talk_of(pbx, anna, outside, speech))

        call_out(nina, outside)
        nina.consult("101")
        anna.wait("incoming")
        anna.answer()
        anna.wait("confirmed")
        nina.wait("confirmed")
        nina.bring_together()
        nina.wait("ended")
        nina.wait("ended")
        heard.append(talk_of(pbx, anna, outside, speech))
        return "; ".join(heard)


def talk_of(pbx, one, other, speech):
    until(lambda: [call["phase"] for call in pbx.status()["calls"]] == ["talking"], 4, "one call is left", every=0.1)
    talk(one, other, speech)
    heard = both_heard(one, other, speech)
    part(pbx, one, other)
    return heard


def strangers(pbx):
    """Two thousand INVITEs of twenty strangers: none goes out, and whoever has a password still registers."""
    with Provider() as provider:
        until(lambda: provider.contact and line(pbx, "Telco")["state"] == "registered", 65, "the line is registered", every=0.5)
        targets = ["0712345", "900442012345", "+442012345", "112", "105", "+390612", "390655", "*9", provider.contact[4:14]]
        froms = ["sip:105@192.0.2.1", f"sip:390612@{PROVIDER}", f"sip:0612345@{GATEWAY}"]
        wires = [sip.Wire(f"192.0.2.{host}") for host in range(60, 80)]
        for attempt in range(2000):
            wire, target = wires[attempt % 20], targets[attempt % len(targets)]
            uri = f"sip:{target}@{sip.BOX4}"
            proof = ""
            if attempt % 3 == 0:
                challenge = f'Digest realm="trillo", nonce="{secrets.token_hex(8)}"'
                proof = "Authorization: " + sip.digest(challenge, "nina-desk", str(attempt), "INVITE", uri) + "\r\n"
            body = sip.SDP.format(host=wire.here.split(":")[0], port=40000)
            wire.send(
                f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {wire.here};branch=z9hG4bK{secrets.token_hex(8)};rport\r\n"
                f"From: <{froms[attempt % 3]}>;tag={attempt}\r\nTo: <{uri}>\r\nCall-ID: {secrets.token_hex(8)}\r\nCSeq: 1 INVITE\r\n"
                f"Contact: <sip:x@{wire.here}>\r\nP-Asserted-Identity: <{froms[1]}>\r\nRoute: <sip:{PROVIDER};lr>\r\nMax-Forwards: 70\r\n{proof}"
                f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            )
            if attempt % 100 == 0:
                time.sleep(0.05)
        time.sleep(1)
        for wire in wires:
            wire.close()
        expect(provider.invites == [], f"nothing goes out, not {len(provider.invites)} calls")
        expect(pbx.status()["calls"] == [], "and no call is there")
        return f"2000 sent, {pbx.status()['counters']['digests_refused']} proofs refused so far, 0 went out"
