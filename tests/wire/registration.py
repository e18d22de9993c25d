"""Registering, being there, and being there again after the process was killed."""

import os
import shutil
import subprocess

import sip
from harness import Skip, expect, until
from phones import Pjsua

SIPP_PHONES = 100
EVERY = '["udp", "tcp", "tls", "ws", "wss"]'


def settings_of_sipp_phones():
    accounts = (f'\n[[account]]\nusername = "sipp{n:03}"\npassword = "of-sipp-{n:03}"\ntransports = {EVERY}\n' for n in range(SIPP_PHONES))
    return "".join(accounts)


def options(pbx):
    for transport in sip.PORTS:
        for source in ("192.0.2.12", "2001:db8::12"):
            client = sip.Client("probe", "", source, transport)
            response = client.options()
            client.close()
            expect(response is not None, f"OPTIONS from {source} over {transport} is answered within 200 ms")
            expect(response.status == 200, f"OPTIONS from {source} over {transport}: 200, not {response.start}")
            expect("INVITE" in (response.get("Allow") or ""), "the answer says what is allowed")


REGISTER = """REGISTER sip:{box} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:[field0]@{box}>;tag=[pid]-[call_number]
To: <sip:[field0]@{box}>
Call-ID: [call_id]
CSeq: {number} REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>{proof}
Max-Forwards: 70
Expires: 120
Content-Length: 0

"""

SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="register with digest">
<send retrans="500"><![CDATA[
{first}]]></send>
<recv response="401" auth="true"/>
<send retrans="500"><![CDATA[
{second}]]></send>
<recv response="200"/>
</scenario>
"""


def sipp(pbx, folder, transport):
    """A hundred phones of SIPp register."""
    if shutil.which("sipp") is None:
        raise Skip("SIPp is not installed; tests/install does it")
    folder = os.path.join(folder, f"sipp-{transport}")
    os.makedirs(folder)
    first = REGISTER.format(box=sip.BOX4, number=1, proof="")
    second = REGISTER.format(box=sip.BOX4, number=2, proof="\n[field1]")
    with open(os.path.join(folder, "register.xml"), "w") as file:
        file.write(SCENARIO.format(first=first, second=second))
    with open(os.path.join(folder, "phones.csv"), "w") as file:
        rows = (f"sipp{n:03};[authentication username=sipp{n:03} password=of-sipp-{n:03}]\n" for n in range(SIPP_PHONES))
        file.write("SEQUENTIAL\n" + "".join(rows))
    address = "192.0.2.13" if transport == "udp" else "192.0.2.14"
    command = [
        "sipp", f"{sip.BOX4}:{sip.PORT}", "-sf", "register.xml", "-inf", "phones.csv", "-i", address, "-p", "5060", "-t", f"{transport[0]}1",
        "-m", str(SIPP_PHONES), "-r", "100", "-l", "50", "-timeout", "20s", "-timeout_error", "-nostdin", "-trace_err",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=40)
    expect(done.returncode == 0, f"SIPp counts no failure, but ended with {done.returncode}: {done.stdout[-600:]}{done.stderr[-300:]}")
    bound = {name: one for name, one in pbx.registrations().items() if name.startswith("sipp")}
    expect(len(bound) == SIPP_PHONES, f"{SIPP_PHONES} are registered, not {len(bound)}")
    there = {(one["transport"].lower(), one["remote"].rsplit(":", 1)[0]) for one in bound.values()}
    expect(there == {(transport, address)}, f"all are at {address} over {transport}, not {there}")
    return f"{SIPP_PHONES} registered"


def wrong_password(pbx, folder):
    with Pjsua("anna-desk", "no idea", "udp", "192.0.2.15", folder) as phone:
        phone.wait("registration_refused")
    expect("anna-desk" not in pbx.registrations(), "nothing is registered")


def survives_kill(pbx, folder):
    """kill -9; two seconds later the phones are called as if nothing had been."""
    with Pjsua("carl-desk", "c-secret", "udp", "192.0.2.16", folder).registered() as carl:
        anna = sip.Client("anna-desk", "a-secret", "192.0.2.17")
        response = anna.register()
        expect(response is not None and response.status == 200, "anna-desk registers")
        before = pbx.registrations()
        pbx.kill()
        took = pbx.start(seconds=2.0)
        after = pbx.registrations()
        for name in ("anna-desk", "carl-desk"):
            expect(name in after, f"{name} is still registered")
            expect(after[name]["contact"] == before[name]["contact"], f"{name} has the contact it had")
        registers = sum(event["event"] == "registered" for event in carl.events)
        caller = anna.invite("102", provisional=True)
        carl.wait("incoming", 3)
        expect(caller is not None and caller.status < 300, f"the caller hears it ring, not {caller and caller.start}")
        expect(registers == sum(event["event"] == "registered" for event in carl.events), "without registering again")
        carl.refuse(486)
        until(lambda: not pbx.status()["calls"], 3, "the call is over", every=0.1)
        anna.close()
    return f"answers {took * 1000:.0f} ms after the kill"
