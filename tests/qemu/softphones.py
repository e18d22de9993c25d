"""tests/qemu/softphones.py LINES: two softphones of this machine, on loopback, talk through the ports that image/run forwards.

LINES is what image/run --demo said. Whoever called holds and hangs up, then whoever was called: both need the outer address in our Contact.
"""

import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "wire"))

import calls  # noqa: E402
import voice  # noqa: E402
from harness import Harness, expect  # noqa: E402
from phones import Pjsua  # noqa: E402

PERSON = re.compile(r"demo: (\d+) (.*): server (.*):(\d+) username (\S+) password (\S+)")


def talk(people, folder, speech, transport, hangs_up):
    phones = []
    for index, (_, _, address, port, username, password) in enumerate(people):
        ports = (5071 + index, int(port))
        phones.append(Pjsua(username, password, transport, "127.0.0.1", folder, box=address, ports=ports))
    with phones[0].registered(20) as anna, phones[1].registered(20) as carl:
        calls.connect(anna, carl, people[1][0], people[0][1], people[0][0])
        calls.talk(anna, carl, speech)
        first, second = (anna, carl) if hangs_up == "caller" else (carl, anna)
        first.hold()
        first.wait("held")
        first.resume()
        first.wait("media")
        first.hang_up()
        second.wait("ended")
        first.wait("ended")
        return calls.both_heard(anna, carl, speech)


def main():
    people = PERSON.findall(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="trillo-softphones-")
    harness = Harness([])
    expect(len(people) == 2, f"two people in {sys.argv[1]}")
    speech = voice.make(folder)
    harness.run("softphones over UDP; who called holds and hangs up", talk, people, folder, speech, "udp", "caller")
    harness.run("softphones over TCP; who was called holds and hangs up", talk, people, folder, speech, "tcp", "callee")
    harness.run("softphones over UDP; who was called holds and hangs up", talk, people, folder, speech, "udp", "callee")
    code = harness.end()
    if code:
        print(f"logs and recordings are in {folder}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
