// Which program the extension starts, and how often.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { MINUTES, MOST, Restarts } from "../src/restarts";
import { findServer, NotFoundError } from "../src/server";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "tiphys-find-"))));
afterEach(() => rmSync(home, { recursive: true }));

function program(path: string, mode = 0o755): string {
  const full = join(home, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, "#!/bin/sh\n");
  chmodSync(full, mode);
  return full;
}

function found(place: { path?: string; folders?: string[]; VIRTUAL_ENV?: string; PATH?: string }): string {
  const { path = "", folders = [], ...environment } = place;
  return findServer({ path, folders, environment }).command;
}

test("the setting wins, then the folder's virtual environment, the active one, and the PATH", () => {
  const [set, own, active, onPath] = [program("set/tiphys"), program("w/.venv/bin/tiphys"), program("v/bin/tiphys"), program("bin/tiphys")];
  const place = { folders: [join(home, "w")], VIRTUAL_ENV: join(home, "v"), PATH: `${home}/none:${home}/bin` };
  assert.equal(found({ ...place, path: set }), set);
  assert.equal(found({ ...place, path: ".venv/bin/tiphys" }), own);
  assert.equal(found(place), own);
  assert.equal(found({ ...place, folders: [home] }), active);
  assert.equal(found({ PATH: place.PATH }), onPath);
  assert.deepEqual(findServer({ path: set, folders: [], environment: {} }).args, ["lsp"]);
});

test("the second folder of a workspace may be the one with the virtual environment", () => {
  const own = program("b/venv/bin/tiphys");
  assert.equal(found({ folders: [join(home, "a"), join(home, "b")], PATH: "" }), own);
});

test("a directory, a file that is not executable, and a relative entry of the PATH are no program", () => {
  mkdirSync(join(home, "w/.venv/bin/tiphys"), { recursive: true });
  program("bin/tiphys", 0o644);
  for (const PATH of [`${home}/bin`, "", "bin", ".", ":"]) {
    assert.throws(() => found({ folders: [join(home, "w")], PATH }), NotFoundError, PATH);
  }
});

test("a program that is not there is an error that says what to do, and nothing else is started instead", () => {
  program("bin/tiphys");
  assert.throws(() => found({ path: "/none/tiphys", PATH: `${home}/bin` }), {
    message: "`tiphys.path` is /none/tiphys, which is not a program",
  });
  assert.throws(() => found({ path: "~/no such tiphys", PATH: "" }), { message: new RegExp(homedir()) });
  assert.throws(() => found({}), { message: /is not on the PATH: install Tiphys with the extra `lsp`, or set `tiphys.path`/ });
});

test("a server that keeps ending is left alone, and one that ends now and then is not", () => {
  let now = 0;
  const restarts = new Restarts(() => now);
  assert.deepEqual(Array.from({ length: MOST + 1 }, () => restarts.again()), [...Array<boolean>(MOST).fill(true), false]);
  now = MINUTES * 60_000;
  assert.equal(restarts.again(), true);
});
