"""Floods the box with SIP from many addresses of this namespace: flooder.py HOST RATE SECONDS FIRST COUNT. Says how much it sent.

FIRST is the first source; the others follow it. What comes back is thrown away.
"""

import ipaddress
import json
import socket
import sys
import time

TICK = 0.005

HEAD = b"Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK%d;rport\r\nFrom: <sip:x@box>;tag=%d\r\nTo: <sip:x@box>\r\nCall-ID: flood-%d\r\n"
TAIL = b"Contact: <sip:x@203.0.113.9>\r\nMax-Forwards: 70\r\nUser-Agent: flood\r\nContent-Length: 0\r\n\r\n"
KINDS = [
    b"REGISTER sip:box SIP/2.0\r\n" + HEAD + b"CSeq: %d REGISTER\r\nExpires: 600\r\n" + TAIL,
    b"INVITE sip:101@box SIP/2.0\r\n" + HEAD + b"CSeq: %d INVITE\r\n" + TAIL,
    b"OPTIONS sip:box SIP/2.0\r\n" + HEAD + b"CSeq: %d OPTIONS\r\n" + TAIL,
    b"REGISTER what is no SIP %d %d %d %d",
]


def main():
    host, rate, seconds, first, count = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(ipaddress.ip_address(sys.argv[4])), int(sys.argv[5])
    senders = []
    for number in range(count):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((str(ipaddress.ip_address(first + number)), 0))
        # Never read: what the box answers fills this and no more.
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sender.connect((host, 5060))
        senders.append(sender.send)
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate)
        while sent < due:
            try:
                senders[sent % count](KINDS[sent // count % 4] % (sent, sent, sent, sent))
            except OSError:
                pass
            sent += 1
        time.sleep(TICK)
    print(json.dumps({"sent": sent, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
