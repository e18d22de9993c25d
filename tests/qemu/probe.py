#!/usr/bin/env python3
"""probe.py web|sip ADDRESS: asks once and prints the first line of the answer; ends with 1 if there is none. Run in the box's network."""

import socket
import sys

kind, address = sys.argv[1:]
try:
    if kind == "web":
        with socket.create_connection((address, 80), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: " + address.encode() + b"\r\nConnection: close\r\n\r\n")
            answer = connection.recv(4096)
    else:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.settimeout(2)
            phone.connect((address, 5060))
            own = "%s:%d" % phone.getsockname()
            phone.send("\r\n".join([
                f"OPTIONS sip:{address} SIP/2.0",
                f"Via: SIP/2.0/UDP {own};branch=z9hG4bK{phone.getsockname()[1]};rport",
                "Max-Forwards: 70",
                f"From: <sip:probe@{own}>;tag=1",
                f"To: <sip:{address}>",
                f"Call-ID: probe-{own}",
                "CSeq: 1 OPTIONS",
                "Content-Length: 0",
                "", "",
            ]).encode())
            answer = phone.recv(4096)
    line = answer.split(b"\r\n")[0].decode(errors="replace")
    if not line.startswith("HTTP/1." if kind == "web" else "SIP/2.0 "):
        sys.exit(f"{kind}: not an answer: {line}")
    print(line)
except OSError as error:
    sys.exit(f"{kind}: {error}")
