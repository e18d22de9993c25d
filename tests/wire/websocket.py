"""The client's end of a WebSocket that carries SIP, over a connected socket: enough for tests, and as rude as they ask."""

import base64
import hashlib
import os
import secrets
import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def shake_hands(connection, host, path="/sip", protocol="sip"):
    """The head of the answer; what came behind it is lost, for nothing comes before the client has spoken."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {protocol}\r\nOrigin: https://elsewhere.example\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head and (data := connection.recv(4096)):
        head += data
    head = head.decode()
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    if head.startswith("HTTP/1.1 101 ") and f"Sec-WebSocket-Accept: {accept}\r\n" not in head:
        raise ConnectionError(f"the key is answered wrongly: {head}")
    return head


def frame(data, kind=BINARY, is_last=True):
    mask = os.urandom(4)
    length = len(data)
    head = bytes([(0x80 if is_last else 0) | kind])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += struct.pack("!BH", 0xFE, length)
    else:
        head += struct.pack("!BQ", 0xFF, length)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def cut(buffer):
    """The first frame as (kind, data, rest), or None. The box sends no fragments and no masks."""
    if len(buffer) < 2:
        return None
    kind, length, start = buffer[0] & 15, buffer[1] & 127, 2
    if length == 126:
        length, start = int.from_bytes(buffer[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(buffer[2:10], "big"), 10
    if len(buffer) < start + length:
        return None
    return kind, buffer[start : start + length], buffer[start + length :]
