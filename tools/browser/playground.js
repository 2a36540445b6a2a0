// The page of the playground. Nothing is loaded before someone presses "Start"; Tiphys runs in worker.js.
const SEVERITIES = ["error", "warning", "note"];
const PAUSE = 400; // milliseconds without a key before a run
const part = (name) => document.getElementById(`pg-${name}`);
const [start, stop, progress, said, app] = ["start", "stop", "progress", "said", "app"].map(part);
const [example, file, reset, lines, text] = ["example", "file", "reset", "lines", "text"].map(part);
const [findings, output, generated] = ["findings", "output", "generated"].map(part);

let worker = null;
let examples = {};
let files = {}; // the text of each input file, by path
let made = {}; // what was generated of them
let number = 0; // of the last run that was asked for
let running = false;
let waiting = 0; // the timer of the next run

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const element = (name, content, more = {}) => Object.assign(document.createElement(name), { textContent: content }, more);

function fill(select, values, chosen) {
  select.replaceChildren(...values.map((value) => element("option", value, { value })));
  if (values.includes(chosen)) select.value = chosen;
}

// Specs come first, then what they are deployed to.
const ORDER = ["services/", "environments/", "tiphys.yaml"];
const rank = (path) => (ORDER.findIndex((start) => path.startsWith(start)) + ORDER.length + 1) % (ORDER.length + 1);
const shown = () =>
  Object.keys(files)
    .filter((path) => path.endsWith(".yaml") && !path.startsWith("."))
    .sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));

function numberLines() {
  const count = text.value.split("\n").length;
  lines.textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n");
  lines.scrollTop = text.scrollTop;
}

function open(path) {
  file.value = path;
  text.value = files[path];
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
  numberLines();
}

function take(name) {
  files = { ...examples[name] };
  const paths = shown();
  fill(file, paths, paths[0]);
  open(paths[0]);
  ask();
}

// What is shown is of an older text from here on.
function outdate() {
  clearTimeout(waiting);
  app.ariaBusy = "true";
}

function ask() {
  outdate();
  number += 1;
  if (running) return; // its answer asks again
  running = true;
  said.textContent = "Running …";
  worker.postMessage({ number, files });
}

// The place of a line and column, which count characters from 1, in the text of the editor, which counts UTF-16 units.
function place(line, column) {
  const all = text.value.split("\n");
  const before = all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + [...(all[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

function jump(found) {
  if (file.value !== found.path) open(found.path);
  text.focus();
  text.setSelectionRange(place(found.line, found.column), place(found.endLine, found.endColumn));
  const height = text.scrollHeight / Math.max(1, text.value.split("\n").length);
  text.scrollTop = Math.max(0, (found.line - 4) * height);
}

function row(found) {
  const item = element("li", "");
  const where = found.line ? `${found.path}:${found.line}:${found.column}` : found.path;
  if (found.path in files && found.line) {
    const button = element("button", where, { type: "button" });
    button.addEventListener("click", () => jump(found));
    item.append(button);
  } else item.append(where);
  item.append(` ${found.severity}[${found.rule}]: ${found.message}`);
  if (found.hint) item.append(element("span", `hint: ${found.hint}`, { className: "pg-hint" }));
  return item;
}

function show(result) {
  const found = result.report ? JSON.parse(result.report).diagnostics : [];
  found.sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
  findings.replaceChildren(...found.map(row));
  if (!found.length) findings.replaceChildren(element("li", result.code ? "None could be looked for." : "None."));
  made = result.files;
  const paths = Object.keys(made).sort();
  fill(output, paths, output.value);
  generated.textContent = made[output.value] ?? "";
  said.textContent = result.code ? result.said.trim() : `${counted(paths.length, "file")} generated, ${counted(found.length, "finding")}.`;
  app.ariaBusy = "false";
}

function end(message) {
  clearTimeout(waiting);
  worker?.terminate();
  worker = null;
  running = false;
  app.hidden = stop.hidden = progress.hidden = true;
  start.hidden = false;
  said.textContent = message;
  start.focus();
}

function hear({ data }) {
  if (data.failed) end(`The playground has ended: ${data.failed}`);
  else if (data.loaded) progress.value = data.loaded;
  else if (data.examples) {
    examples = data.examples;
    progress.hidden = true;
    app.hidden = false;
    const edited = Object.keys(files).length > 0; // before "Stop"
    fill(example, Object.keys(examples), edited ? example.value : "quickstart");
    if (edited) ask();
    else take(example.value);
  } else {
    running = false;
    if (data.number === number) show(data.result);
    else ask();
  }
}

start.addEventListener("click", () => {
  start.hidden = true;
  stop.hidden = progress.hidden = false;
  progress.value = 0;
  said.textContent = "Loading Python and Tiphys …";
  stop.focus();
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = hear;
  worker.onerror = (event) => end(`The playground has ended: ${event.message || "the browser cannot start it"}`);
});
stop.addEventListener("click", () => end("Stopped. Your changes are kept until you leave this page."));
example.addEventListener("change", () => take(example.value));
reset.addEventListener("click", () => take(example.value));
file.addEventListener("change", () => open(file.value));
output.addEventListener("change", () => (generated.textContent = made[output.value]));
text.addEventListener("scroll", () => (lines.scrollTop = text.scrollTop));
text.addEventListener("input", () => {
  files[file.value] = text.value;
  numberLines();
  outdate();
  waiting = setTimeout(ask, PAUSE);
});

if (location.protocol === "file:") said.textContent = "Browsers start no worker for a page from a disk. Serve the site: python3 -m http.server -d site";
else start.hidden = false;
