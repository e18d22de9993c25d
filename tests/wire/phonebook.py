"""The phonebook over LDAP, asked by OpenLDAP's ldapsearch: a program that shares no line of code with ours."""

import contextlib
import http.cookiejar
import os
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request

from harness import Skip, expect
from pbx import Pbx

BOX = "192.0.2.1"
PLAIN, SECURE = f"ldap://{BOX}", f"ldaps://{BOX}"
USER, PASSWORD = "carla", "correct horse battery"
PHONE, SECRET = "anna-desk", "phone-secret-of-anna"
BASE = "dc=trillo"

PEOPLE = r"""
[[extension]]
number = "101"
first_name = "Anna"
last_name = "Bo"
email = "anna@example.com"
mobile = "+393331112223"

[[extension]]
number = "102"
first_name = "Zoë"
last_name = "Ångström"

[[extension]]
number = "103"
first_name = "Star * (Paren)"
last_name = "Back \\ slash"

[[contact]]
first_name = "Anselm"
last_name = "Zeta"
organization = "Acme"
phone = "+39 02 1234567"
mobile = "+39 333 4445556"

[[account]]
username = "anna-desk"
password = "phone-secret-of-anna"
extension = "101"
"""
LOCAL = '\n[sip]\nlocal_networks = ["192.0.2.0/24"]\n'
CROWD = "".join(f'\n[[extension]]\nnumber = "{number}"\nfirst_name = "Crowd"\nlast_name = "{number}"\n' for number in range(2000, 2120))


def over_ldap(trillo, namespace, folder):
    if not shutil.which("ldapsearch"):
        raise Skip("no ldapsearch")
    pbx = Pbx(trillo, namespace, os.path.join(folder, "phonebook"))
    # The first start would make the folder too, but a box that belongs to nobody answers no OPTIONS.
    pbx.apply(PEOPLE + LOCAL)
    pbx.start()
    try:
        claim(pbx)
        pbx.apply(PEOPLE + CROWD + LOCAL)
        ask(pbx)
    finally:
        pbx.stop()


def claim(pbx):
    """Makes the first administrator, as a person does on the page."""
    with open(os.path.join(pbx.data, "setup-code")) as file:
        code = file.read().strip()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"http://{BOX}:8080/", timeout=10).read().decode()
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
    form = {"csrf": csrf, "code": code, "username": USER, "password": PASSWORD, "again": PASSWORD}
    browser.open(f"http://{BOX}:8080/claim/administrator", urllib.parse.urlencode(form).encode(), timeout=10).read()


class Answer:
    """What ldapsearch ended with and printed."""

    def __init__(self, code, text, trouble):
        self.code, self.text, self.trouble = code, text, trouble
        # -LLL -o ldif-wrap=no: blocks of `name: value`, of which ldapsearch writes in base64 (`name::`) what is not plain.
        self.entries = [block for block in re.split(r"\n\n+", text.strip()) if block.startswith("dn:")]


def search(*words, url=PLAIN, user=USER, password=PASSWORD, base=BASE, environment=None):
    login = ["-D", user, "-w", password] if user else []
    command = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-o", "nettimeout=5", "-H", url, *login, "-b", base, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env={**os.environ, **(environment or {})})
    return Answer(done.returncode, done.stdout, done.stderr)


def values(answer, name):
    return re.findall(rf"^{name}: (.*)$", answer.text, re.M)


def ask(pbx):
    found = search("(|(cn=an*)(sn=an*))", "cn", "telephoneNumber", "mobile")
    expect(found.code == 0 and values(found, "telephoneNumber") == ["101", "+39021234567", "102"], f"Anna, Anselm and Zoë Ångström in this order: {found.text}{found.trouble}")
    expect(values(found, "mobile") == ["+393331112223", "+393334445556"], f"an administrator sees both mobiles: {found.text}")
    found = search("(|(cn=an*)(mobile=+39333*))", "cn", "mobile", user=f"uid={PHONE},ou=people,{BASE}", password=SECRET)
    expect(found.code == 0 and values(found, "cn") == ["Anna Bo", "Anselm Zeta"] and values(found, "mobile") == ["+393334445556"],
           f"the phone sees the contact's mobile and not Anna's: {found.text}{found.trouble}")

    names = values(search("(cn=*)", "sn"), "sn")
    crowd = [str(number) for number in range(2000, 2120)]
    expect([name for name in names if name.isdigit()] == crowd, "everybody in the order of names")
    paged = search("-E", "pr=50/noprompt", "(cn=crowd*)", "sn")
    expect(paged.code == 0 and values(paged, "sn") == crowd, f"everybody once over three pages: {paged.trouble}")
    limited = search("-z", "7", "(cn=crowd*)", "sn")
    expect((limited.code, values(limited, "sn")) == (4, crowd[:7]), f"sizeLimitExceeded and the first seven: {limited.code} {limited.text}")

    authority = {"LDAPTLS_CACERT": os.path.join(pbx.data, "tls/ca.pem"), "LDAPTLS_REQCERT": "demand"}
    secure = search("(uid=*)", "uid", url=SECURE, environment=authority)
    expect(secure.code == 0 and len(secure.entries) == 124, f"ldaps with the box's authority: {secure.trouble}")

    said = [search("(cn=*)", user=user, password="wrong password") for user in (USER, PHONE, "nobody")]
    expect([(answer.code, answer.text) for answer in said] == [(49, "")] * 3 and len({answer.trouble for answer in said}) == 1,
           f"unknown names and wrong passwords look alike: {[(answer.code, answer.trouble) for answer in said]}")
    expect(search("(cn=*)").code == 0, "a right password ends the count")
    expect(search("(cn=*)", user=USER, password="").code == 53, "a name without a password proves nothing")
    expect(search("(cn=*)", user=None).code == 48, "nobody is served without a name")
    root = search("-s", "base", "+", base="", user=PHONE, password=SECRET)
    expect(values(root, "namingContexts") == [BASE] and values(root, "vendorName") == ["Trillo"], f"the root DSE: {root.text}{root.trouble}")

    star = "telephoneNumber: 103"
    for words in (r"(cn=*\2a \28paren\29*)", r"(sn=back \5c slash)", r"(givenName=star \2a*)"):
        found = search(words, "telephoneNumber")
        expect(len(found.entries) == 1 and star in found.text, f"{words} finds one: {found.text}{found.trouble}")
    for words in (r"(cn=\2a)", r"(cn=\00)", f"(cn={'x' * 10_000}*)", rf"(cn=*{chr(92)}ff*)"):
        found = search(words)
        expect(found.code == 0 and not found.entries, f"{words[:40]} finds nobody: {found.code} {found.trouble}")
    expect(search("(cn=*)", base="dc=elsewhere").code == 32, "no such tree")

    broken_bytes()
    crowded()
    without_a_name(pbx)


def without_a_name(pbx):
    """A setting lets in who is on the local networks, and nobody else."""
    pbx.apply(PEOPLE + '\n[phonebook]\nanonymous = true\n\n[sip]\nlocal_networks = ["10.0.0.0/8"]\n')
    expect(search("(cn=*)", user=None).code == 13, "192.0.2.0/24 is not local now: only ldaps")
    expect(search("(cn=anna*)").code == 13, "no password without TLS from outside")
    pbx.apply(PEOPLE + '\n[phonebook]\nanonymous = true\n' + LOCAL)
    found = search("(cn=anna*)", "cn", "mobile", user=None)
    expect(found.code == 0 and values(found, "cn") == ["Anna Bo"] and not values(found, "mobile"), f"Anna without her mobile: {found.text}{found.trouble}")


def root_of(connection):
    """Asks an open connection for the root DSE, and gives the tag of the first answer."""
    connection.sendall(bytes.fromhex("3025020101632004000a01000a0100020100020100010100870b6f626a656374436c61737330 00".replace(" ", "")))
    return connection.recv(4096)[5:6]


def broken_bytes():
    with socket.create_connection((BOX, 389), 5) as other, socket.create_connection((BOX, 389), 5) as broken:
        expect(root_of(other) == b"\x64", "an entry comes")
        broken.sendall(b"GET / HTTP/1.1\r\n\r\n")
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while part := broken.recv(4096):
                said += part
        expect(b"1.3.6.1.4.1.1466.20036" in said, f"a notice of disconnection, then the end: {said}")
        expect(root_of(other) == b"\x64", "the other connection lives on")


def crowded():
    """Thirty-two connections from one address, no more: the oldest gives way to the next."""
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(33):
            connections.append(stack.enter_context(socket.create_connection((BOX, 389), 5)))
            expect(is_served(connections[-1]), f"connection {len(connections)} is served")
        served = [is_served(connection) for connection in connections]
        expect(served == [False] + [True] * 32, f"all but the oldest are served: {served}")


def is_served(connection):
    try:
        return root_of(connection) == b"\x64"
    except (ConnectionResetError, BrokenPipeError):
        return False
