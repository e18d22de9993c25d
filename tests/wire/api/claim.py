#!/usr/bin/env python3
"""Claims a new box over its web page and prints a token of the API that may write: claim.py BASE CODE."""
import http.cookiejar
import json
import re
import sys
import urllib.parse
import urllib.request

base, code = sys.argv[1:]
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def csrf(page):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)


def post(path, page, **fields):
    form = urllib.parse.urlencode({"csrf": csrf(page), **fields}).encode()
    return browser.open(f"{base}{path}", form).read().decode()


password = "correct horse battery"
page = browser.open(f"{base}/claim").read().decode()
page = post("/claim", page, code=code)
page = post("/claim/administrator", page, code=code, username="boss", password=password, again=password)


def token(name):
    request = urllib.request.Request(
        f"{base}/api/v1/tokens",
        json.dumps({"name": name, "user": "boss", "read_only": False}).encode(),
        {"Content-Type": "application/json", "X-CSRF-Token": csrf(page), "Origin": base},
    )
    return json.load(browser.open(request))["token"]


# The ids that are tried first belong to others, so that a deletion of one of them is not the end of the run.
for spare in range(40):
    token(f"spare-{spare}")
print(token("wire"))
