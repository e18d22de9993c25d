"""The messages of RFC 4475 and RFC 5118 sent to the living program, byte for byte, and what it says to them.

Each message comes from an address of its own, where we listen on every port that a Via of the corpus names (a request without
`rport` is answered to the Via's port at the address it came from, RFC 3581) and on the one we sent from. So an answer is never
another message's, and silence is silence. A stray is judged by what follows it: an OPTIONS from somebody else is answered.
"""

import os
import re
import select
import socket
import time

import sip
from harness import expect

CORPORA = os.path.join(os.path.dirname(__file__), "..", "corpora")
QUIET = 0.15
PATIENCE = 2.0

# What expected.tsv says in words, as what may be answered. SILENT: nothing may be answered.
SILENT = "silence"
PROCESSED = "any final answer but 400"
VERDICTS = {
    "wsinv": PROCESSED, "intmeth": {405, 501}, "esc01": PROCESSED, "escnull": PROCESSED, "esc02": {405, 501},
    "lwsdisp": {200}, "longreq": PROCESSED, "dblreq": PROCESSED, "semiuri": PROCESSED, "transports": PROCESSED,
    "mpart01": {405, 415, 202}, "unreason": SILENT, "noreason": SILENT, "badinv01": {400}, "clerr": {400}, "ncl": {400},
    "scalar02": {400}, "scalarlg": SILENT, "quotbal": {400}, "ltgtruri": {400}, "lwsruri": {400}, "lwsstart": {400},
    "trws": {400}, "escruri": {400, 302}, "baddate": {400, 401, 404, 480}, "regbadct": {400}, "badaspec": {400, 200, 404, 480},
    "baddn": {400, 200, 404, 480}, "badvers": {505}, "mismatch01": {400}, "mismatch02": {400, 501}, "bigcode": SILENT,
    "badbranch": {200, 400}, "insuf": {400}, "unkscm": {416}, "novelsc": {416}, "unksm2": {400, 404}, "bext01": {420},
    "invut": {415}, "regaut01": {401}, "multi01": {400}, "mcl01": {400}, "bcast": SILENT, "zeromf": {200, 483},
    "cparam01": {200, 401}, "cparam02": {200, 401}, "regescrt": {200, 401}, "sdp01": {406, 415, 488}, "inv2543": PROCESSED,
    "ipv6-bad": {400, SILENT}, "ipv6-bug-abnf-3-colons": "anything", "port-ambiguous": PROCESSED, "ipv6-good": PROCESSED,
    "via-received-param-with-delim": PROCESSED, "via-received-param-no-delim": PROCESSED, "ipv6-correct-abnf-2-colons": PROCESSED,
    "port-unambiguous": PROCESSED, "mult-ip-in-header": PROCESSED, "mult-ip-in-sdp": PROCESSED, "ipv6-in-sdp": PROCESSED,
    "ipv4-mapped-ipv6": PROCESSED,
}  # fmt: skip
# Over a stream a length that is too great means that more is to come, and none at all that nothing can be cut. The file of baddn has no
# empty line at its end, so on a stream it is still a head.
STREAM_VERDICTS = {"clerr": {400, SILENT}, "ncl": {400, "closed"}, "baddn": VERDICTS["baddn"] | {SILENT}}


def corpus():
    """(name, bytes, words of expected.tsv) of all messages."""
    found = []
    for folder, messages, suffix in (("rfc4475", "messages", ".dat"), ("rfc5118", "", ".sip")):
        with open(os.path.join(CORPORA, folder, "expected.tsv")) as file:
            rows = [line.rstrip("\n").split("\t") for line in file][1:]
        for row in rows:
            with open(os.path.join(CORPORA, folder, messages, row[0] + suffix), "rb") as file:
                found.append((row[0], file.read(), row[-1]))
    return found


def groups(messages):
    """Lists of messages of which no two are the same transaction to a server. Several of the corpus share branch, sent-by and method, by
    which RFC 3261 17.2.3 takes the later for the earlier one sent again; so the later ones wait for a fresh process."""
    lists = []
    for message in messages:
        transaction = transaction_of(message[1])
        fitting = next((one for one in lists if transaction not in one["transactions"]), None)
        if fitting is None:
            fitting = {"transactions": set(), "messages": []}
            lists.append(fitting)
        fitting["transactions"].add(transaction)
        fitting["messages"].append(message)
    return [one["messages"] for one in lists]


def transaction_of(data):
    via = re.search(rb"^(?:via|v)[ \t]*:\s*(SIP[^,]*?)\r\n(?![ \t])", data, re.I | re.M | re.S)
    via = re.sub(rb"received=[^;]*", b"", via[1]) if via else data
    return data.split(b" ")[0], via


def via_ports(messages):
    ports = {5060}
    for _, data, _ in messages:
        for via in re.findall(rb"^(?:via|v)[ \t]*:.*?SIP[^,\r\n]*", data, re.I | re.M):
            ports.update(int(port) for port in re.findall(rb":(\d{2,5})(?=[;\s]|$)", via.split(b":", 1)[1]) if 1024 < int(port) < 65536)
    return ports


def judge(said, allowed):
    finals = [status for status in said if isinstance(status, int) and status >= 200]
    if allowed == "anything":
        return True
    if allowed == PROCESSED:
        return bool(finals) and 400 not in finals
    if allowed == SILENT:
        return not said
    return (not said and SILENT in allowed) or (bool(said) and all(status in allowed for status in said))


def over_udp(data, source, ports):
    """Statuses answered to the datagram, provisional ones left out; each with the Call-ID it belongs to checked."""
    sockets = []
    for port in ports:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((source, port))
        sockets.append(one)
    try:
        sender = next(one for one in sockets if one.getsockname()[1] == 5060)
        sender.sendto(data, (sip.BOX4, sip.PORT))
        return listen(sockets, call_ids(data))
    finally:
        for one in sockets:
            one.close()


def call_ids(data):
    head = data.split(b"\r\n\r\n")[0]
    return [value.strip().decode("utf-8", "replace") for value in re.findall(rb"^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*)", head, re.I | re.M)]


def listen(sockets, ids):
    said, end = [], time.monotonic() + PATIENCE
    # The box's own OPTIONS goes the same way after the message: once that is answered, what was to be said has been said.
    probed = False
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select(sockets, [], [], min(left, QUIET))
        for one in ready:
            message = sip.Message(one.recv(65536))
            if message.is_response and message.status >= 200 and message.status not in said:
                answered = message.get("Call-ID") or message.get("i")
                said.append(message.status if not ids or answered in ids else f"{message.status} of another call")
        if not ready:
            if said or probed:
                return said
            probed = sip.is_alive()
    return said


def over_stream(data, source, transport, count):
    """Statuses answered on a connection of the message's own; `closed` where it was closed without a word."""
    wire = sip.Wire(source, transport)
    try:
        wire.send(data)
        said, end, ids = [], time.monotonic() + PATIENCE, call_ids(data)
        quiet_since = time.monotonic()
        while time.monotonic() < end:
            message = wire.receive(QUIET)
            if message is None:
                if wire.is_closed or len(said) >= count or time.monotonic() - quiet_since > 4 * QUIET:
                    break
                continue
            quiet_since = time.monotonic()
            if message.is_response and message.status >= 200:
                answered = message.get("Call-ID") or message.get("i")
                said.append(message.status if not ids or answered in ids or count > 1 else f"{message.status} of another call")
        if wire.is_closed and not said:
            said.append("closed")
        return said
    finally:
        wire.close()


def verdicts(pbx, transport, every=1):
    """All messages over one transport, or every so many-th. Raises with a table of those that were answered wrongly."""
    messages = corpus()
    expect({name for name, _, _ in messages} == set(VERDICTS), "expected.tsv and the verdicts of the wire test name the same messages")
    messages = messages[::every]
    ports, table, slowest, host = via_ports(messages), [], 0.0, 30
    for group in groups(messages):
        pbx.kill()
        pbx.start()
        for name, data, words in group:
            said, is_right = hear(transport, name, data, f"192.0.2.{host}", ports)
            host += 1
            began = time.monotonic()
            is_living = sip.is_alive("192.0.2.11", seconds=0.2)
            slowest = max(slowest, time.monotonic() - began)
            if not is_right or not is_living:
                said = ", ".join(map(str, said)) or SILENT
                table.append(f"{name:32} {said:20} expected: {words}{'' if is_living else '; then no OPTIONS was answered within 200 ms'}")
    expect(not table, f"{len(messages) - len(table)}/{len(messages)} right\n" + "\n".join("    " + line for line in table))
    return f"{len(messages)}/{len(messages)}, slowest OPTIONS afterwards {slowest * 1000:.0f} ms"


def hear(transport, name, data, source, ports):
    """What was said to a message, and whether that is right."""
    if transport == "udp":
        said = over_udp(data, source, ports)
        return said, judge(said, VERDICTS[name])
    # A message of WebSocket ends where it ends, as a datagram does.
    is_stream = transport in ("tcp", "tls")
    count = 2 if is_stream and name == "dblreq" else 1
    said = over_stream(data, source, transport, count)
    is_right = judge(said, STREAM_VERDICTS.get(name, VERDICTS[name]) if is_stream else VERDICTS[name])
    return said, is_right and (count == 1 or len(said) == count)
