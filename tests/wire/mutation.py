"""A million damaged torture messages, and the program stays quick and slim.

A seed makes the same messages in the same order. After every hundred an OPTIONS from somebody else must be answered within 200 ms; it goes
into the same queue behind them, so nothing runs ahead of what the program can take.
"""

import random
import re
import socket
import struct
import time

import sip
import torture
from harness import expect

BATCH = 100
PATIENCE = 0.2
# A transaction over UDP lives 32 s. Faster, and the table of transactions is full and says 503 to all: that is a flood, and no matter of this test.
PACE_PER_SECOND = 10_000
GROWTH_KILOBYTES_MAX = 2048
# Of ten batches one goes over streams, a connection a message.
STREAM_EVERY = 10
SENDERS = [f"192.0.2.{host}" for host in range(30, 94)]

WORDS = [
    b"\r\n", b"\r\n\r\n", b"\r\n ", b"\n", b"\r", b"\0", b"\t", b" ", b"%00", b"%", b"\"", b"\\", b"<", b">", b";", b",", b":", b"=", b"@", b"[", b"]",
    b"sip:", b"sips:", b"tel:+", b"SIP/2.0", b";lr", b";branch=z9hG4bK", b";tag=", b";rport", b";received=", b"*", b"-1", b"0", b"4294967296",
    b"18446744073709551616", b"9" * 80, b"a" * 300, b"\xff\xfe", b"\xc3\xa9", b"\xf0\x9f\x93\x9e", b"Content-Length: ", b"Via: ", b"Route: ",
    b"Contact: *\r\n", b"Require: 100rel\r\n", b"Authorization: Digest ", b"Expires: 0\r\n", b"ACK", b"CANCEL", b"BYE", b"INVITE", b"REGISTER",
]  # fmt: skip


BRANCH = re.compile(rb"branch=z9hG4bK", re.I)
CALL_ID = re.compile(rb"^(?:call-id|i)[ \t]*:[ \t]*", re.I | re.M)


def damaged(dice, messages):
    """One message with one to six damages. Every fourth one is first made a transaction of its own, else most would be taken for one that was
    there before, sent again."""
    data = bytearray(dice.choice(messages))
    if dice.random() < 0.25:
        fresh = b"%x" % dice.getrandbits(48)
        data = bytearray(BRANCH.sub(rb"\g<0>" + fresh, CALL_ID.sub(rb"\g<0>" + fresh, data, 1), 1))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        size = len(data)
        if size < 2:
            break
        at, length, kind = dice.randrange(size), 1 + int(dice.random() ** 3 * 60), dice.randrange(9)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        elif kind in (4, 5):
            data[at:at] = dice.choice(WORDS)
        elif kind == 6:
            data[at : at + length] = dice.choice(WORDS)
        elif kind == 7:
            other = dice.choice(messages)
            data = data[:at] + other[dice.randrange(len(other)) :]
        else:
            lines = data.split(b"\r\n")
            first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
            lines[first], lines[second] = lines[second], lines[first]
            data = bytearray(b"\r\n".join(lines))
    return bytes(data[:9000])


def send_datagrams(batch, senders):
    for index, data in enumerate(batch):
        senders[index % len(senders)].sendto(data, (sip.BOX4, sip.PORT))


def open_streams(batch, source):
    """A connection for each message, still open: what was not yet read must not be torn away by a reset."""
    streams = []
    for data in batch:
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # No TIME_WAIT, else the ports of an address are used up.
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stream.settimeout(2)
        stream.bind((source, 0))
        streams.append(stream)
        try:
            stream.connect((sip.BOX4, sip.PORT))
            stream.sendall(data)
        except OSError:
            # Full or refused is an answer; that others are served is seen by the OPTIONS.
            continue
    return streams


def million(pbx, count, seed):
    dice = random.Random(seed)
    messages = [data for _, data, _ in torture.corpus()]
    senders = []
    for source in SENDERS:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((source, 5060))
        senders.append(sender)
    good = sip.Client("probe", "", "192.0.2.12")
    began, half, slowest, late = time.monotonic(), None, 0.0, []
    batches = count // BATCH
    process = pbx.process.pid
    try:
        for number in range(batches):
            batch = [damaged(dice, messages) for _ in range(BATCH)]
            streams = []
            if number % STREAM_EVERY == STREAM_EVERY - 1:
                streams = open_streams(batch, SENDERS[number // STREAM_EVERY % len(SENDERS)])
            else:
                send_datagrams(batch, senders)
            ahead = began + number * BATCH / PACE_PER_SECOND - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            asked = time.monotonic()
            response = good.options(PATIENCE)
            took = time.monotonic() - asked
            for stream in streams:
                stream.close()
            slowest = max(slowest, took)
            if response is None or response.status != 200 or took > PATIENCE:
                is_answered = response is not None or good.wire.receive(2) is not None
                words = f"after {(time.monotonic() - asked) * 1000:.0f} ms" if is_answered else "never"
                late.append(f"{number} ({response.status if response else 'answered'} {words})")
                expect(pbx.process.poll() is None, f"the program lives; seed {seed}, batch {number}: {pbx.log_end()}")
                expect(len(late) < 10, f"OPTIONS are answered within {PATIENCE * 1000:.0f} ms; not after batches {', '.join(late)} of seed {seed}")
            if number == batches // 2:
                half = pbx.resident_kilobytes()
            if number % (batches // 20 or 1) == 0:
                rate = (number + 1) * BATCH / (time.monotonic() - began)
                print(f"       {number * BATCH:8} messages, {rate:6.0f}/s, {pbx.resident_kilobytes()} kB, slowest {slowest * 1000:.0f} ms", flush=True)
        received = pbx.status()["counters"]["messages_received"]
        end = pbx.resident_kilobytes()
        expect(pbx.process.pid == process and pbx.process.poll() is None, "the program is the one that was started")
        expect(not late, f"every OPTIONS is answered within {PATIENCE * 1000:.0f} ms; not after batches {', '.join(late)} of seed {seed}")
        # Before the first transactions have ended, memory must grow; a short run says nothing about it.
        is_settled = count // 2 > 35 * PACE_PER_SECOND
        expect(not is_settled or end <= half + GROWTH_KILOBYTES_MAX, f"memory does not grow: {half} kB at half, {end} kB at the end; seed {seed}")
        # Streams cut at the first damage of a length, and a head that never ends, are no messages to it.
        expect(received > 0.9 * count, f"the messages arrive: {received} of {count}; seed {seed}")
        return f"{batches * BATCH} messages, {received} received, in {time.monotonic() - began:.0f} s, slowest OPTIONS {slowest * 1000:.0f} ms, {half} then {end} kB, seed {seed}"
    finally:
        good.close()
        for sender in senders:
            sender.close()
