"""A flood of SIP takes no phone's place: calls lose no sound, a registered phone registers again, memory stays."""

import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time

import sip
from harness import expect

CALLS = 5
RATE = 20_000
# Outside of the local networks and of the list of the allowed.
PHONES = "198.51.100."
RTP_LOSS_MAX = 0.001
REGISTERS_WITHIN = 4.0
GROWTH_KILOBYTES_MAX = 64 * 1024
RETURNS_TO_KILOBYTES = 8 * 1024
PACKET = 0.02


def settings():
    text = ""
    for number in range(2 * CALLS):
        text += f'\n[[extension]]\nnumber = "{600 + number}"\n'
        text += f'\n[[account]]\nusername = "steady{number}"\npassword = "of-steady-{number}"\nextension = "{600 + number}"\n'
    return text


def phone(number):
    client = sip.Client(f"steady{number}", f"of-steady-{number}", f"{PHONES}{30 + number}")
    response = client.register()
    expect(response is not None and response.status == 200, f"{client.username} registers, not {response and response.start}")
    return client


class Talk:
    """Two phones in a call, each of which speaks and counts what it hears."""

    def __init__(self, pair):
        self.phones = [phone(2 * pair), phone(2 * pair + 1)]
        ports = (41000 + 4 * pair, 41002 + 4 * pair)
        self.sockets = [self.open(f"{PHONES}{30 + 2 * pair + side}", port) for side, port in enumerate(ports)]
        self.heard, self.spoken, self.towards = [set(), set()], [0, 0], [None, None]
        # What was spoken before the flood: a call's first packets may come before its other side is there.
        self.before = [0, 0]
        self.connect(600 + 2 * pair + 1, ports)

    @staticmethod
    def open(address, port):
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        rtp.bind((address, port))
        rtp.setblocking(False)
        return rtp

    def connect(self, number, ports):
        caller, callee = self.phones
        answered = {}

        def answer():
            invite = callee.wait_for("INVITE", 4)
            if invite:
                answered["invite"] = invite
                callee.answer(invite, "200 OK", sip.SDP.format(host=callee.wire.here.split(":")[0], port=ports[1]))

        thread = threading.Thread(target=answer)
        thread.start()
        response = caller.invite(str(number), rtp_port=ports[0])
        thread.join()
        expect(response is not None and response.status == 200, f"{number} answers, not {response and response.start}")
        self.answered, self.target = response, re.search(r"<([^>]+)>", response.get("Contact"))[1]
        caller.wire.send(
            f"ACK {self.target} SIP/2.0\r\nVia: SIP/2.0/UDP {caller.wire.here};branch=z9hG4bK{random.randrange(1 << 60):x};rport\r\n"
            f"From: {response.get('From')}\r\nTo: {response.get('To')}\r\nCall-ID: {response.get('Call-ID')}\r\n"
            f"CSeq: {response.get('CSeq').split(' ')[0]} ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        for side, message in enumerate((response, answered["invite"])):
            port = re.search(rb"^m=audio (\d+)", message.body, re.M)
            self.towards[side] = (sip.BOX4, int(port[1]))

    def speak(self):
        for side, rtp in enumerate(self.sockets):
            number = self.spoken[side]
            header = struct.pack(">BBHII", 0x80, 8, number & 0xFFFF, 160 * number & 0xFFFFFFFF, 1000 + side)
            rtp.sendto(header + struct.pack(">I", number) * 40, self.towards[side])
            self.spoken[side] += 1

    def listen(self):
        for side, rtp in enumerate(self.sockets):
            try:
                while True:
                    data = rtp.recv(2048)
                    if len(data) == 172:
                        self.heard[side].add(struct.unpack(">I", data[12:16])[0])
            except BlockingIOError:
                pass

    def lost(self):
        return sum(number not in self.heard[1 - side] for side in (0, 1) for number in range(self.before[side], self.spoken[side]))

    def counted(self):
        return sum(self.spoken) - sum(self.before)

    def hang_up(self):
        caller, callee = self.phones
        tag = re.search(r";tag=([^;\s]+)", self.answered.get("From"))[1]
        number = int(self.answered.get("CSeq").split(" ")[0]) + 1
        bye = caller.request("BYE", self.target, self.answered.get("To"), call_id=self.answered.get("Call-ID"), cseq=number, from_tag=tag)
        response = caller.exchange(bye)
        expect(response is not None and response.status == 200, f"the caller hangs up, not {response and response.start}")
        if (bye := callee.wait_for("BYE", 2)) is not None:
            callee.answer(bye, "200 OK")

    def close(self):
        self.hang_up()
        for rtp in self.sockets:
            rtp.close()
        for one in self.phones:
            one.close()


class Conversation(threading.Thread):
    """All calls speak, fifty times a second, until they are told to stop."""

    def __init__(self, talks):
        super().__init__(daemon=True)
        self.talks, self.stop = talks, threading.Event()

    def run(self):
        due = time.monotonic()
        while not self.stop.is_set():
            for talk in self.talks:
                talk.speak()
                talk.listen()
            due += PACKET
            time.sleep(max(0.0, due - time.monotonic()))
        time.sleep(0.3)
        for talk in self.talks:
            talk.listen()


def under(pbx, sources, seconds, is_long):
    """20,000 packets a second from so many loopback addresses, which are local and never banned, while calls go on."""
    talks = [Talk(pair) for pair in range(CALLS)]
    conversation = Conversation(talks)
    conversation.start()
    time.sleep(0.5)
    for talk in talks:
        talk.before = list(talk.spoken)
    before, shed = pbx.resident_kilobytes(), pbx.status()["counters"]
    here = os.path.dirname(os.path.abspath(__file__))
    command = ["ip", "netns", "exec", pbx.namespace, sys.executable, os.path.join(here, "flooder.py")]
    flooder = subprocess.Popen([*command, "127.0.0.1", str(RATE), str(seconds), "127.1.0.1", str(sources)], stdout=subprocess.PIPE, text=True)
    slowest, registered, grown = 0.0, 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        client = talks[registered % CALLS].phones[registered // CALLS % 2]
        began = time.monotonic()
        response = client.register(seconds=REGISTERS_WITHIN)
        slowest = max(slowest, time.monotonic() - began)
        expect(response is not None and response.status == 200, f"a phone registers again under the flood, not {response and response.start}")
        registered += 1
        grown = max(grown, pbx.resident_kilobytes() - before)
        time.sleep(0.1)
    sent = json.loads(flooder.communicate(timeout=20)[0])
    conversation.stop.set()
    conversation.join()
    spoken, lost = sum(talk.counted() for talk in talks), sum(talk.lost() for talk in talks)
    counters = pbx.status()["counters"]
    slowed = counters["packets_slowed"] - shed["packets_slowed"]
    taken = counters["messages_received"] - shed["messages_received"]
    for talk in talks:
        talk.close()
    pbx.wait_idle()
    rate = sent["sent"] / sent["seconds"]
    figures = (
        f"{rate:.0f} packets/s, {taken} read, {slowed} slowed, {lost} of {spoken} RTP lost, {registered} registrations, "
        f"slowest {slowest * 1000:.0f} ms, grew {grown} kB"
    )
    expect(rate > RATE * 0.9, f"the flood is one: {figures}")
    expect(slowed > sent["sent"] / 4, f"the flood is shed: {figures}")
    expect(lost <= spoken * RTP_LOSS_MAX, f"calls lose nothing: {figures}")
    expect(slowest <= REGISTERS_WITHIN, f"phones register in time: {figures}")
    expect(grown <= GROWTH_KILOBYTES_MAX, f"memory stays: {figures}")
    if is_long:
        patience = time.monotonic() + 45
        while (left := pbx.resident_kilobytes() - before) > RETURNS_TO_KILOBYTES:
            expect(time.monotonic() < patience, f"memory returns; {left} kB are left: {figures}")
            time.sleep(1)
        figures += f", {left} kB left"
    return figures
