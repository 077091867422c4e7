// Checks the page of tandem serve in headless Chromium, and takes screenshots:
//   node tests/serve-page.mjs URL IMAGE OUTPUT_FOLDER
// URL is what tandem serve prints, for a network with thresholds and a folder with images that it rejects; IMAGE is
// uploaded. Needs Node 22 or newer (20 with --experimental-websocket) and chromium, google-chrome, or the program in CHROMIUM.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { tmpdir } from "node:os";

const [url, image, output] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "serve-page-"));
const program = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const browser = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
  `--user-data-dir=${profile}`, "--window-size=1366,960", "about:blank"], { stdio: "ignore" });
const pause = (time) => new Promise((done) => setTimeout(done, time));

async function until(what, condition, seconds = 60) {
  for (let i = 0; i < seconds * 10; i++) {
    const value = await condition();
    if (value) return value;
    await pause(100);
  }
  throw new Error(`not reached: ${what}`);
}

function check(what, holds) {
  if (!holds) throw new Error(`not true: ${what}`);
  console.log(`ok: ${what}`);
}

async function connect() {
  const file = join(profile, "DevToolsActivePort");
  await until("the browser starts", () => existsSync(file) && readFileSync(file, "utf8").includes("\n"));
  const port = readFileSync(file, "utf8").split("\n")[0];
  const pages = await until("a page", async () => {
    const found = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
    return found.find((one) => one.type === "page");
  });
  const socket = new WebSocket(pages.webSocketDebuggerUrl);
  await new Promise((done) => socket.addEventListener("open", done));
  const waiting = new Map();
  const problems = [];
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.method === "Runtime.exceptionThrown") problems.push(message.params.exceptionDetails.text);
    if (message.method === "Log.entryAdded" && message.params.entry.level === "error") problems.push(message.params.entry.text);
    waiting.get(message.id)?.(message);
  });
  let last = 0;
  const send = (method, params = {}) => new Promise((done, failed) => {
    const id = ++last;
    waiting.set(id, (message) => (message.error ? failed(new Error(message.error.message)) : done(message.result)));
    socket.send(JSON.stringify({ id, method, params }));
  });
  return { send, problems };
}

async function run() {
  const { send, problems } = await connect();
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const key = async (name, text) => {
    const code = { Tab: 9, Enter: 13, " ": 32 }[name];
    const event = { key: name, code: name === " " ? "Space" : name, windowsVirtualKeyCode: code };
    await send("Input.dispatchKeyEvent", { type: "keyDown", ...event, text });
    await send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  };
  const screenshot = async (name, scheme) => {
    await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await pause(500);
    const { data } = await send("Page.captureScreenshot", { format: "png" });
    writeFileSync(join(output, name), Buffer.from(data, "base64"));
  };
  for (const domain of ["Page", "Runtime", "Log", "DOM"]) await send(`${domain}.enable`);
  await send("Emulation.setDeviceMetricsOverride", { width: 1366, height: 960, deviceScaleFactor: 1, mobile: false });
  await send("Page.navigate", { url });
  await until("a frame", () => evaluate("document.querySelectorAll('#image svg image').length > 0"));
  await until("a reject", () => evaluate("document.querySelectorAll('#rejects button').length > 0"));
  await until("the histogram", () => evaluate("document.querySelectorAll('#histogram rect').length > 0"));
  check("the decision is shown", await evaluate("/PASS|FAIL/.test(document.getElementById('decision').textContent)"));
  // With a drift reference beside the weights and at least 500 frames.
  const driftRows = await evaluate("document.getElementById('driftPanel').hidden ? -1 : document.querySelectorAll('#drift tr').length");
  check(`the drift panel is hidden or has a row for each statistic: ${driftRows}`, driftRows === -1
    || driftRows >= 2 || await evaluate("document.getElementById('noDrift').textContent.startsWith('Too few')"));
  await pause(2000);
  await screenshot("serve-light.png", "light");
  await screenshot("serve-dark.png", "dark");

  const order = [];
  await evaluate("document.body.focus()");
  for (let i = 0; i < 8; i++) {
    await key("Tab");
    order.push(await evaluate("document.activeElement.id || document.activeElement.closest('ul')?.id"));
  }
  check(`Tab reaches every control: ${order}`, ["live", "boxes", "mask", "score", "file", "rejects"].every((id) => order.includes(id)));
  await evaluate("document.getElementById('mask').focus()");
  await key(" ", " ");
  check("Space on Mask hides the mask", await until("redrawn", () =>
    evaluate("document.querySelectorAll('#image image[href$=\"mask.png\"]').length === 0")));
  await key(" ", " ");
  await evaluate("document.querySelector('#rejects button').focus()");
  await key("Enter", "\r");
  check("Enter on a reject shows it and stops the live view", await until("shown", () => evaluate(
    "document.getElementById('decision').textContent.includes('FAIL') && document.getElementById('live').getAttribute('aria-pressed') === 'false'"
    + " && document.querySelector('#rejects button').getAttribute('aria-pressed') === 'true'")));

  const { root } = await send("DOM.getDocument");
  const { nodeId } = await send("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
  await send("DOM.setFileInputFiles", { nodeId, files: [image] });
  check("an upload is shown", await until("uploaded", () =>
    evaluate(`document.getElementById('name').textContent === ${JSON.stringify(basename(image))}`)));
  writeFileSync(join(output, "no-image.png"), "no image");
  await send("DOM.setFileInputFiles", { nodeId, files: [join(output, "no-image.png")] });
  check("a bad upload is one error", await until("refused", () =>
    evaluate("!document.getElementById('notice').hidden && document.getElementById('notice').textContent.startsWith('no-image.png: ')")));
  await evaluate("document.getElementById('live').click()");
  const expected = problems.filter((text) => !text.includes("422"));
  check(`no error in the console ${expected}`, expected.length === 0);

  await send("Page.navigate", { url: "data:text/html,other" });
  const other = `fetch(${JSON.stringify(url)} + "api/inspect", { method: "POST", body: "x" }).then(() => "answered", () => "refused")`;
  check("another site cannot read a response", (await evaluate(other)) === "refused");
}

try {
  await run();
} catch (problem) {
  console.error(problem.message);
  process.exitCode = 1;
} finally {
  browser.kill();
  await pause(500);
  rmSync(profile, { recursive: true, force: true });
}
