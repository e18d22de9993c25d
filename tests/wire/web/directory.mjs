// The directory: a person in one form, templates and own values, many at once, two administrators, and the way back.
import assert from "node:assert/strict";

export async function walk({ page, url, step, look, shotsOfThis, context }) {
  const save = () => page.getByRole("button", { name: "Save", exact: true }).last().click();
  const saved = () => page.getByText("Saved.").waitFor();
  const create = async (path, fields) => {
    await page.goto(`${url}/${path}/new`);
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).first().fill(value);
    await save();
    await saved();
  };

  await step("a person with phone, mailbox and log-in, in one form", async () => {
    await page.goto(`${url}/extensions/new`);
    await page.getByLabel("Number", { exact: true }).fill("120");
    await page.getByLabel("First name").fill("Zoë 🎉");
    await page.getByLabel("Last name").fill("דוד Ben-Gurion");
    await page.locator("[name=email]").fill("zoe@example.com");
    await page.getByLabel("More phones").fill("zoe-soft\nzoe-home");
    await page.getByLabel("Create a voicemail box").check();
    await page.getByLabel("Create a user").check();
    await page.locator("[name='user.username']").fill("zoe");
    await page.locator("[name='user.password']").fill("short");
    await save();
    await page.getByText("Use at least 10 characters").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), "user.password", "the first fault has the focus");
    assert.equal(await page.getByLabel("More phones").inputValue(), "zoe-soft\nzoe-home");
    await shotsOfThis("person-fault");
    await page.locator("[name='user.password']").fill("seven green apples");
    await save();
    await page.getByText("Welcome mail").waitFor();
    assert.equal(await page.locator("svg.qr").count(), 3, "a code for each phone");
    const mail = await page.getByRole("link", { name: "Open in mail program" }).getAttribute("href");
    assert.match(mail, /^mailto:zoe@example\.com\?subject=/);
    await shotsOfThis("person-welcome");
  });

  await step("templates, lines, a class with rules, groups", async () => {
    await create("extension-templates", { Name: "Office", Department: "Sales" });
    await page.getByLabel("Busy level", { exact: true }).fill("3");
    assert.ok(await page.getByLabel("Set by this template: Busy level").isChecked(), "typing sets it");
    await save();
    await saved();
    await create("extension-templates", { Name: "Warehouse" });
    await create("account-templates", { Name: "Desk phones" });
    await create("lines", { Name: "Provider one", Host: "sip.example.com" });
    await create("lines", { Name: "Gateway", Host: "192.0.2.7" });
    await create("pickup-groups", { Name: "Sales" });
    await create("pickup-groups", { Name: "Support with a rather long name" });
    await create("contacts", { "Last name": "W".repeat(200), Telephone: "+39 06 1234567" });
    await create("contacts", { "First name": "مريم", "Last name": "الهاشمي", Mobile: "+39 333 1234567" });
    await page.goto(`${url}/classes/new`);
    await page.getByLabel("Name", { exact: true }).fill("National");
    await page.getByRole("button", { name: "Add a row" }).click();
    await page.locator("[name='rules.0.match']").selectOption("prefix");
    assert.ok(await page.locator("[name='rules.0.to']").isHidden(), "only what a prefix needs is shown");
    await page.locator("[name='rules.0.digits']").fill("0");
    await page.locator("[name='rules.0.lines']").first().check();
    await page.getByRole("button", { name: "Add a row" }).click();
    await page.locator("[name='rules.1.match']").selectOption("any");
    await page.locator("[name='rules.1.lines']").nth(1).check();
    await page.getByRole("button", { name: "Row 2 up" }).click();
    assert.equal(await page.locator("[name='rules.0.match']").inputValue(), "any");
    assert.equal(await page.locator("[name='rules.1.digits']").inputValue(), "0");
    await shotsOfThis("class-rules");
    await save();
    await saved();
  });

  await step("a value is pinned, and released again", async () => {
    await page.goto(`${url}/extensions/1`);
    await page.getByLabel("Template", { exact: true }).selectOption({ label: "Office" });
    await save();
    await saved();
    await page.getByText("from template Office").first().waitFor();
    const pin = page.getByLabel("Own value: Busy level");
    assert.ok(!(await pin.isChecked()));
    await page.getByLabel("Busy level", { exact: true }).fill("5");
    assert.ok(await pin.isChecked(), "typing pins");
    await save();
    await saved();
    await page.getByText("in place of: 3 (from template Office)").waitFor();
    await shotsOfThis("extension-own-value");
    await pin.uncheck();
    await save();
    await saved();
    assert.equal(await page.getByLabel("Busy level", { exact: true }).inputValue(), "3");
  });

  await step("another template asks which own values stay", async () => {
    await page.getByLabel("Busy level", { exact: true }).fill("7");
    await page.getByLabel("Department", { exact: true }).fill("Quality");
    await save();
    await saved();
    await page.getByLabel("Template", { exact: true }).selectOption({ label: "Warehouse" });
    await save();
    await page.getByText("Use template Warehouse?").waitFor();
    await shotsOfThis("template-question");
    await page.getByLabel("Department: Quality").check();
    await save();
    await saved();
    assert.equal(await page.getByLabel("Department", { exact: true }).inputValue(), "Quality");
    assert.equal(await page.getByLabel("Busy level", { exact: true }).inputValue(), "0");
  });

  await step("failover shows the target of each choice", async () => {
    await page.getByText("If nobody answers").click();
    await page.locator("[name='failover_external_no_answer.do']").selectOption("voicemail");
    assert.ok(await page.locator("[name='failover_external_no_answer.mailbox']").isVisible());
    assert.ok(await page.locator("[name='failover_external_no_answer.number']").isHidden());
    await page.locator("[name='failover_external_no_answer.mailbox']").selectOption({ index: 1 });
    for (const section of ["Calls to the outside", "Call pickup", "Phonebook"]) await page.locator("summary", { hasText: section }).click();
    await shotsOfThis("extension-open");
    await save();
    await saved();
  });

  await step("the pickup matrix", async () => {
    await page.goto(`${url}/pickup-groups/matrix`);
    await page.locator("[name='m.1']").first().check();
    await page.locator("[name='p.2']").first().check();
    await save();
    await saved();
    assert.ok(await page.locator("[name='p.2']").first().isChecked());
    await shotsOfThis("pickup-matrix");
  });

  await step("many at once, after a look", async () => {
    await page.goto(`${url}/extensions`);
    for (const box of await page.locator("[name=id]").all()) await box.check();
    await shotsOfThis("list-ticked");
    await page.getByRole("button", { name: "Change the chosen ones" }).click();
    await page.getByLabel("Setting").selectOption({ label: "Busy level" });
    await look("many-setting");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Busy level", { exact: true }).fill("2");
    await shotsOfThis("many-value");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("3 of 3 change.").waitFor();
    await shotsOfThis("many-preview");
    await save();
    await saved();
  });

  await step("two administrators see both values", async () => {
    const other = await context.newPage();
    await page.goto(`${url}/extensions/1`);
    await other.goto(`${url}/extensions/1`);
    await other.getByLabel("First name").fill("Annabella");
    await other.getByLabel("Mobile").fill("+39 333 1");
    await other.getByRole("button", { name: "Save", exact: true }).last().click();
    await other.getByText("Saved.").waitFor();
    await other.close();
    await page.getByLabel("First name").fill("Annalisa");
    await save();
    await page.getByText("changed this at the same time").waitFor();
    await page.getByText("Annabella", { exact: true }).waitFor();
    await shotsOfThis("conflict");
    await page.getByLabel("Your value").check();
    await save();
    await saved();
    assert.equal(await page.getByLabel("First name").inputValue(), "Annalisa");
    assert.equal(await page.getByLabel("Mobile").inputValue(), "+393331");
  });

  await step("what is in use says by whom", async () => {
    await page.goto(`${url}/lines/1/delete`);
    await page.getByText("cannot be deleted while it is in use").waitFor();
    await shotsOfThis("delete-in-use");
  });

  await step("the history compares, and undoes", async () => {
    await page.goto(`${url}/history`);
    await shotsOfThis("history");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("From revision").waitFor();
    await page.goBack();
    await page.locator("tbody a").first().click();
    await page.getByRole("button", { name: "Undo this change" }).click();
    await page.getByText("This would change").waitFor();
    await shotsOfThis("history-undo");
    await page.getByRole("button", { name: "Undo this change" }).click();
    await saved();
    await page.goto(`${url}/extensions/1`);
    assert.equal(await page.getByLabel("First name").inputValue(), "Annabella");
  });
}

// Lists, forms and empty pages of all kinds, for the pictures.
export const pages = [
  ["mailboxes", "/mailboxes"],
  ["mailbox", "/mailboxes/1"],
  ["contacts", "/contacts"],
  ["contact-new", "/contacts/new"],
  ["extension-templates", "/extension-templates"],
  ["extension-template", "/extension-templates/1"],
  ["account-template", "/account-templates/1"],
  ["pickup-groups", "/pickup-groups"],
  ["lines", "/lines"],
  ["line", "/lines/1"],
  ["classes", "/classes"],
  ["class", "/classes/1"],
  ["users", "/users"],
  ["roles", "/roles"],
  ["role-new", "/roles/new"],
  ["tokens", "/tokens"],
  ["tenants", "/tenants"],
  ["phonebook", "/phonebook"],
  ["person-new", "/extensions/new"],
];
