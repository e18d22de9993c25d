"""Rounds of kill -9 amid registrations, calls and changed settings. What was acknowledged is there afterwards.

Of each phone and of the settings we know what was last acknowledged and what was asked after it and never answered: after a kill either may
stand, nothing else.
"""

import random
import re
import threading

import sip
from harness import expect

REGISTERING = 12
PAIRS = 3
BACK_WITHIN = 2.0


def settings(first_name="Nobody"):
    """Phones that register all the time, and pairs of which the first calls the second. The name is what the rounds change."""
    text = f'[[extension]]\nnumber = "300"\nfirst_name = "{first_name}"\n'
    for number in range(REGISTERING):
        text += f'\n[[account]]\nusername = "restless{number}"\npassword = "of-restless-{number}"\n'
    for number in range(PAIRS):
        text += f'\n[[extension]]\nnumber = "{310 + number}"\n\n[[extension]]\nnumber = "{320 + number}"\n'
        text += f'\n[[account]]\nusername = "caller{number}"\npassword = "of-caller-{number}"\nextension = "{310 + number}"\n'
        text += f'\n[[account]]\nusername = "callee{number}"\npassword = "of-callee-{number}"\nextension = "{320 + number}"\n'
    return text


class Known:
    """What was acknowledged last, and what was asked since."""

    def __init__(self):
        self.acknowledged, self.asked = None, set()

    def ask(self, value):
        self.asked.add(value)

    def acknowledge(self, value):
        self.acknowledged, self.asked = value, set()

    def allows(self, value):
        return value == self.acknowledged or value in self.asked


class Restless(threading.Thread):
    """Registers again and again, each time with another Contact."""

    def __init__(self, number, known, stop):
        super().__init__(daemon=True)
        self.number, self.known, self.stop = number, known, stop

    def run(self):
        transport = ("udp", "tcp")[self.number % 2]
        while not self.stop.is_set():
            try:
                client = sip.Client(f"restless{self.number}", f"of-restless-{self.number}", f"192.0.2.{40 + self.number}", transport)
            except OSError:
                return
            contact = client.contact
            self.known.ask(contact)
            try:
                response = client.register(expires=3600, seconds=0.4)
            except OSError:
                response = None
            if response is not None and response.status == 200 and contact in (response.get("Contact") or ""):
                self.known.acknowledge(contact)
            client.close()


class Changing(threading.Thread):
    """Applies the settings again and again, each time with another name."""

    def __init__(self, pbx, known, stop, prefix):
        super().__init__(daemon=True)
        self.pbx, self.known, self.stop, self.prefix = pbx, known, stop, prefix

    def run(self):
        count = 0
        while not self.stop.is_set():
            count += 1
            name = f"{self.prefix} {count}"
            self.known.ask(name)
            try:
                said = self.pbx.apply(settings(name))
            except AssertionError:
                return  # killed while it was asked
            if "Applied" in said:
                self.known.acknowledge(name)


def converse(caller, callee, number, words):
    """The caller invites, the callee answers, the call stands."""
    early = caller.invite(number, provisional=True)
    expect(early is not None and early.status < 300, f"{words}: {number} is called, not {early and early.start}")
    invite = callee.wait_for("INVITE", 3)
    expect(invite is not None, f"{words}: the call reaches {number}")
    callee.answer(invite, "200 OK", sip.SDP.format(host=callee.wire.here.rsplit(":", 1)[0], port=40100))
    while early is not None and early.status < 200:
        early = caller.wire.receive(3)
    expect(early is not None and early.status == 200, f"{words}: the caller hears that {number} has answered, not {early and early.start}")
    target = re.search(r"<([^>]+)>", early.get("Contact"))[1]
    number = early.get("CSeq").split(" ")[0]
    sender = early.get("From")
    caller.wire.send(
        f"ACK {target} SIP/2.0\r\nVia: SIP/2.0/UDP {caller.wire.here};branch=z9hG4bK{random.randrange(1 << 60):x};rport\r\nFrom: {sender}\r\n"
        f"To: {early.get('To')}\r\nCall-ID: {early.get('Call-ID')}\r\nCSeq: {number} ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )


def rounds(pbx, count, seed):
    dice = random.Random(seed)
    name, contacts = Known(), [Known() for _ in range(REGISTERING)]
    callees = [sip.Client(f"callee{number}", f"of-callee-{number}", f"192.0.2.{60 + number}") for number in range(PAIRS)]
    for callee in callees:
        response = callee.register(expires=3600)
        expect(response is not None and response.status == 200, "the callees register, once")
    slowest = 0.0
    kept = 0
    for number in range(count):
        where = f"round {number} of seed {seed}"
        callers = [sip.Client(f"caller{pair}", f"of-caller-{pair}", f"192.0.2.{70 + pair}") for pair in range(PAIRS)]
        for pair, (caller, callee) in enumerate(zip(callers, callees)):
            drain(callee)
            converse(caller, callee, str(320 + pair), where)
        stop = threading.Event()
        threads = [Restless(index, known, stop) for index, known in enumerate(contacts)] + [Changing(pbx, name, stop, f"Round {number} change")]
        for thread in threads:
            thread.start()
        stop.wait(dice.uniform(0.02, 0.4))
        pbx.kill()
        stop.set()
        for thread in threads:
            thread.join()
        slowest = max(slowest, pbx.start(seconds=BACK_WITHIN))
        check(pbx, where, name, contacts, callees)
        kept += sum(known.acknowledged is not None for known in contacts)
        for caller in callers:
            caller.close()
    for callee in callees:
        callee.close()
    return f"{count} rounds, slowest back after {slowest * 1000:.0f} ms, {kept} acknowledged registrations found again, seed {seed}"


def drain(client):
    client.set_aside.clear()
    while client.wire.receive(0.001) is not None:
        pass


def check(pbx, where, name, contacts, callees):
    registrations = pbx.registrations()
    for number, known in enumerate(contacts):
        found = registrations.get(f"restless{number}", {}).get("contact")
        expect(known.allows(found), f"{where}: restless{number} is at {known.acknowledged} or {known.asked}, not {found}")
        known.acknowledge(found)
    for callee in callees:
        found = registrations.get(callee.username, {}).get("contact")
        expect(found == callee.contact, f"{where}: {callee.username} is at {callee.contact}, not {found}")
    exported = re.search(r'number = "300"(?:\n[^\[\n]*)*?\nfirst_name = "([^"]*)"', pbx.export())
    found = exported[1] if exported else None
    expect(name.acknowledged is None or name.allows(found), f"{where}: the settings say {name.acknowledged} or {name.asked}, not {found}")
    name.acknowledge(found)
