"""Transfers by real phones, judged by who hears whom afterwards and by what their displays say."""

from calls import both_heard, connect, part, talk
from harness import expect, until
from phones import Baresip, Pjsua


def people(folder, speech, transferor):
    """Anna and Eve on softphones; Carl, who transfers, on the phone to be tried."""
    more = {"silence": speech["silence"]} if transferor is Baresip else {}
    return (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.31", folder),
        transferor("carl-desk", "c-secret", "tcp", "192.0.2.32", folder, **more),
        Pjsua("eve-desk", "e-secret", "udp", "192.0.2.33", folder),
    )


def expect_caller(shown, name, number):
    expect(name in shown["remote"] and f"sip:{number}@" in shown["remote"], f"{name} at {number} is shown, not {shown['remote']}")


def blind(pbx, folder, speech, transferor):
    """Carl sends Anna to Eve, whose phone shows Anna; they hear each other, and Carl is out of it."""
    with_anna, with_carl, with_eve = people(folder, speech, transferor)
    with with_anna.registered() as anna, with_carl.registered() as carl, with_eve.registered() as eve:
        connect(anna, carl, "102", "Anna Bo", "101")
        carl.transfer("103")
        expect_caller(eve.wait("incoming"), "Anna Bo", "101")
        eve.answer()
        eve.wait("confirmed")
        carl.wait("ended")
        expect(not anna.has_told("ended"), "Anna has one call all the time")
        talk(anna, eve, speech)
        one = pbx.status()["calls"]
        expect(len(one) == 1 and one[0]["phase"] == "talking", f"one call is left, not {one}")
        part(pbx, eve, anna)
        return both_heard(anna, eve, speech)


def by_keys(pbx, folder, speech):
    """Carl presses #4 and Eve's number: Anna hears no keys of it but Eve; Carl's phone is hung up."""
    with_anna, with_carl, with_eve = people(folder, speech, Pjsua)
    with with_anna.registered() as anna, with_carl.registered() as carl, with_eve.registered() as eve:
        connect(anna, carl, "102", "Anna Bo", "101")
        carl.press("5")
        heard = anna.wait("digit")
        expect(heard["digit"] == "5", f"a key that is no code reaches Anna's phone, not {heard}")
        carl.press("#4103#")
        expect_caller(eve.wait("incoming", 10), "Anna Bo", "101")
        eve.answer()
        eve.wait("confirmed")
        carl.wait("ended")
        expect(not anna.has_told("ended"), "Anna has one call all the time")
        keys = [told["digit"] for told in anna.events if told["event"] == "digit"]
        expect(keys == ["5"], f"no key of the code came to Anna's phone, but {keys}")
        talk(anna, eve, speech)
        part(pbx, eve, anna)
        return both_heard(anna, eve, speech)


def consulted_by_keys(pbx, folder, speech):
    """Carl presses *4 and Eve's number while Anna waits, talks with Eve, and hangs up: Anna and Eve talk."""
    with_anna, with_carl, with_eve = people(folder, speech, Pjsua)
    with with_anna.registered() as anna, with_carl.registered() as carl, with_eve.registered() as eve:
        connect(anna, carl, "102", "Anna Bo", "101")
        carl.press("*4103#")
        expect_caller(eve.wait("incoming", 10), "Carl Dahl", "102")
        eve.answer()
        eve.wait("confirmed")
        until(lambda: len(pbx.status()["calls"]) == 2, 3, "status shows both calls", every=0.1)
        talk(carl, eve, speech)
        asked = both_heard(carl, eve, speech)
        carl.hang_up()
        carl.wait("ended")
        until(lambda: len(pbx.status()["calls"]) == 1, 3, "status shows the one that is left", every=0.1)
        talk(anna, eve, speech)
        part(pbx, anna, eve)
        return f"{asked}; then {both_heard(anna, eve, speech)}"


def unknown(pbx, folder, speech, transferor):
    """Carl mistypes the number: he is told, and still has Anna."""
    with_anna, with_carl, with_eve = people(folder, speech, transferor)
    with with_anna.registered() as anna, with_carl.registered() as carl, with_eve:
        connect(anna, carl, "102", "Anna Bo", "101")
        carl.transfer("199")
        told = carl.wait("transfer")
        expect(told["status"] == 404, f"Carl is told 404, not {told}")
        talk(anna, carl, speech)
        part(pbx, anna, carl)
        return both_heard(anna, carl, speech)


def attended(pbx, folder, speech, transferor):
    """Carl asks Eve first, whose phone shows Carl; then he brings Anna and her together."""
    with_anna, with_carl, with_eve = people(folder, speech, transferor)
    with with_anna.registered() as anna, with_carl.registered() as carl, with_eve.registered() as eve:
        connect(anna, carl, "102", "Anna Bo", "101")
        carl.consult("103")
        expect_caller(eve.wait("incoming"), "Carl Dahl", "102")
        eve.answer()
        eve.wait("confirmed")
        carl.wait("confirmed")
        until(lambda: len(pbx.status()["calls"]) == 2, 3, "status shows both calls", every=0.1)
        carl.bring_together()
        carl.wait("ended")
        carl.wait("ended")
        until(lambda: len(pbx.status()["calls"]) == 1, 3, "status shows the one that is left", every=0.1)
        expect(not anna.has_told("ended") and not eve.has_told("ended"), "Anna and Eve have one call all the time")
        talk(anna, eve, speech)
        part(pbx, anna, eve)
        return both_heard(anna, eve, speech)
