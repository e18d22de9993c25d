"""Who guesses names and passwords from outside: banned before long, and told nothing until then."""

import os
import re
import shutil
import subprocess
import time

import sip
from harness import Skip, expect, until

# In the namespace of the phones, but in no local network and not on the list of the allowed.
OUTSIDE = "198.51.100."
# A network of its own, for svcrack sends from whatever address leads to the box.
SCANNED, SCANNER = ("203.0.113.1", sip.PORT), "203.0.113.10"
NAMES = 50
TRIES = 4


def settings():
    return "".join(f'\n[[account]]\nusername = "real{number:02}"\npassword = "of-real-{number:02}"\n' for number in range(NAMES))


def word_list(pbx, folder):
    """svcrack with a list of fifty words of which the last is right."""
    if shutil.which("svcrack") is None:
        raise Skip("svcrack is not installed; tests/install brings sipvicious")
    path = os.path.join(folder, "words")
    with open(path, "w") as file:
        file.write("".join(f"word{number}\n" for number in range(1, 50)) + "e-secret\n")
    before = pbx.status()["bans"]
    command = ["svcrack", "-u", "eve-desk", "-d", path, "-P", "5090", "-x", SCANNER, "-t", "0.05", "--maximumtime", "3", SCANNED[0]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "HOME": folder})
    said = done.stdout + done.stderr
    expect("e-secret" not in said, f"svcrack has not found the password: {said}")
    bans = pbx.status()["bans"]
    expect(bans == before + 1, f"one more ban stands, not {before} and then {bans}; svcrack said {said}")
    expect(answer(SCANNER) is None, "nobody answers it any more")
    expect(answer("203.0.113.11") is not None, "its neighbour is answered")


def answer(source):
    """To the right password."""
    client = sip.Client("eve-desk", "e-secret", source, box=SCANNED)
    try:
        return client.register(seconds=1.0)
    finally:
        client.close()


def bare(message, username):
    """An answer without what is new each time."""
    text = message.raw.decode()
    text = re.sub(r'nonce="[^"]*"|branch=[^;\r]*|tag=[^;\r]*|rport=\d+|received=[0-9.]+|Call-ID: \S+', "", text)
    return re.sub(rf"Via: [^\r]*|{username}|{re.escape(OUTSIDE)}\d+:\d+", "", text)


def names(pbx):
    """A name that exists and one that does not get the same bytes in the same time."""
    taken, bytes_of = {True: [], False: []}, {True: set(), False: set()}
    for number in range(NAMES):
        source = f"{OUTSIDE}{100 + number}"
        for is_real in (True, False) if number % 2 else (False, True):
            username = f"real{number:02}" if is_real else f"fals{number:02}"
            client = sip.Client(username, "wrong", source)
            times = []
            for _ in range(TRIES):
                uri = f"sip:{client.domain}"
                to = f"<sip:{username}@{client.domain}>"
                client.cseq += 1
                challenged = client.exchange(client.request("REGISTER", uri, to))
                expect(challenged is not None and challenged.status == 401, f"{username} is challenged")
                client.cseq += 1
                proof = sip.digest(challenged.get("WWW-Authenticate"), username, "wrong", "REGISTER", uri)
                request = client.request("REGISTER", uri, to, extra=f"Authorization: {proof}\r\n")
                began = time.perf_counter()
                answer = client.exchange(request)
                times.append(time.perf_counter() - began)
                expect(answer is not None and answer.status == 401, f"{username} is refused, not {answer and answer.start}")
                bytes_of[is_real].add(bare(answer, username).replace(f"CSeq: {client.cseq}", "CSeq: N"))
            taken[is_real].append(min(times))
            client.close()
    expect(bytes_of[True] == bytes_of[False] and len(bytes_of[True]) == 1, f"the same bytes: {bytes_of}")
    try:
        from scipy.stats import ks_2samp
    except ImportError as missing:
        raise Skip(f"Python has no scipy; tests/install brings it ({missing})") from missing
    found = ks_2samp(taken[True], taken[False])
    medians = [sorted(times)[NAMES // 2] * 1e6 for times in taken.values()]
    figures = f"p = {found.pvalue:.2f}, medians {medians[0]:.0f} and {medians[1]:.0f} µs"
    expect(found.pvalue > 0.01, f"the same time: {figures}")
    return figures


def office(pbx):
    """Behind one address a phone with an old password is refused all the time, and the others register."""
    source = f"{OUTSIDE}20"
    good = sip.Client("carl-home", "h-secret", source)
    expect((response := good.register()) is not None and response.status == 200, f"carl-home registers, not {response and response.start}")
    old = sip.Client("eve-desk", "an old one", source)
    statuses = {(answer := old.register()) and answer.status for _ in range(40)}
    expect(statuses == {401}, f"the old password is refused each time, not {statuses}")
    expect((response := good.register()) is not None and response.status == 200, "carl-home registers again")
    moved = sip.Client("anna-desk", "a-secret", source)
    expect((response := moved.register()) is not None and response.status == 200, "a phone that has never been there registers")
    for client in (good, old, moved):
        client.close()


def outlives(pbx):
    """A ban outlives kill -9."""
    before = pbx.status()["bans"]
    if before == 0:
        raise Skip("nobody is banned, for svcrack has not run")
    pbx.kill()
    pbx.start()
    until(lambda: pbx.status()["bans"] == before, 3, lambda: f"{before} bans stand, not {pbx.status()['bans']}", every=0.1)
    expect(answer(SCANNER) is None, "nobody answers svcrack")
