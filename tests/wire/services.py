"""Service codes with real phones: what they hear of the box itself, and what a code does to the calls of others."""

import time

import voice
from calls import connect, expect_heard, part, talk
from harness import expect, until
from phones import Pjsua


def notes(recording, at_least=0.12):
    """The frequencies that a recording holds one after the other, of those that the box plays."""
    import numpy

    samples = voice.read(recording)
    size = voice.RATE // 50
    found = []
    for begin in range(0, len(samples) - size, size):
        block = samples[begin : begin + size] * numpy.hanning(size)
        if numpy.sqrt((block * block).mean()) < 300:
            found.append(None)
            continue
        spectrum = numpy.abs(numpy.fft.rfft(block, voice.RATE))
        loudest = int(spectrum.argmax())
        found.append(min((330, 425, 440, 660), key=lambda hz: abs(hz - loudest)) if 250 < loudest < 750 else None)
    runs, need = [], int(at_least * 50)
    for note in found:
        if runs and runs[-1][0] == note:
            runs[-1][1] += 1
        else:
            runs.append([note, 1])
    return [note for note, length in runs if note is not None and length >= need]


def dial(phone, code, expected, keys=""):
    """Dials a code and listens until the box hangs up: the last notes that were heard are the expected ones."""
    phone.call(code)
    phone.wait("confirmed")
    phone.record()
    if keys:
        time.sleep(1.2)
        phone.press(keys)
    phone.wait("ended", 6)
    # The phone writes the end of its recording when it gets to it.
    last = lambda: notes(phone.recordings()[0])[-len(expected) :]
    until(lambda: last() == expected, 3, f"{code} {keys} is answered by the notes {expected}", every=0.1)


CONFIRMED, REFUSED = [440, 660], [330, 330, 330]


def echo(pbx, folder, speech):
    with Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna:
        anna.call("800")
        anna.wait("confirmed")
        anna.record()
        time.sleep(0.3)
        anna.play(speech["anna"])
        time.sleep(voice.seconds(speech["anna"]) + 0.7)
        anna.hang_up()
        anna.wait("ended")
        pbx.wait_idle()
        return f"heard {expect_heard(speech['anna'], anna.recordings(), 'who speaks')} blocks of itself"


def forward(pbx, folder, speech):
    """Carl forwards to Eve by code; Anna calls him and talks with Eve; he takes it back."""
    with (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "udp", "192.0.2.22", folder).registered() as carl,
        Pjsua("eve-desk", "e-secret", "udp", "192.0.2.23", folder).registered() as eve,
    ):
        dial(carl, "811103", CONFIRMED)
        connect(anna, eve, "102", "Anna Bo", "101")
        expect(not carl.has_told("incoming"), "his own phone stays silent")
        talk(anna, eve, speech)
        part(pbx, anna, eve)
        blocks = expect_heard(speech["anna"], eve.recordings(), "who was forwarded to"), expect_heard(speech["carl"], anna.recordings(), "the caller")
        dial(carl, "810", CONFIRMED)
        anna.call("102")
        carl.wait("incoming")
        anna.hang_up()
        pbx.wait_idle()
        return f"heard {blocks[0]} and {blocks[1]} blocks"


def lock(pbx, folder):
    """Eve's lock asks a PIN: keys by RFC 4733."""
    with Pjsua("eve-desk", "e-secret", "udp", "192.0.2.23", folder).registered() as eve:
        dial(eve, "850", REFUSED, "4712")
        dial(eve, "850", CONFIRMED, "4711")
        pbx.wait_idle()


def park(pbx, folder, speech):
    """Carl sends Anna to 888 and hears by one count of notes where she is; she hears that she waits; Eve dials 890 and talks with her."""
    with (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "tcp", "192.0.2.22", folder).registered() as carl,
        Pjsua("eve-desk", "e-secret", "udp", "192.0.2.23", folder).registered() as eve,
    ):
        connect(anna, carl, "102", "Anna Bo", "101")
        anna.record()
        carl.record()
        time.sleep(0.3)
        carl.transfer("888")
        carl.wait("transfer", 8)
        until(lambda: notes(carl.recordings()[0], 0.06) == [660] * 10, 3, "Carl hears ten notes, for 890", every=0.2)
        carl.wait("ended", 4)
        one = pbx.status()["calls"]
        expect(len(one) == 1 and (one[0]["phase"], one[0]["callee_number"]) == ("held", "890"), f"Anna is parked at 890, not {one}")
        until(lambda: loud_blocks(anna.recordings()[0]) > 10, 6, "Anna hears the notes of waiting", every=0.2)
        eve.call("890")
        eve.wait("confirmed")
        expect(not anna.has_told("ended"), "Anna has one call all the time")
        talk(anna, eve, speech)
        part(pbx, eve, anna)
        return f"heard {expect_heard(speech['anna'], eve.recordings(), 'who fetched')} and {expect_heard(speech['carl'], anna.recordings(), 'who was parked')} blocks"


def loud_blocks(recording):
    """Blocks of 20 ms in which something is to be heard."""
    import numpy

    samples = voice.read(recording)
    size = voice.RATE // 50
    blocks = (samples[begin : begin + size].astype(float) for begin in range(0, len(samples) - size, size))
    return sum(1 for block in blocks if numpy.sqrt((block * block).mean()) > 300)


def pickup(pbx, folder, speech):
    """Carl's phone rings, Eve dials ** and his number, and talks with Anna."""
    with (
        Pjsua("anna-desk", "a-secret", "udp", "192.0.2.21", folder).registered() as anna,
        Pjsua("carl-desk", "c-secret", "tcp", "192.0.2.22", folder).registered() as carl,
        Pjsua("eve-desk", "e-secret", "udp", "192.0.2.23", folder).registered() as eve,
    ):
        anna.call("102")
        carl.wait("incoming")
        eve.call("**102")
        eve.wait("confirmed")
        anna.wait("confirmed")
        carl.wait("ended")
        talk(anna, eve, speech)
        part(pbx, anna, eve)
        return f"heard {expect_heard(speech['anna'], eve.recordings(), 'who picked up')} and {expect_heard(speech['carl'], anna.recordings(), 'the caller')} blocks"
