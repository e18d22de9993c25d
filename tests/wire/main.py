"""All tests with real phones. tests/wire/run makes the network and calls this."""

import argparse
import contextlib
import os
import secrets
import shutil
import sys
import tempfile

import calls
import clients
import flood
import guessing
import killing
import lines
import mutation
import phonebook
import registration
import services
import torture
import transfers
import transports
import voice
from harness import Harness
from pbx import Pbx
from phones import Baresip, Pjsua

SETTINGS = """
[[extension]]
number = "101"
first_name = "Anna"
last_name = "Bo"

[[extension]]
number = "102"
first_name = "Carl"
last_name = "Dahl"

[[extension]]
number = "103"
first_name = "Eve"
service_pin = "4711"
lock_mode = "password"

[[account]]
username = "anna-desk"
transports = ["udp", "tcp", "tls"]
password = "a-secret"
extension = "101"

[[account]]
username = "carl-desk"
transports = ["udp", "tcp", "tls"]
password = "c-secret"
extension = "102"

[[account]]
username = "carl-home"
password = "h-secret"
extension = "102"

[[account]]
username = "eve-desk"
password = "e-secret"
extension = "103"
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trillo", required=True)
    parser.add_argument("--box", required=True, help="the namespace of the program")
    parser.add_argument("mode", nargs="?", default="ci", choices=["ci", "deep"])
    parser.add_argument("only", nargs="*")
    arguments = parser.parse_args()
    # Phones and box do nothing else than be phones and box: what the machine does beside must not be taken for their slowness.
    with contextlib.suppress(PermissionError):
        os.nice(-10)
    folder = tempfile.mkdtemp(prefix="trillo-wire-")
    harness = Harness(arguments.only)
    pbx = Pbx(arguments.trillo, arguments.box, os.path.join(folder, "box"))
    try:
        ci(harness, pbx, folder)
        if arguments.mode == "deep":
            deep(harness, pbx)
    finally:
        pbx.stop()
    code = harness.end()
    if code or os.environ.get("TRILLO_KEEP"):
        print(f"wire: logs and recordings are in {folder}")
    else:
        shutil.rmtree(folder)
    return code


def ci(harness, pbx, folder):
    harness.run("the phonebook over LDAP and ldaps, asked by ldapsearch", phonebook.over_ldap, pbx.program, pbx.namespace, folder)
    pbx.apply(SETTINGS + transports.SETTINGS + lines.settings(folder) + registration.settings_of_sipp_phones() + guessing.settings() + flood.settings())
    pbx.start()
    for transport in ("udp", "tcp"):
        harness.run(f"torture messages over {transport.upper()}", torture.verdicts, pbx, transport)
    for transport in ("tls", "ws"):
        harness.run(f"a sample of the torture messages over {transport.upper()}", torture.verdicts, pbx, transport, 4)
    harness.run("OPTIONS over every transport, IPv4 and IPv6", registration.options, pbx)
    harness.run("every transport registers, is called, and is not connected when it is gone", transports.registered, pbx)
    harness.run("a transport that an account may not use is a wrong password", transports.refused, pbx)
    harness.run("browsers at the ports of the web page", transports.at_web, pbx)
    harness.run("the box connects to a phone on TLS whose connection is gone", transports.connected_anew, pbx, folder)
    for transport in ("tls", "wss"):
        harness.run(f"a hundred phones of one address register over {transport.upper()} at once", transports.burst, pbx, transport)
    harness.run("500 half-open handshakes delay no registration", transports.half_open, pbx)
    harness.run("a flood of handshakes delays no registration", transports.shaking_hands, pbx)
    harness.run("TLS 1.2 and 1.3 and nothing older", transports.versions, pbx)
    harness.run("whoever begins and does not end is let go, on a WebSocket too", transports.slow, pbx)
    harness.run("JsSIP in Chromium registers over WS and WSS", transports.jssip, pbx, folder)
    for transport in ("udp", "tcp"):
        harness.run(f"a hundred phones of SIPp register over {transport.upper()}", registration.sipp, pbx, folder, transport)
    harness.run("a wrong password registers nothing", registration.wrong_password, pbx, folder)
    harness.run("an office with one old password is not locked out", guessing.office, pbx)
    harness.run("names that exist and that do not get the same answers in the same time", guessing.names, pbx)
    harness.run("svcrack is banned before its fiftieth word", guessing.word_list, pbx, folder)
    harness.run("bans outlive kill -9", guessing.outlives, pbx)
    for sources in (1, 500):
        harness.run(f"calls and phones under a flood from {sources} sources", flood.under, pbx, sources, 4, False)
    harness.run("busy, unknown and absent", calls.refused, pbx, folder)
    harness.run("the caller gives up", calls.cancelled, pbx, folder)
    harness.run("both phones ring, one answers", calls.fork, pbx, folder)
    harness.run("a line registers at its provider and proves its calls", lines.registered, pbx, folder)
    harness.run("a provider wants a new proof of a BYE", lines.proved_within, pbx, folder)
    harness.run("a line over TLS shows the certificate that its settings name", lines.over_tls, pbx, folder)
    if harness.run("speech for the phones", prepare_speech, folder, speech := {}, always=True):
        for caller, callee, hangs_up in (("udp", "tcp", "caller"), ("tcp", "udp", "callee")):
            name = f"pjsua2 over {caller.upper()} calls pjsua2 over {callee.upper()}, the {hangs_up} hangs up"
            harness.run(name, calls.between_pjsua, pbx, folder, speech, caller, callee, hangs_up)
        harness.run("pjsua2 over TLS calls pjsua2 over UDP", calls.between_pjsua, pbx, folder, speech, "tls", "udp", "caller")
        harness.run("pjsua2 over UDP calls pjsua2 over TLS", calls.between_pjsua, pbx, folder, speech, "udp", "tls", "callee")
        harness.run("baresip calls pjsua2, holds and resumes", calls.with_baresip, pbx, folder, speech)
        harness.run("pjsua2 calls baresip", calls.to_baresip, pbx, folder, speech)
        harness.run("linphone calls pjsua2, pjsua2 calls linphone", clients.linphone, pbx, folder, speech)
        harness.run("every client registers over every transport it has", clients.everywhere, pbx, folder, speech["silence"])
        harness.run("pjsua2 dials the echo test", services.echo, pbx, folder, speech)
        harness.run("pjsua2 forwards all calls by a code", services.forward, pbx, folder, speech)
        harness.run("pjsua2 opens a lock with its PIN", services.lock, pbx, folder)
        harness.run("pjsua2 picks up a colleague's call", services.pickup, pbx, folder, speech)
        harness.run("pjsua2 parks a call and another one fetches it", services.park, pbx, folder, speech)
        harness.run("pjsua2 calls baresip over TLS", calls.to_baresip, pbx, folder, speech, "tls")
        harness.run("a gateway: out and in, both hold and are heard, either hangs up", lines.gateway, pbx, folder, speech)
        harness.run("a gateway: transfers in, out, and of two calls", lines.transferred, pbx, folder, speech)
        harness.run("a gateway: an announcement is heard before any answer", lines.announced, pbx, folder, speech)
        harness.run("pjsua2 mistypes the number of a transfer", transfers.unknown, pbx, folder, speech, Pjsua)
        for name, transferor in (("pjsua2", Pjsua), ("baresip", Baresip)):
            harness.run(f"{name} transfers a call unattended", transfers.blind, pbx, folder, speech, transferor)
        harness.run("pjsua2 transfers a call by keys", transfers.by_keys, pbx, folder, speech)
        harness.run("pjsua2 consults by keys and brings both together", transfers.consulted_by_keys, pbx, folder, speech)
        # baresip knows no attended transfer before its second version.
        harness.run("pjsua2 transfers a call attended", transfers.attended, pbx, folder, speech, Pjsua)
    harness.run("two thousand tries of strangers reach no line", lines.strangers, pbx)
    harness.run("registrations outlive kill -9", registration.survives_kill, pbx, folder)


def prepare_speech(folder, speech):
    speech.update(voice.make(folder))


def deep(harness, pbx):
    seed = int(os.environ.get("TRILLO_SEED") or secrets.randbelow(1 << 32))
    count = int(os.environ.get("TRILLO_MUTATIONS") or 1_000_000)
    rounds = int(os.environ.get("TRILLO_KILLS") or 100)
    for sources in (1, 500):
        harness.run(f"calls and phones under a minute's flood from {sources} sources", flood.under, pbx, sources, 60, True)
    pbx.apply(killing.settings())
    harness.run("kill -9 amid registrations, calls and settings", killing.rounds, pbx, rounds, seed)
    pbx.stop()
    pbx.start()
    harness.run("a million damaged messages", mutation.million, pbx, count, seed)


if __name__ == "__main__":
    sys.exit(main())
