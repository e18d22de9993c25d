"""A small SIP client of our own, for what real phones can't be asked to do: odd moments, many at once, raw bytes.

It knows one request at a time on one socket, digest, and just enough of a callee to answer.
"""

import hashlib
import itertools
import re
import secrets
import socket
import ssl
import time

import websocket

BOX4, BOX6, PORT = "192.0.2.1", "2001:db8::1", 5060
PORTS = {"udp": PORT, "tcp": PORT, "tls": 5061, "ws": 8088, "wss": 8089}
T1 = 0.5
LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.I | re.M)


class Message:
    """A received message. Header names are found whatever their case."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
        self.start, self.raw = lines[0], data
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if ":" in line]
        self.is_response = self.start.startswith("SIP/2.0 ")
        self.status = int(self.start.split(" ")[1]) if self.is_response else None
        self.method = None if self.is_response else self.start.split(" ")[0]

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), None)


def tls_context(authority=None):
    """A client that trusts that authority, or, as many phones, anybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = authority is not None
    context.verify_mode = ssl.CERT_REQUIRED if authority else ssl.CERT_NONE
    if authority:
        context.load_verify_locations(authority)
    return context


class Wire:
    """One socket to the box, datagrams, a stream or a WebSocket; gives whole messages."""

    def __init__(self, source, transport="udp", port=0, box=None, tls=None):
        self.transport = transport
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        self.box = box or ((BOX6 if family == socket.AF_INET6 else BOX4), PORTS[transport])
        self.socket = socket.socket(family, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((source, port))
        if transport != "udp":
            self.socket.settimeout(3)
            self.socket.connect(self.box)
        if transport in ("tls", "wss"):
            self.socket = (tls or tls_context()).wrap_socket(self.socket, server_hostname=self.box[0])
        if self.is_websocket:
            head = websocket.shake_hands(self.socket, "box")
            if " 101 " not in head:
                raise ConnectionError(head.splitlines()[0])
        self.buffer = b""
        self.is_closed = False
        host, port = self.socket.getsockname()[:2]
        self.here = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def is_websocket(self):
        return self.transport in ("ws", "wss")

    @property
    def says(self):
        """Where it says that it is: a browser doesn't know (RFC 7118 5.2.2)."""
        return "df7jal23ls0d.invalid" if self.is_websocket else self.here

    def send(self, data):
        kind = websocket.BINARY if isinstance(data, bytes) else websocket.TEXT
        data = data if isinstance(data, bytes) else data.encode()
        if self.transport == "udp":
            self.socket.sendto(data, self.box)
        elif self.is_websocket:
            self.socket.sendall(websocket.frame(data, kind))
        else:
            self.socket.sendall(data)

    def receive(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while True:
            if self.transport != "udp" and (message := self._cut()):
                return message
            left = end - time.monotonic()
            if left <= 0 or self.is_closed:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, ConnectionRefusedError, ssl.SSLWantReadError):
                continue
            except ConnectionError:
                self.is_closed = True
                continue
            if self.transport == "udp":
                return Message(data)
            self.is_closed = not data
            self.buffer += data

    def _cut(self):
        if self.is_websocket:
            return self._cut_frame()
        self.buffer = self.buffer.lstrip(b"\r\n")
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = LENGTH.search(head)
        length = int(length[1]) if length else 0
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return Message(head + found + rest[:length])

    def _cut_frame(self):
        while found := websocket.cut(self.buffer):
            kind, data, self.buffer = found
            if kind == websocket.CLOSE:
                self.is_closed = True
            if kind in (websocket.TEXT, websocket.BINARY) and data.strip():
                return Message(data)
        return None

    def close(self):
        self.socket.close()


def quoted(parameters):
    return dict((key.lower(), value.strip('"')) for key, value in re.findall(r'(\w+)\s*=\s*("[^"]*"|[^\s,]+)', parameters))


def digest(challenge, username, password, method, uri, count=1):
    """The Authorization header's value (RFC 7616 with MD5 and qop=auth)."""
    asked = quoted(challenge.split(" ", 1)[1])

    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    cnonce, nc = secrets.token_hex(8), f"{count:08x}"
    ha1, ha2 = md5(f"{username}:{asked['realm']}:{password}"), md5(f"{method}:{uri}")
    response = md5(f"{ha1}:{asked['nonce']}:{nc}:{cnonce}:auth:{ha2}")
    return (
        f'Digest username="{username}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, cnonce="{cnonce}", qop=auth, nc={nc}'
    )


SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class Client:
    """An account of the box on one socket."""

    calls = itertools.count(1)

    def __init__(self, username, password, source, transport="udp", port=0, **more):
        self.username, self.password = username, password
        self.wire = Wire(source, transport, port, **more)
        self.domain = f"[{BOX6}]" if ":" in source else BOX4
        self.call_id, self.cseq, self.tag = secrets.token_hex(8), 0, secrets.token_hex(4)
        self.set_aside = []

    @property
    def contact(self):
        suffix = "" if self.wire.transport == "udp" else f";transport={self.wire.transport.replace('wss', 'ws')}"
        return f"sip:{self.username}@{self.wire.says}{suffix}"

    def request(self, method, uri, to, extra="", body="", call_id=None, cseq=None, from_tag=None):
        return (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/{self.wire.transport.upper()} {self.wire.says};branch=z9hG4bK{secrets.token_hex(8)};rport\r\n"
            f"From: <sip:{self.username}@{self.domain}>;tag={from_tag or self.tag}\r\nTo: {to}\r\n"
            f"Call-ID: {call_id or self.call_id}\r\nCSeq: {cseq or self.cseq} {method}\r\n"
            f"Contact: <{self.contact}>\r\nMax-Forwards: 70\r\n{extra}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def exchange(self, request, seconds=4.0, provisional=False):
        """Sends, repeats over UDP as RFC 3261 17.1 says, and gives the final response (or the first, where `provisional`)."""
        branch = re.search(r"branch=(\S+?);", request)[1]
        end, pause = time.monotonic() + seconds, T1
        while time.monotonic() < end:
            self.wire.send(request)
            again = min(end, time.monotonic() + pause) if self.wire.transport == "udp" else end
            while (left := again - time.monotonic()) > 0:
                message = self.wire.receive(left)
                if message is None:
                    if self.wire.is_closed:
                        return None
                    continue
                if not message.is_response or branch not in (message.get("Via") or message.get("v") or ""):
                    self.set_aside.append(message)
                    continue
                if message.status >= 200 or provisional:
                    return message
                again = end
            pause *= 2
        return None

    def proved(self, method, uri, to, **more):
        """The request without and then with credentials; the last response."""
        self.cseq += 1
        seconds, provisional = more.pop("seconds", 4.0), more.pop("provisional", False)
        extra = more.pop("extra", "")
        request = self.request(method, uri, to, extra=extra, **more)
        response = self.exchange(request, seconds)
        if response is None or response.status != 401:
            return response
        if method == "INVITE":
            self.acknowledge_refusal(request, response)
        self.cseq += 1
        proof = "Authorization: " + digest(response.get("WWW-Authenticate"), self.username, self.password, method, uri)
        return self.exchange(self.request(method, uri, to, extra=extra + proof + "\r\n", **more), seconds, provisional)

    def acknowledge_refusal(self, request, response):
        start, rest = request.split("\r\n", 1)
        via = re.search(r"^Via:.*$", rest, re.M)[0].rstrip()
        number = re.search(r"^CSeq: (\d+)", rest, re.M)[1]
        who = re.search(r"^From:.*$", rest, re.M)[0].rstrip()
        call = re.search(r"^Call-ID:.*$", rest, re.M)[0].rstrip()
        uri = start.split(" ")[1]
        self.wire.send(
            f"ACK {uri} SIP/2.0\r\n{via}\r\n{who}\r\nTo: {response.get('To')}\r\n{call}\r\n"
            f"CSeq: {number} ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def register(self, expires=300, seconds=4.0):
        uri = f"sip:{self.domain}"
        return self.proved("REGISTER", uri, f"<sip:{self.username}@{self.domain}>", extra=f"Expires: {expires}\r\n", seconds=seconds)

    def options(self, seconds=0.2):
        self.cseq += 1
        uri = f"sip:{self.domain}"
        return self.exchange(self.request("OPTIONS", uri, f"<{uri}>", call_id=secrets.token_hex(8)), seconds)

    def invite(self, number, seconds=4.0, rtp_port=40000, provisional=False):
        uri = f"sip:{number}@{self.domain}"
        host = self.wire.here.rsplit(":", 1)[0]
        return self.proved(
            "INVITE", uri, f"<{uri}>", call_id=secrets.token_hex(8), from_tag=secrets.token_hex(4), seconds=seconds, provisional=provisional,
            extra="Content-Type: application/sdp\r\n", body=SDP.format(host=host, port=rtp_port),
        )  # fmt: skip

    def wait_for(self, method, seconds):
        """The next request of that method; others are answered 200."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self.set_aside.pop(0) if self.set_aside else self.wire.receive(left)
            if message is None or message.is_response:
                continue
            if message.method == method:
                return message
            if message.method != "ACK":
                self.answer(message, "200 OK")
        return None

    def answer(self, request, status, body="", tag="callee"):
        kept = "".join(f"{name}: {value}\r\n" for name, value in request.headers if name.lower() in ("via", "v", "record-route"))
        to = request.get("To") or request.get("t")
        if ";tag=" not in to and not status.startswith("100"):
            to += f";tag={tag}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.wire.send(
            f"SIP/2.0 {status}\r\n{kept}From: {request.get('From') or request.get('f')}\r\nTo: {to}\r\n"
            f"Call-ID: {request.get('Call-ID') or request.get('i')}\r\nCSeq: {request.get('CSeq')}\r\nContact: <{self.contact}>\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def close(self):
        self.wire.close()


def is_alive(source="192.0.2.10", transport="udp", seconds=0.2):
    """An OPTIONS is answered with 200 within that time."""
    try:
        client = Client("probe", "", source, transport)
    except OSError:
        return False
    try:
        response = client.options(seconds)
        return response is not None and response.status == 200
    finally:
        client.close()
