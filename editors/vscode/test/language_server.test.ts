// The extension's server, as it finds and starts it, over a real workspace. TIPHYS is the program to test.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import {
  CodeActionRequest,
  CompletionRequest,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  HoverRequest,
  type CodeAction,
  type CompletionList,
  type MarkupContent,
  type TextDocumentEdit,
  type TextEdit,
} from "vscode-languageserver-protocol/node";
import { Restarts } from "../src/restarts";
import { Session, uri } from "./session";

const TIPHYS = process.env["TIPHYS"] ?? "";
let made: string;
let folder: string;
let spec: string;
let text: string;
let session: Session;

before(() => {
  assert.notEqual(TIPHYS, "", "set TIPHYS to the path of the program");
  made = mkdtempSync(join(tmpdir(), "tiphys-vscode-"));
  execFileSync(TIPHYS, ["init", join(made, "origin")], { stdio: "pipe" });
  const hello = join(made, "origin", "services", "hello", "pipeline.yaml");
  writeFileSync(hello, readFileSync(hello, "utf8").replace("ghcr.io/acme/", "ghcr.io/shop/")); // the placeholder is a finding
});

after(() => rmSync(made, { recursive: true }));

beforeEach(async () => {
  folder = join(mkdtempSync(join(made, "w ")), "a workspace");
  cpSync(join(made, "origin"), folder, { recursive: true });
  mkdirSync(join(folder, ".venv/bin"), { recursive: true });
  symlinkSync(TIPHYS, join(folder, ".venv/bin/tiphys"));
  spec = join(folder, "services/hello/pipeline.yaml");
  text = readFileSync(spec, "utf8");
  session = await Session.start(folder);
});

afterEach(() => session.process.kill("SIGKILL"));

/** Where a word begins, counted from 0 as in the protocol. */
function at(content: string, word: string): { line: number; character: number } {
  const before = content.slice(0, content.indexOf(word)).split("\n");
  assert.ok(content.includes(word), word);
  return { line: before.length - 1, character: before.at(-1)!.length };
}

function edited(content: string, edits: TextEdit[]): string {
  const lines = content.split("\n");
  const offset = (place: { line: number; character: number }) =>
    lines.slice(0, place.line).join("\n").length + (place.line ? 1 : 0) + place.character;
  return edits
    .toSorted((one, other) => offset(other.range.start) - offset(one.range.start))
    .reduce((now, { range, newText }) => now.slice(0, offset(range.start)) + newText + now.slice(offset(range.end)), content);
}

test("what the extension relies on is what the server says that it can do", () => {
  const able = session.capabilities;
  assert.ok(able.completionProvider && able.hoverProvider && able.codeActionProvider && able.definitionProvider);
  assert.equal(session.process.spawnfile, join(folder, ".venv/bin/tiphys"));
});

test("a mistake is underlined where it is, and the line goes with it", async () => {
  assert.deepEqual(await session.open(spec), []);
  const [found, ...more] = await session.type(spec, text.replace('"1.1.0-rc.1"', "1.10"));
  assert.deepEqual(more, []);
  assert.equal(found!.code, "TP012");
  assert.deepEqual(found!.range.start, at(text, '"1.1.0-rc.1"'));
  assert.deepEqual(await session.type(spec, text), []);
  assert.equal(await session.stop(), 0);
});

test("the menu lists the environments that the workspace has", async () => {
  await session.open(spec);
  const position = at(text, "staging:\n");
  const answer = (await session.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: uri(spec) },
    position,
  })) as CompletionList;
  assert.ok(answer.items.some((item) => item.label === "staging"), JSON.stringify(answer.items.map((item) => item.label)));
});

test("a pointed-at value is explained with the environments that have it", async () => {
  await session.open(spec);
  const answer = await session.connection.sendRequest(HoverRequest.type, {
    textDocument: { uri: uri(spec) },
    position: at(text, "replicas: 4"),
  });
  const { kind, value } = answer!.contents as MarkupContent;
  assert.equal(kind, "markdown");
  assert.match(value, /prod/);
  assert.match(value, /4/);
});

test("a fix of the menu solves what it is for", async () => {
  await session.open(spec);
  const wrong = text.replace('"1.1.0-rc.1"', "1.10");
  const [found] = await session.type(spec, wrong);
  const actions = (await session.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: uri(spec) },
    range: found!.range,
    context: { diagnostics: [found!] },
  })) as CodeAction[];
  const fix = actions.find((action) => action.kind === "quickfix" && action.edit);
  assert.ok(fix, JSON.stringify(actions));
  const [change] = fix.edit!.documentChanges as TextDocumentEdit[];
  const right = edited(wrong, change!.edits as TextEdit[]);
  assert.match(right, /tag: "1\.10"/);
  const left = await session.type(spec, right);
  assert.ok(!left.some((one) => one.code === "TP012"));
});

test("a file that is renamed outside of the editor counts by its new name", async () => {
  assert.deepEqual(await session.open(spec), []);
  const [old, renamed] = [join(folder, "environments/prod.yaml"), join(folder, "environments/prod.yaml.off")];
  const watched = session.registrations.find((one) => one.method === "workspace/didChangeWatchedFiles");
  assert.ok(watched, "nothing tells the server of files otherwise");
  renameSync(old, renamed);
  await session.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: uri(old), type: FileChangeType.Deleted }],
  });
  const found = await session.findings(spec, (now) => now.length > 0);
  assert.ok(found.some((one) => /prod/.test(JSON.stringify(one.message))), JSON.stringify(found));
  renameSync(renamed, old);
  await session.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: uri(old), type: FileChangeType.Created }],
  });
  await session.findings(spec, (now) => now.length === 0);
});

test("a server that was killed is started again, and says the same", async () => {
  const wrong = text.replace('"1.1.0-rc.1"', "1.10");
  await session.open(spec);
  const found = await session.type(spec, wrong);
  session.process.kill("SIGKILL");
  assert.equal(await session.ended(), null);
  assert.equal(new Restarts().again(), true);
  session = await Session.start(folder);
  assert.deepEqual(await session.open(spec), []);
  assert.deepEqual(await session.type(spec, wrong), found);
  assert.equal(await session.stop(), 0);
});
