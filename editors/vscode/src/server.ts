// Where the language server is: no part of VS Code is needed to find it, so that tests can.

import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { accessSync, constants, statSync } from "node:fs";

/** A program to start, with its arguments, and who named it. */
export interface Server {
  command: string;
  args: string[];
  source: string;
}

/** What decides which program it is: `path` is the setting, `folders` the paths of the workspace. */
export interface Place {
  path: string;
  folders: readonly string[];
  environment: NodeJS.ProcessEnv;
}

/** A server that cannot be started, with what to do about it. */
export class NotFoundError extends Error {}

const VIRTUAL_ENVIRONMENTS = [".venv", "venv"];
export const INSTALL = "install Tiphys with the extra `lsp`, or set `tiphys.path`";

/** Returns the server; throws NotFoundError if there is none. */
export function findServer(place: Place): Server {
  const [command, source] = located(place);
  return { command, args: ["lsp"], source };
}

function located({ path, folders, environment }: Place): [string, string] {
  if (path !== "") {
    const program = expanded(path, folders);
    if (!isProgram(program)) {
      throw new NotFoundError(`\`tiphys.path\` is ${program}, which is not a program`);
    }
    return [program, "the setting tiphys.path"];
  }
  for (const folder of folders) {
    for (const name of VIRTUAL_ENVIRONMENTS) {
      const program = join(folder, name, "bin", "tiphys");
      if (isProgram(program)) {
        return [program, `the virtual environment ${join(folder, name)}`];
      }
    }
  }
  const active = environment["VIRTUAL_ENV"];
  if (active && isProgram(join(active, "bin", "tiphys"))) {
    return [join(active, "bin", "tiphys"), "the active virtual environment"];
  }
  // A relative entry of the PATH would mean a different program in every folder, and one that a repository brings.
  const onPath = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute).map((folder) => join(folder, "tiphys"));
  const program = onPath.find(isProgram);
  if (program === undefined) {
    throw new NotFoundError(`\`tiphys\` is not on the PATH: ${INSTALL}`);
  }
  return [program, "the PATH"];
}

function expanded(path: string, folders: readonly string[]): string {
  if (path === "~" || path.startsWith("~/")) {
    return join(homedir(), path.slice(1));
  }
  return isAbsolute(path) ? path : join(folders[0] ?? homedir(), path);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
