"""Calls between real phones, judged by both ends: what each says of the call, and what each has heard."""

import os
import time

import voice
from capture import Capture
from harness import expect, until
from phones import BARESIP_PORTS, Baresip, Pjsua


def expect_heard(said, recordings, words):
    got, all_blocks = voice.heard(said, recordings)
    expect(got > 0.8 * all_blocks, f"{words} heard {got} of {all_blocks} blocks; recordings {recordings}")
    return f"{got}/{all_blocks}"


def connect(caller, callee, number, name, caller_number):
    """The caller dials, the callee sees who it is and answers, both say that the call stands."""
    caller.call(number)
    shown = callee.wait("incoming")
    expect(shown["remote"], "who calls is shown")
    if isinstance(callee, Pjsua):
        expect(name in shown["remote"], f"the name {name} is shown, not {shown['remote']}")
        expect(f"sip:{caller_number}@" in shown["remote"], f"the number {caller_number} is shown, not {shown['remote']}")
    else:
        expect(name in callee.output(), f"the name {name} is shown")
        expect(f"sip:{caller_number}@" in shown["remote"], f"the number {caller_number} is shown, not {shown['remote']}")
    expect(caller.username not in shown["remote"], f"the account's name is not shown, as in {shown['remote']}")
    caller.wait("ringing")
    callee.answer()
    callee.wait("confirmed")
    caller.wait("confirmed")


def talk(caller, callee, speech, first="anna", second="carl"):
    """Each says something else at the same time; blocks heard in both directions."""
    for phone in (caller, callee):
        phone.record()
    time.sleep(0.3)
    caller.play(speech[first])
    callee.play(speech[second])
    time.sleep(max(voice.seconds(speech[first]), voice.seconds(speech[second])) + 0.7)


def both_heard(anna, carl, speech):
    callee = expect_heard(speech["anna"], carl.recordings(), "the callee")
    return f"callee heard {callee} blocks, caller {expect_heard(speech['carl'], anna.recordings(), 'the caller')}"


def part(pbx, hangs_up, other):
    hangs_up.hang_up()
    other.wait("ended")
    hangs_up.wait("ended")
    pbx.wait_idle()


def between_pjsua(pbx, folder, speech, caller_over, callee_over, hangs_up):
    with (
        Pjsua("anna-desk", "a-secret", caller_over, "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", callee_over, "192.0.2.22", folder).registered() as carl,
    ):
        connect(anna, carl, "102", "Anna Bo", "101")
        talking = pbx.status()["calls"]
        expect(len(talking) == 1 and talking[0]["phase"] == "talking", f"status shows one call that is talking, not {talking}")
        expect(talking[0]["caller_name"] == "Anna Bo", f"status names the caller, not {talking[0]}")
        talk(anna, carl, speech)
        part(pbx, *((anna, carl) if hangs_up == "caller" else (carl, anna)))
        return both_heard(anna, carl, speech)


def with_baresip(pbx, folder, speech):
    with (
        Baresip("anna-desk", "a-secret", "tcp", "192.0.2.23", folder, silence=speech["silence"]).registered() as anna,
        Pjsua("carl-desk", "c-secret", "udp", "192.0.2.24", folder).registered() as carl,
    ):
        connect(anna, carl, "102", "Anna Bo", "101")
        talk(anna, carl, speech)
        anna.hold()
        until(lambda: pbx.status()["calls"][0]["phase"] == "held", 2, "status shows the call held", every=0.1)
        anna.resume()
        until(lambda: pbx.status()["calls"][0]["phase"] == "talking", 2, "status shows the call talking again", every=0.1)
        heard = both_heard(anna, carl, speech)
        cable = os.path.join(folder, "to-baresip.wav")
        with Capture(BARESIP_PORTS, cable):
            talk(anna, carl, speech, "later", "again")
        part(pbx, carl, anna)
        callee = expect_heard(speech["later"], carl.recordings(), "after the hold the callee")
        caller = expect_heard(speech["again"], [cable], "after the hold the caller")
        return f"{heard}; after the hold {callee} and {caller}"


def to_baresip(pbx, folder, speech, transport="udp"):
    with (
        Pjsua("anna-desk", "a-secret", "tcp", "192.0.2.25", folder).registered() as anna,
        Baresip("carl-desk", "c-secret", transport, "192.0.2.26", folder, silence=speech["silence"]).registered() as carl,
    ):
        connect(anna, carl, "102", "Anna Bo", "101")
        talk(anna, carl, speech)
        part(pbx, carl, anna)
        return both_heard(anna, carl, speech)


def fork(pbx, folder):
    """Both telephones of an extension ring; one answers, the other falls silent."""
    with (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "udp", "192.0.2.22", folder).registered() as desk,
        Pjsua("carl-home", "h-secret", "tcp", "192.0.2.23", folder).registered() as home,
    ):
        anna.call("102")
        desk.wait("incoming")
        home.wait("incoming")
        home.answer()
        home.wait("confirmed")
        anna.wait("confirmed")
        desk.wait("ended")
        expect(not desk.has_told("confirmed"), "the other one never talks")
        expect(not home.has_told("ended") and not anna.has_told("ended"), "the call goes on")
        part(pbx, anna, home)


def refused(pbx, folder):
    """Busy, unknown and absent: the caller is told each in its own status."""
    with (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "tcp", "192.0.2.22", folder).registered() as carl,
    ):
        anna.call("102")
        carl.wait("incoming")
        carl.refuse(486)
        for number, status in (("102", 486), ("199", 404), ("103", 480)):
            if status != 486:
                anna.call(number)
            told = anna.wait("ended")["status"]
            expect(told == status, f"a call to {number} ends with {status}, not {told}")
        pbx.wait_idle()


def cancelled(pbx, folder):
    """The caller gives up while it rings."""
    with (
        Pjsua("anna-desk", "a-secret", "tcp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "udp", "192.0.2.22", folder).registered() as carl,
    ):
        anna.call("102")
        carl.wait("incoming")
        anna.wait("ringing")
        anna.hang_up()
        carl.wait("ended")
        told = anna.wait("ended")["status"]
        expect(told == 487, f"the caller's call ends with 487, not {told}")
        pbx.wait_idle()


