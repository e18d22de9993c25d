// A recording in a real browser: uploaded, refused when it is no WAV, heard, kept as a file, deleted.
//
// node audio.mjs URL: after the walk, whose administrator it is. Modules and browser are found as the walk finds them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [url] = process.argv.slice(2);
const modules = process.env.WALK_MODULES ?? process.env.NODE_PATH ?? process.cwd();
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");

/** So many seconds of 440 Hz: 8 kHz, 16 bits, mono. */
function tone(seconds) {
  const rate = 8000;
  const count = rate * seconds;
  const wav = Buffer.alloc(44 + count * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + count * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(count * 2, 40);
  for (let at = 0; at < count; at++) wav.writeInt16LE(Math.round(9000 * Math.sin((at * 2 * Math.PI * 440) / rate)), 44 + at * 2);
  return wav;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  // Without script first: the form is a plain one.
  const plain = await browser.newContext({ locale: "en-GB", javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto(`${url}/login`);
  await page.getByLabel("Username").fill("boss");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Log in" }).click();
  const upload = async (name, file, buffer) => {
    await page.goto(`${url}/audio-files/new`);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.locator("#sound").setInputFiles({ name: file, mimeType: "audio/wav", buffer });
    await page.getByRole("button", { name: "Save" }).click();
  };
  await upload("Welcome", "welcome.mp3", Buffer.from("ID3 and so on"));
  await page.getByText("MP3 was found; it must be WAV").waitFor();
  const sound = tone(120);
  assert.ok(sound.length > 1024 * 1024, "longer than any other form may be");
  await upload("Welcome", "welcome.wav", sound);
  await page.getByText("Download the WAV file").waitFor();
  const address = new URL(page.url()).pathname;

  const context = await browser.newContext({ locale: "en-GB", storageState: await plain.storageState() });
  const other = await context.newPage();
  await other.goto(`${url}${address}`);
  const seconds = await other.evaluate(async () => {
    const player = document.querySelector("audio");
    player.preload = "metadata";
    if (!(player.readyState >= 1)) await new Promise((loaded, failed) => {
      player.addEventListener("loadedmetadata", loaded);
      player.addEventListener("error", () => failed(player.error));
      player.load();
    });
    return player.duration;
  });
  assert.ok(Math.abs(seconds - 120) < 0.1, `the player knows ${seconds} seconds`);
  const [download] = await Promise.all([other.waitForEvent("download"), other.getByText("Download the WAV file").click()]);
  assert.deepEqual(readFileSync(await download.path()), sound);
  await other.goto(`${url}${address}/delete`);
  await other.locator("form[action$=delete] button[type=submit]").click();
  assert.equal((await other.request.get(`${url}${address}/sound`)).status(), 404);
  console.log("ok: a recording is uploaded without script, heard, downloaded and deleted");
} finally {
  await browser.close();
}
