// The bundle that is published, loaded as VS Code loads it, in a VS Code that only counts what is asked of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = process.cwd();
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

interface Asked {
  commands: Map<string, () => unknown>;
  errors: string[];
  status: { text: string; tooltip: string }[];
}

/** Returns a VS Code without a window: settings as given, and anything else a class without behaviour. */
function editor(settings: Record<string, unknown>, asked: Asked): unknown {
  const nothing: unknown = new Proxy(class {}, {
    get: (target, name) => (name === "prototype" ? target.prototype : name === Symbol.toPrimitive ? () => "" : nothing),
    apply: () => nothing,
  });
  const disposable = { dispose: () => undefined };
  const item = { text: "", tooltip: "", show: () => asked.status.push({ text: item.text, tooltip: item.tooltip }), ...disposable };
  const own: Record<string, unknown> = {
    StatusBarAlignment: { Right: 2 },
    commands: { registerCommand: (name: string, run: () => unknown) => (asked.commands.set(name, run), disposable) },
    window: {
      createOutputChannel: () => ({ info: () => undefined, error: () => undefined, show: () => undefined, ...disposable }),
      createStatusBarItem: () => item,
      showErrorMessage: async (message: string) => void asked.errors.push(message),
    },
    workspace: {
      workspaceFolders: [],
      onDidChangeConfiguration: () => disposable,
      getConfiguration: () => ({ get: (name: string, otherwise: unknown) => settings[name] ?? otherwise }),
    },
  };
  return new Proxy(own, { get: (target, name) => target[name as string] ?? nothing, has: () => true });
}

function loaded(settings: Record<string, unknown>): { asked: Asked; extension: { activate(context: unknown): Promise<void>; deactivate(): Promise<void> } } {
  const asked: Asked = { commands: new Map(), errors: [], status: [] };
  const require = createRequire(join(ROOT, "index.js"));
  const loader = Module as unknown as { _load: (name: string, ...more: unknown[]) => unknown };
  const original = loader._load;
  loader._load = (name, ...more) => (name === "vscode" ? editor(settings, asked) : original(name, ...more));
  try {
    const path = require.resolve(MANIFEST.main);
    delete require.cache[path];
    return { asked, extension: require(path) };
  } finally {
    loader._load = original;
  }
}

test("each command of the menu does something", async () => {
  const { asked, extension } = loaded({ path: "/none/tiphys" });
  await extension.activate({ subscriptions: [] });
  const offered = MANIFEST.contributes.commands.map((one: { command: string }) => one.command);
  assert.deepEqual([...asked.commands.keys()].toSorted(), offered.toSorted());
  await asked.commands.get("tiphys.restart")!();
  assert.equal(asked.errors.length, 2, "a restart tries again");
  await extension.deactivate();
});

test("a program that is missing is one message with its name, and the status says it", async () => {
  const { asked, extension } = loaded({ path: "/none/tiphys" });
  await extension.activate({ subscriptions: [] });
  assert.deepEqual(asked.errors, ["Tiphys: `tiphys.path` is /none/tiphys, which is not a program"]);
  assert.equal(asked.status.at(-1)!.text, "$(error) Tiphys");
});

test("a server that is off is not started, and the status says which setting it is", async () => {
  const { asked, extension } = loaded({ enable: false, path: "/none/tiphys" });
  await extension.activate({ subscriptions: [] });
  assert.deepEqual(asked.errors, []);
  assert.match(asked.status.at(-1)!.tooltip, /tiphys\.enable/);
});

test("no program starts in a folder that the user does not trust", () => {
  assert.equal(MANIFEST.capabilities.untrustedWorkspaces.supported, false);
  assert.equal(MANIFEST.capabilities.virtualWorkspaces.supported, false);
});

test("each setting that the code reads is one that a user can set", () => {
  const code = readFileSync(join(ROOT, "src/extension.ts"), "utf8");
  const read = [...code.matchAll(/settings\.get<\w+>\("(\w+)"/g)].map((match) => `tiphys.${match[1]}`);
  const known = Object.keys(MANIFEST.contributes.configuration.properties);
  assert.deepEqual([...read, "tiphys.trace.server"].toSorted(), known.toSorted());
});
