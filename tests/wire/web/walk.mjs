// A person's first half hour, in a real browser: claim, add extensions with accounts, look around, make a mistake, log out.
//
// node walk.mjs URL SETUP-CODE [SCREENSHOT-FOLDER]
// playwright-core (and axe-core, if it is there) are found through NODE_PATH or WALK_MODULES; the browser is $CHROMIUM or
// Debian's chromium. The box must be unclaimed. Exits with 0 if every step went as it should.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { pages, walk } from "./directory.mjs";
import { pages as morePages, walk as walkOfRights } from "./rights.mjs";

const [url, setupCode, folder] = process.argv.slice(2);
if (!url || !setupCode) {
  console.error("usage: node walk.mjs URL SETUP-CODE [SCREENSHOT-FOLDER]");
  process.exit(2);
}
const modules = process.env.WALK_MODULES ?? process.env.NODE_PATH ?? process.cwd();
const require = createRequire(path.join(modules, "x.js"));
const { chromium } = require("playwright-core");
let axe = null;
try {
  axe = readFileSync(require.resolve("axe-core"), "utf8");
} catch {
  console.log("skip: axe-core is not there");
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const problems = [];
const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true, reducedMotion: "reduce" });
await watch(context);
const page = await context.newPage();

await step("an unknown address leads to the claim page", async () => {
  await page.goto(`${url}/extensions`);
  assert.equal(new URL(page.url()).pathname, "/claim");
  await look("claim");
});

await step("a wrong code is told beside the field", async () => {
  await page.getByLabel("Setup code").fill("AAAA-AAAA");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("This is not the setup code").waitFor();
  await look("claim-wrong");
});

await step("the right code, then the administrator", async () => {
  await page.getByLabel("Setup code").fill(setupCode.toLowerCase().replace("-", ""));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Username").fill("boss");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByLabel("Repeat the password").fill("short");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("Use at least 10 characters").waitFor();
  await look("claim-administrator");
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByLabel("Repeat the password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("First steps").waitFor();
  await look("overview-empty");
  await shots("extensions-empty", "/extensions");
});

await step("an extension with its account, the password shown once", async () => {
  await page.goto(`${url}/`);
  await page.getByRole("link", { name: "New extension" }).click();
  assert.equal(await page.getByLabel("Number", { exact: true }).inputValue(), "101");
  await page.getByLabel("First name").fill("Anna");
  await page.getByLabel("Last name").fill("Bo");
  await look("extension-new");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Enter this in the phone").waitFor();
  const password = await page.locator("#shown-password").textContent();
  assert.ok(password.length >= 20, password);
  await shotsOfThis("extension-details");
  await page.reload();
  assert.equal(await page.locator("#shown-password").count(), 0);
});

await step("a number that is taken keeps what was typed", async () => {
  await page.goto(`${url}/extensions/new`);
  await page.getByLabel("Number", { exact: true }).fill("101");
  await page.getByLabel("First name").fill("Carlo");
  await page.locator("[name=email]").fill("nowhere");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Not saved yet").waitFor();
  assert.equal(await page.getByLabel("First name").inputValue(), "Carlo");
  assert.equal(await page.locator("[name=email]").inputValue(), "nowhere");
  await shotsOfThis("extension-faults");
  await page.getByLabel("Number", { exact: true }).fill("102");
  await page.locator("[name=email]").fill("carlo@example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Enter this in the phone").waitFor();
});

await step("a second account in place, unlinked and linked again", async () => {
  await page.getByRole("textbox", { name: "Create an account" }).fill("carlo-mobile");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("Enter this in the phone").waitFor();
  await page.getByRole("button", { name: "Unlink carlo-mobile" }).click();
  await page.getByText("Unlinked.").waitFor();
  await page.getByLabel("Link a free account").selectOption({ label: "carlo-mobile" });
  await page.getByRole("button", { name: "Link", exact: true }).click();
  await page.getByText("Linked.").waitFor();
});

await step("codecs keep the order that was chosen", async () => {
  await page.goto(`${url}/accounts`);
  await page.getByRole("link", { name: "carlo-mobile" }).click();
  await page.getByLabel("Position of PCMA").selectOption("1");
  await page.getByLabel("Position of G.722").selectOption("2");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.locator("input[name=codecs]").first().inputValue(), "pcma");
});

await step("search finds by name and says when nothing matches", async () => {
  await page.goto(`${url}/extensions`);
  await page.getByRole("searchbox").fill("carlo");
  await page.getByRole("button", { name: "Search" }).click();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByRole("searchbox").fill("nobody");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Nothing matches").waitFor();
});

await walk({ page, url, step, look, shotsOfThis, context });
await walkOfRights({ browser, page, url, step, shotsOfThis, watch });

await step("every page, both languages, phone and desk, light and dark", async () => {
  for (const [name, address] of [
    ["overview", "/"],
    ["extensions", "/extensions"],
    ["extension", "/extensions/1"],
    ["extension-delete", "/extensions/1/delete"],
    ["accounts", "/accounts"],
    ["account", "/accounts/1"],
    ["account-new", "/accounts/new"],
    ["calls", "/calls"],
    ["sip", "/sip"],
    ["not-found", "/nowhere"],
    ...pages,
    ...morePages,
  ]) {
    await shots(name, address);
  }
});

await step("without a script everything works too", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, locale: "it-IT", storageState: await context.storageState(), ignoreHTTPSErrors: true });
  const sheet = await plain.newPage();
  await sheet.goto(`${url}/?lang=it`);
  assert.equal(await sheet.locator("h1").textContent(), "Panoramica");
  await sheet.goto(`${url}/sip`);
  await sheet.getByRole("button", { name: "Salva" }).click();
  await sheet.getByText("Salvato.").waitFor();
  await plain.close();
});

await step("the keyboard reaches the content first", async () => {
  await page.goto(`${url}/extensions?lang=en`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
});

await step("log out, then the log-in page refuses and lets in", async () => {
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("You are logged out").waitFor();
  await shots("login", "/login");
  await page.goto(`${url}/calls?lang=en`);
  await page.getByLabel("Username").fill("boss");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("Username, password or code is wrong").waitFor();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/calls");
});

await browser.close();
assert.deepEqual(problems, []);
console.log("ok");

async function step(name, run) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    console.error(`FAILED: ${name}\n${error.stack}\n${await page.locator("body").innerText().catch(() => "")}`);
    if (folder) await page.screenshot({ path: path.join(folder, "failed.png"), fullPage: true }).catch(() => {});
    await browser.close();
    process.exit(1);
  }
}

// Nothing may be asked of anybody but the box, and no page may complain.
async function watch(context) {
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`asks ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} ${response.url()}`);
  });
  context.on("console", (message) => {
    // The browser itself notes each 4xx, which the walk provokes.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) problems.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => problems.push(`script: ${error.error().message}`));
}

async function shots(name, address) {
  for (const language of ["en", "it"]) {
    await page.goto(`${url}${address}${address.includes("?") ? "&" : "?"}lang=${language}`);
    await shotsOfThis(`${name}-${language}`);
  }
  await page.goto(`${url}${address}${address.includes("?") ? "&" : "?"}lang=en`);
}

async function shotsOfThis(name, of = page) {
  for (const [width, scheme] of [[360, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]]) {
    await of.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    await of.emulateMedia({ colorScheme: scheme });
    await look(`${name}-${width}-${scheme}`, of);
    const overflow = await of.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `${name} is wider than ${width} px`);
  }
  await of.setViewportSize({ width: 1280, height: 900 });
  await of.emulateMedia({ colorScheme: "light" });
}

async function look(name, of = page) {
  if (folder) {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    await of.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  }
  if (!axe) return;
  // Evaluated by the debugger, so the page's policy against scripts of others stands.
  const found = await of.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  for (const violation of found.violations) {
    for (const node of violation.nodes) problems.push(`${name}: ${violation.impact} ${violation.id} at ${node.target}: ${node.failureSummary?.split("\n")[1] ?? ""}`);
  }
}
