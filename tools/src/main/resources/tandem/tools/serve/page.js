// The page of tandem serve: fetches the state again and again, and shows the last frame or the one that was chosen.

const POLL = 300;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

const network = await (await fetch("/api/network")).json();
const colors = new Map(network.classes.map((one) => [one.name, one.color]));
const decides = network.minScore !== undefined || network.minRegionPixels !== undefined;

let shown = null; // the frame in view
let seen = 0; // number of the last live frame
let live = true;
let rejects = []; // frames, the newest first

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

function svg(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

const number = (value, digits = 0) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const milliseconds = (value) => number(value, value < 10 ? 2 : value < 100 ? 1 : 0) + " ms";

function facts(list, pairs) {
  list.replaceChildren(...pairs.map(([name, value]) => {
    const row = element("div");
    row.append(element("dt", name), element("dd", value));
    return row;
  }));
}

function ink(color) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000" : "#fff";
}

const minScore = () => Number(byId("score").value);

// The frame with its mask and boxes. Sizes of text are in pixels of the screen: unit is pixels of the frame for one of these.
function drawing(frame, unit, labels) {
  const root = svg("svg", { viewBox: `0 0 ${frame.width} ${frame.height}`, preserveAspectRatio: "xMidYMid meet" });
  const area = { width: frame.width, height: frame.height, preserveAspectRatio: "none" };
  const files = `/frames/${frame.number}/`;
  svg("image", { ...area, href: files + "image.jpg", class: unit < 0.5 ? "pixels" : "" }, root);
  if (frame.pixels && byId("mask").checked) svg("image", { ...area, href: files + "mask.png", class: "pixels" }, root);
  if (!byId("boxes").checked) return root;
  for (const box of frame.boxes.filter((one) => one.score >= minScore()).reverse()) {
    const color = colors.get(box.class);
    const place = { x: box.left, y: box.top, width: Math.max(0, box.right - box.left), height: Math.max(0, box.bottom - box.top) };
    svg("rect", { ...place, class: "halo" }, root);
    svg("rect", { ...place, class: "box", stroke: color }, root);
    if (!labels) continue;
    const text = `${box.class} ${box.score.toFixed(2)}`;
    const width = (text.length * 6.9 + 8) * unit;
    const height = 17 * unit;
    const left = Math.max(0, Math.min(box.left, frame.width - width));
    const top = box.top >= height ? box.top - height : Math.min(box.bottom, frame.height - height);
    svg("rect", { x: left, y: top, width, height, fill: color }, root);
    const label = svg("text", { transform: `translate(${left + 4 * unit} ${top + 12.5 * unit}) scale(${unit})`, fill: ink(color) }, root);
    label.textContent = text;
  }
  return root;
}

function classRows(frame) {
  return network.classes.map(({ name, color }) => {
    const boxes = frame.boxes.filter((box) => box.class === name && box.score >= minScore());
    const row = element("tr");
    const first = element("td");
    const swatch = element("span", undefined, { className: "swatch" });
    swatch.style.background = color;
    first.append(swatch, name);
    const pixels = frame.pixels?.[name];
    row.append(first, element("td", boxes.length), element("td", boxes.length ? boxes[0].score.toFixed(2) : "-"),
      element("td", pixels === undefined ? "-" : number(pixels)));
    return row;
  });
}

async function show(frame) {
  shown = frame;
  const box = byId("image");
  const scale = Math.min(box.clientWidth / frame.width, Math.min(0.5 * innerHeight, 900) / frame.height);
  const root = drawing(frame, 1 / scale, true);
  root.setAttribute("role", "img");
  const decision = frame.pass === undefined ? "not decided" : frame.pass ? "pass" : "fail";
  root.setAttribute("aria-label", `${frame.name}: ${decision}, ${frame.boxes.length} boxes`);
  await Promise.all([...root.querySelectorAll("image")].map((image) => decoded(image.getAttribute("href"))));
  if (shown !== frame) return;
  box.replaceChildren(root);
  const sign = byId("decision");
  sign.className = frame.pass === undefined ? "none" : decision;
  sign.textContent = frame.pass === undefined ? "not decided" : frame.pass ? "\u2713 PASS" : "\u2717 FAIL";
  byId("name").textContent = frame.name;
  byId("reason").textContent = frame.pass === undefined
    ? "no thresholds beside the weights (eval --save-thresholds)"
    : frame.pass ? "below the thresholds" : frame.decision.replace(/^fail: /, "");
  byId("time").textContent = `${milliseconds(frame.milliseconds)}, with decoding ${milliseconds(frame.withDecoding)}\n`
    + `${number(frame.width)} x ${number(frame.height)} pixels, ${new Date(frame.time).toLocaleTimeString()}`;
  byId("classes").replaceChildren(...classRows(frame));
  for (const button of byId("rejects").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(!live && Number(button.value) === frame.number));
  }
}

// Fetches an image before it is shown, so that the view does not flicker.
function decoded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().catch(() => {});
}

function setLive(on) {
  live = on;
  byId("live").setAttribute("aria-pressed", String(on));
}

function histogram(latency) {
  const box = byId("histogram");
  if (!latency.bars.length) {
    box.replaceChildren();
    return;
  }
  const width = 320;
  const height = 128;
  const base = height - 18;
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  root.setAttribute("aria-label", `Histogram of ${number(latency.frames)} latencies, median ${milliseconds(latency.median)}`);
  const first = Math.log10(latency.bars[0].from) - 0.1;
  const last = Math.max(first + 0.6, Math.log10(latency.bars.at(-1).to) + 0.1);
  const x = (value) => ((Math.log10(value) - first) / (last - first)) * width;
  const most = Math.max(...latency.bars.map((bar) => bar.frames));
  for (const bar of latency.bars) {
    const size = Math.max(1.5, (bar.frames / most) * (base - 16));
    const rect = svg("rect", { x: x(bar.from), y: base - size, width: Math.max(1, x(bar.to) - x(bar.from) - 1), height: size }, root);
    svg("title", {}, rect).textContent = `${milliseconds(bar.from)} to ${milliseconds(bar.to)}: ${number(bar.frames)} frames`;
  }
  svg("line", { x1: 0, x2: width, y1: base, y2: base }, root);
  svg("text", { x: 0, y: 10 }, root).textContent = `${number(most)} frames`;
  const wide = last - first > 1.6;
  for (let power = Math.floor(first); power <= last; power++) {
    for (const step of wide ? [1] : [1, 2, 5]) {
      const value = step * 10 ** power;
      if (x(value) < 12 || x(value) > width - 26) continue;
      svg("line", { x1: x(value), x2: x(value), y1: base, y2: base + 4 }, root);
      svg("text", { x: x(value), y: height - 3, "text-anchor": "middle" }, root).textContent =
        `${value >= 1 ? number(value) : String(Number(value.toPrecision(1)))} ms`;
    }
  }
  box.replaceChildren(root);
}

async function showRejects(numbers) {
  if (numbers.join() === rejects.map((frame) => frame.number).join()) return;
  const known = new Map(rejects.map((frame) => [frame.number, frame]));
  const frames = await Promise.all(numbers.map(async (one) => {
    if (known.has(one)) return known.get(one);
    const reply = await fetch(`/api/frames/${one}`);
    return reply.ok ? reply.json() : null;
  }));
  rejects = frames.filter((frame) => frame !== null);
  drawRejects();
}

function drawRejects() {
  const list = byId("rejects");
  const focused = document.activeElement?.value;
  list.replaceChildren(...rejects.map((frame) => {
    const button = element("button", undefined, { type: "button", value: String(frame.number), title: `${frame.name}: ${frame.decision}` });
    button.setAttribute("aria-pressed", String(!live && shown?.number === frame.number));
    const reason = frame.decision.replace(/^fail: a /, "").replace(/, the minimum.*/, "");
    button.append(drawing(frame, Math.max(frame.width / 140, frame.height / 100), false),
      element("span", frame.name), element("span", reason, { className: "quiet" }));
    button.addEventListener("click", () => {
      setLive(false);
      show(frame);
    });
    const item = element("li");
    item.append(button);
    return item;
  }));
  if (focused) list.querySelector(`button[value="${CSS.escape(focused)}"]`)?.focus();
}

const LABELS = {
  passed: "passed", rejected: "rejected", undecided: "not decided", late: "late", dropped: "dropped", refused: "refused", failed: "failed",
};

function showState(state) {
  const needed = decides ? ["passed", "rejected"] : ["undecided"];
  const counts = Object.entries(state.counts).filter(([name, value]) => value > 0 || needed.includes(name));
  facts(byId("counts"), [...counts.map(([name, value]) => [LABELS[name] ?? name, number(value)]),
    ["not readable", number(state.unreadable)]]);
  byId("problem").textContent = state.problem ? state.problem.message : "";
  const { latency } = state;
  facts(byId("times"), latency.frames ? [["median", milliseconds(latency.median)],
    ["99 %", milliseconds(latency.percentile99)], ["max", milliseconds(latency.max)]] : []);
  histogram(latency);
  showDrift(state.drift);
  byId("noRejects").textContent = state.rejects.length ? "" : decides
    ? "No frame was rejected yet." : "Frames are not decided: there are no thresholds beside the weights (eval --save-thresholds).";
}

// Statistics of the last window of frames against the evaluation; absent without a file of drift beside the weights.
function showDrift(drift) {
  byId("driftPanel").hidden = drift === undefined;
  if (drift === undefined) return;
  byId("noDrift").textContent = drift.length ? "The last full window of frames, compared with the evaluation." : "Too few frames yet.";
  byId("drift").replaceChildren(...drift.map((one) => {
    const drifts = one.value >= one.limit;
    const row = element("tr", undefined, { className: drifts ? "drifts" : "" });
    row.append(element("td", (drifts ? "\u26a0 " : "") + one.name), element("td", one.value.toFixed(2)),
      element("td", one.limit.toFixed(2)), element("td", number(one.alarms)));
    return row;
  }));
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

let disconnected = false;

async function poll() {
  try {
    const state = await (await fetch(`/api/state?after=${seen}`)).json();
    if (disconnected) notice("");
    disconnected = false;
    showState(state);
    if (state.frame) {
      seen = state.frame.number;
      if (live) await show(state.frame);
    }
    await showRejects(state.rejects);
  } catch (problem) {
    disconnected = true;
    notice("No connection to tandem serve; trying again.");
  }
  setTimeout(poll, disconnected ? 4 * POLL : POLL);
}

async function inspect(files) {
  notice("");
  for (const file of files) {
    let reply;
    try {
      reply = await fetch(`/api/inspect?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    } catch (problem) {
      notice(`${file.name} was not sent: no connection to tandem serve, or the file is too large.`);
      return;
    }
    const found = await reply.json();
    if (!reply.ok) {
      notice(found.error);
      return;
    }
    setLive(false);
    await show(found);
  }
}

byId("score").value = network.score;
const redraw = () => {
  byId("shownScore").textContent = minScore().toFixed(2);
  if (shown) show(shown);
};
byId("score").addEventListener("input", redraw);
for (const id of ["boxes", "mask"]) {
  byId(id).addEventListener("change", () => {
    redraw();
    drawRejects();
  });
}
addEventListener("resize", redraw);
byId("live").addEventListener("click", () => {
  setLive(!live);
  if (live) seen = 0;
  drawRejects();
});
byId("file").addEventListener("change", async (event) => {
  await inspect(event.target.files);
  event.target.value = "";
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  inspect(event.dataTransfer.files);
});

const decideBy = [];
if (network.minScore !== undefined) decideBy.push(`score ${network.minScore.toFixed(2)}`);
if (network.minRegionPixels !== undefined) decideBy.push(`region ${number(network.minRegionPixels)} pixels`);
facts(byId("about"), [["network", network.weights], ["input", network.inputSize],
  ["folder", network.folder ?? "none, uploads only"], ["fails from", decideBy.join(" or ") || "no thresholds"],
  ["device", network.device]]);
redraw();
poll();
