"""tests/qemu/calls.py BOX SETUP-CODE: a person claims the box on its web page and adds two people; then real phones register and talk through it.

Runs in a network namespace on the box's LAN that has the addresses 10.77.0.21 to 10.77.0.26. The phones and the ears are those of tests/wire.
"""

import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "wire"))

import calls  # noqa: E402
import voice  # noqa: E402
from browser import Browser, Forms  # noqa: E402
from harness import Harness, expect  # noqa: E402
from phones import Baresip, Pjsua  # noqa: E402


class Box:
    """What the tests of tests/wire ask of the exchange, seen from outside: its web page."""

    def __init__(self, address, code):
        self.address = address
        self.browser = Browser(f"http://{address}")
        self.passwords = {}
        self.code = code

    def claim(self):
        page = self.browser.submit(self.browser.get("/"), "code", code=self.code)
        password = "correct horse battery"
        page = self.browser.submit(page, "username", username="boss", password=password, again=password)
        expect('action="/logout"' in page, "who claimed the box is logged in")

    def add_person(self, number, first_name, last_name):
        page = self.browser.get("/extensions/new?lang=en")
        page = self.browser.submit(page, "first_name", number=number, first_name=first_name, last_name=last_name)
        password = Forms(page).texts.get("shown-password", "")
        expect(len(password) >= 20, f"the password of the account of {number} is shown")
        self.passwords[number] = password


def both_ways(box, folder, speech, caller, callee):
    with caller.registered(20) as anna, callee.registered(20) as carl:
        calls.connect(anna, carl, "102", "Anna Bo", "101")
        calls.talk(anna, carl, speech)
        anna.hang_up()
        carl.wait("ended")
        anna.wait("ended")
        return calls.both_heard(anna, carl, speech)


def main():
    address, code = sys.argv[1:3]
    folder = tempfile.mkdtemp(prefix="trillo-qemu-")
    harness = Harness([])
    box = Box(address, code)
    speech = voice.make(folder)
    harness.run("a person claims the box on its page", box.claim)
    harness.run("and adds Anna Bo, 101", box.add_person, "101", "Anna", "Bo")
    harness.run("and Carl Dahl, 102", box.add_person, "102", "Carl", "Dahl")
    if len(box.passwords) == 2:
        anna, carl = ("101", box.passwords["101"]), ("102", box.passwords["102"])

        def pjsua(who, transport, host):
            return Pjsua(*who, transport, f"10.77.0.{host}", folder, box=address)

        def baresip(who, transport, host):
            return Baresip(*who, transport, f"10.77.0.{host}", folder, silence=speech["silence"], box=address)

        harness.run("pjsua2 over UDP calls baresip over TCP through the image", lambda: both_ways(
            box, folder, speech, pjsua(anna, "udp", 21), baresip(carl, "tcp", 22)))
        harness.run("baresip over UDP calls pjsua2 over TCP through the image", lambda: both_ways(
            box, folder, speech, baresip(anna, "udp", 23), pjsua(carl, "tcp", 24)))
    code = harness.end()
    if code:
        print(f"logs and recordings are in {folder}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
