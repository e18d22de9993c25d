// Users, roles and tokens; a person's own pages; a table with a fault; the phonebook for phones; pages that hear what happens.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

export async function walk({ browser, page, url, step, shotsOfThis, watch }) {
  const save = (of = page) => of.getByRole("button", { name: "Save", exact: true }).last().click();
  const saved = (of = page) => of.getByText("Saved.").waitFor();

  await step("the overview hears what happens instead of asking", async () => {
    const stream = page.waitForResponse((response) => response.url().includes("/api/v1/events"));
    await page.goto(`${url}/`);
    assert.equal((await stream).status(), 200);
    await page.goto("about:blank");
  });

  await step("a role is a matrix, by keyboard", async () => {
    await page.goto(`${url}/roles/new`);
    await page.getByLabel("Name", { exact: true }).fill("Reception");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.locator("[name=extensions][value=read]").isChecked());
    await page.locator("[name=contacts][value=write]").check();
    await shotsOfThis("role-matrix");
    await save();
    await saved();
    assert.ok(await page.locator("[name=extensions][value=read]").isChecked());
    assert.ok(await page.locator("[name=lines][value=none]").isChecked());
  });

  await step("a new user, with a password, and a fault that keeps what was typed", async () => {
    await page.goto(`${url}/users/new`);
    await page.getByLabel("Username").fill("reception");
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByLabel("Role", { exact: true }).selectOption("own");
    await page.getByLabel("Own role").selectOption({ label: "Reception" });
    await page.getByLabel("Extension", { exact: true }).selectOption({ index: 1 });
    await save();
    await page.locator("#f-password-fault").waitFor();
    assert.equal(await page.getByLabel("Username").inputValue(), "reception");
    assert.equal(await page.getByLabel("Role", { exact: true }).inputValue(), "own");
    await shotsOfThis("user-fault");
    await page.getByLabel("Password", { exact: true }).fill("eight blue doors");
    await save();
    await saved();
    await shotsOfThis("user");
  });

  await step("a token for a user, shown once", async () => {
    await page.goto(`${url}/tokens/new`);
    await page.getByLabel("Name", { exact: true }).fill("Billing");
    await page.getByLabel("User", { exact: true }).selectOption({ label: "reception" });
    await page.locator("#days").selectOption("90");
    await shotsOfThis("token-new");
    await save();
    assert.match(await page.locator("#shown-token").textContent(), /^trillo_[0-9a-f]{64}$/);
    await shotsOfThis("token-shown");
    await page.getByRole("link", { name: "Done" }).click();
    await page.getByRole("link", { name: "Billing" }).click();
    await shotsOfThis("token");
  });

  await step("a table with a fault is not saved, and says where", async () => {
    await page.goto(`${url}/extensions/import`);
    await shotsOfThis("import");
    await page.locator("#text").fill("number,first_name,email\n130,Rosa,rosa@example.com\n131,Tom,nowhere\n");
    await page.locator("form.card button.primary").click();
    await page.getByText("Nothing was imported").waitFor();
    assert.match(await page.locator("#text").inputValue(), /131,Tom,nowhere/, "the table can be corrected in place");
    await shotsOfThis("import-fault");
    await page.goto(`${url}/extensions?q=Rosa`);
    await page.getByText("Nothing matches").waitFor();
  });

  await step("somebody with few rights: own pages, PIN, contact, password", async () => {
    const other = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true, reducedMotion: "reduce" });
    await watch(other);
    const own = await other.newPage();
    await own.goto(`${url}/login`);
    await own.getByLabel("Username").fill("reception");
    await own.getByLabel("Password").fill("eight blue doors");
    await own.getByRole("button", { name: "Log in" }).click();
    await own.waitForURL("**/me");
    assert.equal((await own.goto(`${url}/users`)).status(), 403);
    assert.equal((await own.goto(`${url}/extensions`)).status(), 200);
    assert.equal(await own.getByRole("link", { name: "New extension" }).count(), 0, "no link leads where the answer is no");
    await own.goto(`${url}/me`);
    await own.getByLabel("New service PIN").fill("12a");
    await save(own);
    await own.locator(".fault").waitFor();
    await shotsOfThis("me-phone", own);
    await own.getByLabel("All calls go to").fill("999999");
    await own.getByLabel("Do not disturb").check();
    await own.locator("#switches").getByRole("button", { name: "Save" }).click();
    await own.getByText("is no number that these calls may be sent to").waitFor();
    assert.ok(await own.getByLabel("Do not disturb").isChecked(), "what was ticked stays");
    await shotsOfThis("me-forward-wrong", own);
    await own.getByLabel("All calls go to").fill("120");
    await own.locator("#switches").getByRole("button", { name: "Save" }).click();
    await saved(own);
    assert.equal(await own.getByLabel("All calls go to").inputValue(), "120", "the page shows what the box does");
    assert.ok(await own.getByLabel("Do not disturb").isChecked());
    await own.getByLabel("New service PIN").fill("123456");
    await save(own);
    await saved(own);
    await own.goto(`${url}/me/calls`);
    await shotsOfThis("me-calls", own);
    await own.goto(`${url}/me/contacts`);
    await shotsOfThis("me-contacts", own);
    await own.goto(`${url}/me/contacts/new`);
    await own.getByLabel("First name").fill("ماما");
    await own.getByLabel("Telephone").fill("0611");
    await shotsOfThis("me-contact-new", own);
    await save(own);
    await saved(own);
    await own.goto(`${url}/me/login`);
    await shotsOfThis("me-login", own);
    await own.getByLabel("Your password now").first().fill("eight blue doors");
    await own.getByLabel("New password", { exact: true }).fill("nine green doors");
    await own.getByLabel("Repeat the password").fill("nine green doors");
    await own.getByRole("button", { name: "Change the password" }).click();
    await saved(own);
    await own.goto(`${url}/me`);
    assert.equal(new URL(own.url()).pathname, "/me", "still logged in");

    // The second factor: set up with an app, then asked; a recovery code stands in once.
    await own.goto(`${url}/me/login`);
    await own.getByRole("link", { name: "Set up" }).click();
    const key = (await own.locator("[name=key]").getAttribute("value"));
    await shotsOfThis("me-second-factor", own);
    await own.getByLabel("Code", { exact: true }).fill("000000");
    await own.getByLabel("Your password now").fill("nine green doors");
    await own.getByRole("button", { name: "Turn on" }).click();
    await own.getByText("The app shows another code").waitFor();
    await own.getByLabel("Code", { exact: true }).fill(totp(key));
    await own.getByLabel("Your password now").fill("nine green doors");
    await own.getByRole("button", { name: "Turn on" }).click();
    await own.getByText("The second factor is on.").waitFor();
    const recovery = (await own.locator("main").innerText()).match(/\b[a-z0-9]{5}-[a-z0-9]{5}\b/)[0];
    await shotsOfThis("me-recovery-codes", own);
    const logIn = async (code) => {
      await other.clearCookies();
      await own.goto(`${url}/login`);
      await own.getByLabel("Username").fill("reception");
      await own.getByLabel("Password").fill("nine green doors");
      await own.getByLabel("Code").fill(code);
      await own.getByRole("button", { name: "Log in" }).click();
    };
    await logIn("");
    await own.locator("[role=alert]").waitFor();
    await logIn(recovery);
    await own.waitForURL("**/me");
    await logIn(recovery);
    await own.locator("[role=alert]").waitFor();
    await other.close();
  });

  await step("who goes takes tokens and contacts along, and that is said before", async () => {
    await page.goto(`${url}/users`);
    await page.getByRole("link", { name: "reception" }).click();
    await page.getByRole("link", { name: "Delete" }).click();
    await page.getByText("API tokens: 1, personal contacts: 1").waitFor();
    await shotsOfThis("user-delete");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Deleted.").waitFor();
  });

  await step("a name of 10,000 characters is refused and kept", async () => {
    const long = "עברית 🎉 ".repeat(1250);
    await page.goto(`${url}/extensions/1`);
    await page.getByLabel("Last name").fill(long);
    await page.getByLabel("Mobile").fill("+39 333 7");
    await save();
    await page.getByText("Not saved yet").waitFor();
    assert.equal((await page.getByLabel("Last name").inputValue()).length, long.length);
    assert.equal(await page.getByLabel("Mobile").inputValue(), "+39 333 7");
    await shotsOfThis("extension-long-name");
  });

  await step("a phone reads the phonebook with its own password only", async () => {
    assert.equal((await fetch(`${url}/phonebook/yealink.xml`)).status, 401);
    const boss = `Basic ${Buffer.from("boss:correct horse battery").toString("base64")}`;
    const answer = await fetch(`${url}/phonebook/yealink.xml?q=anna`, { headers: { authorization: boss } });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /<YealinkIPPhoneDirectory>\s*<DirectoryEntry><Name>Anna/);
  });

}

// RFC 6238, as an authenticator app does it.
function totp(key) {
  const bits = [...key].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", bytes).update(time).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export const pages = [
  ["dial", "/dial?by=phone&from=101&dialled=120"],
  ["api", "/api"],
  ["numbering", "/numbering"],
  ["selections", "/selections"],
  ["me", "/me"],
  ["history", "/history"],
  ["user-new", "/users/new"],
  ["import-contacts", "/contacts/import"],
];
