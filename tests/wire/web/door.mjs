// The door with raw bytes: what one status tells, what stays open, who is let in.
//
// node door.mjs HOST PORT TLS-PORT
import assert from "node:assert/strict";
import net from "node:net";
import tls from "node:tls";

const [host, port, tlsPort] = process.argv.slice(2);
if (!tlsPort) {
  console.error("usage: node door.mjs HOST PORT TLS-PORT");
  process.exit(2);
}

await check("a page", "GET /claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 (200|303) .*Connection: close\r\n/s);
await check("HEAD has no body", "HEAD /claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /Content-Length: \d+\r\nConnection: close\r\n\r\n$/s);
await check(
  "two on one connection",
  "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  /^HTTP\/1\.1 303 .*Connection: keep-alive.*HTTP\/1\.1 303 .*Connection: close/s,
);
await check("no Host", "GET / HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /);
await check("both lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", /^HTTP\/1\.1 400 /);
await check("a huge body", "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n", /^HTTP\/1\.1 413 /);
await check("a long address", `GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1\.1 414 /);
await check("a long head", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20000)}\r\n\r\n`, /^HTTP\/1\.1 431 /);
await check("gzip, chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", /^HTTP\/1\.1 501 /);
await check("HTTP/2 by surprise", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /^HTTP\/1\.1 505 /);
await check(
  "chunks",
  "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
  /^HTTP\/1\.1 403 /,
);
await check("continue", "POST /login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 403 /s, {
  after: ["100 Continue", "a=b"],
});
await check("TLS", "GET /claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 200 .*Set-Cookie: trillo-form=[0-9a-f]+; Path=\/; HttpOnly; SameSite=Strict; Secure/s, { secure: true });
await check("a head that never ends", "GET / HTTP/1.1\r\nHost: x\r\n", /^HTTP\/1\.1 408 /, { seconds: 15 });

const hogs = await Promise.all(Array.from({ length: 40 }, () => hog()));
const open = hogs.filter((socket) => !socket.isOver);
assert.ok(open.length <= 32, `${open.length} connections of one source are open`);
console.log(`ok: one source holds ${open.length} connections`);
hogs.forEach((socket) => socket.destroy());
await new Promise((resolve) => setTimeout(resolve, 200));
await check("and lets go of them", "GET /claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 (200|303) /);
console.log("ok");

function check(name, bytes, expected, { secure = false, seconds = 5, after = null } = {}) {
  return new Promise((resolve, reject) => {
    const socket = secure ? tls.connect({ host, port: tlsPort, rejectUnauthorized: false }) : net.connect({ host, port });
    let answer = "";
    let rest = after;
    const timer = setTimeout(() => socket.destroy(new Error(`${name}: nothing more after ${seconds} s, but ${JSON.stringify(answer)}`)), seconds * 1000);
    socket.on("error", reject);
    socket.on(secure ? "secureConnect" : "connect", () => socket.write(bytes));
    socket.on("data", (data) => {
      answer += data.toString("latin1");
      if (rest && answer.includes(rest[0])) {
        socket.write(rest[1]);
        rest = null;
      }
    });
    socket.on("end", () => {
      clearTimeout(timer);
      socket.end();
      try {
        assert.match(answer, expected, name);
        console.log(`ok: ${name}`);
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
}

function hog() {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.on("connect", () => setTimeout(() => resolve(socket), 500));
    for (const event of ["error", "end", "close"]) socket.on(event, () => ((socket.isOver = true), resolve(socket)));
  });
}
