// JsSIP in headless Chromium: jssip.mjs URL USERNAME PASSWORD DOMAIN. Registers, signs off, and both once more; prints how long the first
// registration took. JSSIP is the folder with the bundle and playwright-core, CHROMIUM the browser.
import fs from "fs";
import http from "http";
import { createRequire } from "module";

const [url, username, password, domain] = process.argv.slice(2);
const folder = process.env.JSSIP;
const { chromium } = createRequire(`${folder}/package.json`)("playwright-core");

// A page of another origin, as every page that is not the box's own.
const script = fs.readFileSync(`${folder}/jssip.js`);
const server = http.createServer((request, response) => {
    response.setHeader("Content-Type", request.url === "/jssip.js" ? "text/javascript" : "text/html");
    response.end(request.url === "/jssip.js" ? script : "<!doctype html><script src=/jssip.js></script>");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--ignore-certificate-errors", "--disable-background-timer-throttling"],
});
let code = 1;
try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const took = await page.evaluate(
        async ([url, username, password, domain]) => {
            const JsSIP = JsSIPBundle.default || JsSIPBundle;
            const socket = new JsSIP.WebSocketInterface(url);
            const phone = new JsSIP.UA({ sockets: [socket], uri: `sip:${username}@${domain}`, password, register: true, session_timers: false });
            const once = (event) =>
                new Promise((told, refused) => {
                    phone.once(event, told);
                    phone.once("registrationFailed", (trouble) => refused(new Error(`refused: ${trouble.cause}`)));
                    phone.once("disconnected", () => refused(new Error("disconnected")));
                    setTimeout(() => refused(new Error(`no ${event} within 10 s`)), 10_000);
                });
            const began = performance.now();
            const registered = once("registered");
            phone.start();
            await registered;
            const took = performance.now() - began;
            // It tells of a change, not of a refresh: so off and on again.
            for (const verb of ["unregister", "register", "unregister"]) {
                const told = once(`${verb}ed`);
                phone[verb]();
                await told;
            }
            phone.stop();
            return took;
        },
        [url, username, password, domain],
    );
    console.log(`registered after ${Math.round(took)}`);
    code = 0;
} catch (trouble) {
    console.error(String(trouble));
} finally {
    await browser.close();
    server.close();
}
process.exit(code);
