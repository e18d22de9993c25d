"""Speech for the phones to say, and how much of it was heard at the other end.

A recording is compared in blocks of half a second: each block that is not silence is looked for anywhere in the recording by normalised
cross-correlation. In one piece, drifting clocks and concealed losses would hide a good call, and one loud second a bad one.
"""

import importlib.util
import os
import shutil
import subprocess
import wave

from harness import Skip

SENTENCES = {
    "anna": ("en-us", "Good morning, this is the reception. The delivery of forty seven boxes came in at a quarter past nine, shall I send them up?"),
    "carl": ("en-gb", "Thank you for calling back. We would like to move Thursday's appointment to the following week, any afternoon after three."),
    "later": ("en-gb", "Are you still there? Sorry that I kept you waiting, my other telephone rang. Where were we, the invoice from October?"),
    "again": ("en-us", "Yes, I was listening to nothing at all. The invoice was paid last Friday, and your copy is already in the mail."),
}
RATE = 8000
BLOCK = RATE // 2
LOUD = 300
LIKE = 0.7
PAD = 60


def make(folder):
    """Writes the sentences as WAV of telephone quality, each followed by a long silence, for baresip hangs up at a file's end; name -> path."""
    for tool in ("espeak-ng", "sox"):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed; tests/install does it")
    for module in ("numpy", "scipy"):
        if importlib.util.find_spec(module) is None:
            raise Skip(f"Python has no {module}; tests/install brings it")
    paths = {}
    for name, (voice, words) in SENTENCES.items():
        raw, paths[name] = os.path.join(folder, f"{name}.raw.wav"), os.path.join(folder, f"{name}.wav")
        subprocess.run(["espeak-ng", "-v", voice, "-s", "165", "-w", raw, words], check=True)
        subprocess.run(["sox", raw, "-r", str(RATE), "-c", "1", "-b", "16", paths[name], "gain", "-n", "-6", "sinc", "200-3300", "pad", "0", str(PAD)], check=True)
        os.unlink(raw)
    paths["silence"] = os.path.join(folder, "silence.wav")
    subprocess.run(["sox", "-n", "-r", str(RATE), "-c", "1", "-b", "16", paths["silence"], "trim", "0", "120"], check=True)
    return paths


def seconds(path):
    """How long somebody speaks."""
    with wave.open(path) as file:
        return file.getnframes() / file.getframerate() - PAD


def read(path):
    """Samples of the first channel at our rate. A file whose header was never completed is read to its end all the same."""
    import numpy
    from scipy.signal import resample_poly

    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 46:
        return numpy.zeros(0)
    channels, rate = int.from_bytes(data[22:24], "little"), int.from_bytes(data[24:28], "little")
    begin = data.find(b"data") + 8
    samples = numpy.frombuffer(data[begin : begin + (len(data) - begin) // 2 * 2], "<i2").astype(float)[::channels]
    return samples if rate == RATE or not len(samples) else resample_poly(samples, RATE, rate)


def likeness(block, recording):
    """The greatest normalised cross-correlation of a block at any place of a recording."""
    import numpy
    from scipy.signal import fftconvolve

    if len(recording) < len(block):
        return 0.0
    block = block - block.mean()
    product = fftconvolve(recording, block[::-1], "valid")
    size = len(block)
    sums = numpy.concatenate([[0], numpy.cumsum(recording)])
    squares = numpy.concatenate([[0], numpy.cumsum(recording * recording)])
    mean = (sums[size:] - sums[:-size]) / size
    energy = squares[size:] - squares[:-size] - size * mean * mean
    energy[energy < size * 25.0] = numpy.inf  # in silence nothing is like anything
    return float((product / (numpy.sqrt((block * block).sum()) * numpy.sqrt(energy))).max())


def heard(said, recordings):
    """(blocks heard, blocks said): `said` a WAV, `recordings` the WAVs in which it may be."""
    import numpy

    speech = read(said)
    places = [recording for recording in map(read, recordings) if len(recording)]
    blocks = [speech[at : at + BLOCK] for at in range(0, len(speech) - BLOCK, BLOCK)]
    blocks = [block for block in blocks if numpy.sqrt((block * block).mean()) >= LOUD]
    return sum(any(likeness(block, place) > LIKE for place in places) for block in blocks), len(blocks)
