#!/usr/bin/env python3
"""Listens to the events of a live box, changes a setting, and hears of it: stream.py BASE TOKEN."""
import json
import sys
import urllib.request

base, token = sys.argv[1:]


def ask(method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", **headers}
    if data:
        headers["Content-Type"] = "application/json"
    return urllib.request.urlopen(urllib.request.Request(f"{base}/api/v1{path}", data, headers, method=method), timeout=20)


def events(stream):
    event = {}
    for line in stream:
        line = line.decode().rstrip("\n")
        if not line and event:
            yield event
            event = {}
        elif ": " in line:
            name, value = line.split(": ", 1)
            event[name] = value


stream = ask("GET", "/events?topics=settings", Accept="text/event-stream")
heard = events(stream)
# The first event says how long to wait before coming back, the second that nothing is missed from now on.
ready = next(event for event in heard if event.get("event") == "ready")
made = json.load(ask("POST", "/extensions", {"number": "4242"}))
told = json.loads(next(event for event in heard if event.get("event") == "settings.changed")["data"])
assert told["revision"] == made["revision"] and told["by"] == "boss", told
assert told["changes"] == [{"kind": "extension", "id": made["id"], "happening": "added"}], told
back = events(ask("GET", "/events?topics=settings", **{"Last-Event-ID": ready["id"]}))
assert next(event for event in back if event.get("event") != None)["event"] == "settings.changed", "what was missed comes first"
print("api: a change of the settings was heard, and heard again by who came back")
