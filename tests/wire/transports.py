"""TLS and WebSocket: registering, being called, being gone, and what floods and snails may do to others."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

import registration
import sip
import websocket
from harness import Skip, expect, until

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.environ.get("TRILLO_CACHE") or os.path.expanduser("~/.cache/trillo")
STREAMS = ("tcp", "tls", "ws", "wss")
WEB_PORTS = {"ws": 8080, "wss": 8443}

SETTINGS = """
[[extension]]
number = "104"
first_name = "Gina"

[[account]]
username = "gina-any"
password = "g-secret"
extension = "104"
transports = ["udp", "tcp", "tls", "ws", "wss"]

[[account]]
username = "hugo-udp"
password = "u-secret"
transports = ["udp"]
"""


def gina(source, transport, **more):
    client = sip.Client("gina-any", "g-secret", source, transport, **more)
    response = client.register()
    expect(response is not None and response.status == 200, f"{transport}: Gina registers, not {response and response.start}")
    return client


def call_gina(anna, seconds=4.0):
    """What ends Anna's call, and how long that took."""
    began = time.monotonic()
    return anna.invite("104", seconds), time.monotonic() - began


def registered(pbx):
    authority = os.path.join(pbx.data, "tls", "ca.pem")
    anna = sip.Client("anna-desk", "a-secret", "192.0.2.61")
    for transport in STREAMS:
        for source in ("192.0.2.62", "2001:db8::12"):
            # Whoever has the box's authority need not trust blindly.
            tls = sip.tls_context(authority) if transport in ("tls", "wss") else None
            client = gina(source, transport, tls=tls)
            is_shown(pbx, transport, source)
            invites = []
            phone = threading.Thread(target=answer_busy, args=(client, invites), daemon=True)
            phone.start()
            response, _ = call_gina(anna)
            phone.join(6)
            expect(response is not None and response.status == 486, f"{transport}: Gina is busy, not {response and response.start}")
            expect(invites and invites[0] is not None, f"{transport} from {source}: Gina's phone gets the INVITE")
            via = invites[0].get("Via")
            expect(via.startswith(f"SIP/2.0/{transport.upper()} "), f"{transport}: its Via is {via}")
            pbx.wait_idle()
            client.close()
            if transport not in ("ws", "wss"):
                continue  # it could be connected to, at its Contact
            until(lambda: not pbx.registrations()["gina-any"]["connected"], 2, f"{transport}: shown as not connected", every=0.1)
            response, took = call_gina(anna)
            expect(response is not None and response.status == 480, f"{transport}: then 480, not {response and response.start}")
            expect(took < 0.5, f"{transport}: at once, not after {took:.1f} s")
            pbx.wait_idle()
    anna.close()


def is_shown(pbx, transport, source):
    """The picture of the status may be a quarter of a second old."""

    def bound():
        one = pbx.registrations().get("gina-any")
        return one is not None and one["connected"] and (one["transport"], one["remote"].strip("[").startswith(source)) == (transport, True)

    until(bound, 2, lambda: f"shown over {transport} from {source}: {pbx.registrations().get('gina-any')}", every=0.1)


def answer_busy(client, invites):
    invites.append(client.wait_for("INVITE", 5))
    if invites[0] is not None:
        client.answer(invites[0], "486 Busy Here")
        client.wire.receive(1)  # the ACK


def refused(pbx):
    for transport in STREAMS:
        answers = []
        for password in ("u-secret", "a guess"):
            client = sip.Client("hugo-udp", password, "192.0.2.63", transport)
            response = client.register()
            client.close()
            expect(response is not None, f"{transport}: an answer")
            answers.append((response.status, [name for name, _ in response.headers], "stale=true" in response.get("WWW-Authenticate")))
        expect(answers[0] == answers[1], f"{transport}: the right password gets what a wrong one gets: {answers}")
        expect(answers[0][0] == 401, f"{transport}: 401, not {answers[0][0]}")
    expect("hugo-udp" not in pbx.registrations(), "nothing is registered")


def at_web(pbx):
    for transport, port in WEB_PORTS.items():
        client = gina("192.0.2.64", transport, box=(sip.BOX4, port))
        is_shown(pbx, transport, "192.0.2.64")
        client.close()
    for path, protocol, status in (("/sip", "xmpp", 400), ("/nowhere", "sip", 303)):
        with socket.create_connection((sip.BOX4, WEB_PORTS["ws"]), timeout=3) as connection:
            head = websocket.shake_hands(connection, "box", path, protocol)
            expect(f" {status} " in head.splitlines()[0], f"{path} for {protocol}: {status}, not {head.splitlines()[0]}")


def burst(pbx, transport):
    """An office behind one address has got its power back: a hundred phones shake hands and register at the same moment. (Debian's SIPp has
    no TLS.)"""
    source, phones = ("192.0.2.18" if transport == "tls" else "192.0.2.19"), []

    def register(number):
        client = sip.Client(f"sipp{number:03}", f"of-sipp-{number:03}", source, transport)
        phones.append((client, client.register(seconds=10)))

    threads = [threading.Thread(target=register, args=(number,), daemon=True) for number in range(registration.SIPP_PHONES)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    took = time.monotonic() - began
    statuses = [response and response.status for _, response in phones]
    expect(statuses == [200] * registration.SIPP_PHONES, f"all are registered, not {len(statuses)}: {set(statuses)}")

    def all_bound():
        bound = [one for name, one in pbx.registrations().items() if name.startswith("sipp")]
        return sum(one["transport"] == transport and one["connected"] for one in bound) == registration.SIPP_PHONES

    until(all_bound, 2, "all are shown", every=0.1)
    for client, _ in phones:
        client.close()
    return f"{took:.1f} s"


def connected_anew(pbx, folder):
    """Gina's phone on TLS has lost its connection; it listens at its Contact with a certificate of its own."""
    certificate, key = os.path.join(folder, "phone.pem"), os.path.join(folder, "phone.key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=a phone"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    client = gina("192.0.2.65", "tls", port=5061)
    client.close()
    listener = socket.create_server(("192.0.2.65", 5061))
    listener.settimeout(5)
    anna = sip.Client("anna-desk", "a-secret", "192.0.2.66")
    caller = threading.Thread(target=call_gina, args=(anna,), daemon=True)
    caller.start()
    try:
        connection, peer = listener.accept()
        with context.wrap_socket(connection, server_side=True) as stream:
            stream.settimeout(5)
            data = stream.recv(65536)
        expect(data.startswith(b"INVITE sip:gina-any@192.0.2.65:5061;transport=tls "), f"the INVITE comes over TLS from {peer}: {data[:80]}")
    finally:
        listener.close()
        caller.join(6)
        anna.close()
    pbx.wait_idle(6)


def client_hello():
    """The first flight of a handshake, as bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    stream = sip.tls_context().wrap_bio(incoming, outgoing, server_hostname="box")
    try:
        stream.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def half_open(pbx):
    """500 peers say hello, get the box's certificate and then say no more; meanwhile others register."""
    hello, held, slowest = client_hello(), [], 0.0
    try:
        for number in range(500):
            held.append(socket.create_connection((sip.BOX4, sip.PORTS["tls"]), timeout=3, source_address=(f"192.0.2.{70 + number % 10}", 0)))
            held[-1].sendall(hello)
            if number % 25 == 0:
                slowest = max(slowest, timed_registration("udp"))
        for _ in range(20):
            slowest = max(slowest, timed_registration("udp"))
        over_tls = timed_registration("tls")
    finally:
        for connection in held:
            connection.close()
    expect(slowest < 0.2, f"a registration over UDP takes less than 200 ms, not {slowest * 1000:.0f} ms")
    return f"slowest registration {slowest * 1000:.0f} ms over UDP, {over_tls * 1000:.0f} ms over TLS with its handshake"


def versions(pbx):
    """TLS 1.2 and 1.3, and nothing older."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        tls = sip.tls_context()
        tls.minimum_version = tls.maximum_version = version
        client = gina("192.0.2.69", "tls", tls=tls)
        expect(client.wire.socket.version() == version.name.replace("_", "."), f"{version.name}, not {client.wire.socket.version()}")
        client.close()
    command = ["openssl", "s_client", "-connect", f"{sip.BOX4}:{sip.PORTS['tls']}", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=10)
    expect("SSL alert number" in done.stderr and done.returncode != 0, f"TLS 1.1 is refused by the box: {done.stderr[-300:]}")


def shaking_hands(pbx, seconds=3):
    """Two programs shake hands as fast as they can; meanwhile others register."""
    command = ["openssl", "s_time", "-new", "-time", str(seconds), "-connect", f"{sip.BOX4}:{sip.PORTS['tls']}"]
    floods = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
    slowest, count = 0.0, 0
    while all(flood.poll() is None for flood in floods):
        slowest, count = max(slowest, timed_registration("udp")), count + 1
    said = [flood.communicate(timeout=10)[0] for flood in floods]
    hands = sum(int(number) for one in said for number in re.findall(r"^(\d+) connections in \d+ real seconds", one, re.M))
    expect(hands > 20 * seconds, f"hands are shaken all the while, not {hands} times: {said}")
    expect(count > 10 and slowest < 0.2, f"{count} registrations over UDP take less than 200 ms each, not {slowest * 1000:.0f} ms")
    return f"{hands / seconds:.0f} handshakes a second, slowest of {count} registrations {slowest * 1000:.0f} ms"


def timed_registration(transport):
    began = time.monotonic()
    gina("192.0.2.67", transport).close()
    return time.monotonic() - began


def slow(pbx):
    """A byte now and then of a TLS record, and of the head of a WebSocket: each is let go after ten seconds."""
    began = time.monotonic()
    head = b"GET /sip HTTP/1.1\r\nHost: box\r\nX-Slow: "
    snails = []
    for transport, bytes_of in (("tls", client_hello()), ("ws", head + b"a" * 1000)):
        connection = socket.create_connection((sip.BOX4, sip.PORTS[transport]), timeout=3, source_address=("192.0.2.68", 0))
        connection.setblocking(False)
        snails.append((transport, connection, iter(bytes_of)))
    while snails:
        expect(time.monotonic() - began < 13, f"let go within 13 s: {[transport for transport, *_ in snails]}")
        for snail in list(snails):
            if not crawls(*snail[1:]):
                snails.remove(snail)
        time.sleep(0.2)
    return f"after {time.monotonic() - began:.1f} s"


def crawls(connection, bytes_of):
    """Sends another byte; False once the box has had enough."""
    try:
        connection.sendall(bytes([next(bytes_of)]))
        while connection.recv(4096):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def jssip(pbx, folder):
    """A real browser with JsSIP registers, is asked whether it is there, and goes."""
    bundle, browser = os.path.join(CACHE, "jssip", "jssip.js"), os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if shutil.which("node") is None or not os.path.exists(browser) or not os.path.exists(bundle):
        raise Skip("node, Chromium or JsSIP is not installed; tests/install does it")
    told = []
    for url in (f"ws://{sip.BOX4}:8088/", f"wss://{sip.BOX4}:8443/sip"):
        environment = dict(os.environ, JSSIP=os.path.dirname(bundle), CHROMIUM=browser)
        done = subprocess.run(
            ["node", os.path.join(HERE, "jssip.mjs"), url, "gina-any", "g-secret", sip.BOX4],
            capture_output=True, text=True, timeout=60, env=environment,
        )  # fmt: skip
        expect(done.returncode == 0, f"{url}: {done.stdout[-500:]}{done.stderr[-500:]}")
        told.append(f"{url.split(':')[0]}: {done.stdout.split()[-1]} ms")
        until(lambda: "gina-any" not in pbx.registrations(), 3, "it has signed off", every=0.1)
    return ", ".join(told)
