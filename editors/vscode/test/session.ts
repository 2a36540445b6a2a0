// A session of an editor with the real server: what the extension starts, spoken to over its pipes.

import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  DidChangeTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  type Diagnostic,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Registration,
  type ServerCapabilities,
} from "vscode-languageserver-protocol/node";
import { findServer } from "../src/server";

const PATIENCE = 120_000;

export class Session {
  capabilities: ServerCapabilities = {};
  registrations: Registration[] = [];
  private readonly versions = new Map<string, number>();
  private readonly told: PublishDiagnosticsParams[] = [];
  private waiting: (() => void)[] = [];

  private constructor(
    readonly process: ChildProcess,
    readonly connection: ProtocolConnection,
  ) {}

  /** Starts the server as the extension does for a folder. */
  static async start(folder: string): Promise<Session> {
    const server = findServer({ path: "", folders: [folder], environment: process.env });
    const child = spawn(server.command, server.args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    const connection = createProtocolConnection(child.stdout!, child.stdin!);
    const session = new Session(child, connection);
    connection.onNotification(PublishDiagnosticsNotification.type, (told) => {
      session.told.push(told);
      session.waiting.splice(0).forEach((wake) => wake());
    });
    connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      session.registrations.push(...registrations);
    });
    connection.listen();
    const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: uri(folder), name: "w" }],
      capabilities: {
        workspace: { workspaceEdit: { documentChanges: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
        textDocument: {
          hover: { contentFormat: ["markdown"] },
          completion: { completionItem: { snippetSupport: true } },
          codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } } },
        },
      },
    });
    session.capabilities = capabilities;
    await connection.sendNotification(InitializedNotification.type, {});
    return session;
  }

  /** Opens a file, and returns its findings. */
  async open(path: string): Promise<Diagnostic[]> {
    this.versions.set(path, 1);
    const document = { uri: uri(path), languageId: "yaml", version: 1, text: readFileSync(path, "utf8") };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: document });
    return this.findings(path, () => true);
  }

  /** Types a text, and returns its findings. */
  async type(path: string, text: string): Promise<Diagnostic[]> {
    const version = this.versions.get(path)! + 1;
    this.versions.set(path, version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: uri(path), version },
      contentChanges: [{ text }],
    });
    return this.findings(path, () => true);
  }

  /** Waits for findings of the file, in the version that it has now, that are as wanted. */
  async findings(path: string, wanted: (found: Diagnostic[]) => boolean): Promise<Diagnostic[]> {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      const at = this.told.findIndex((one) => this.isOf(path, one) && wanted(one.diagnostics));
      if (at >= 0) {
        return this.told.splice(0, at + 1).at(-1)!.diagnostics;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.waiting.push(() => (clearTimeout(timer), resolve()));
      });
    }
    throw new Error(`no such findings of ${path}: ${JSON.stringify(this.told)}`);
  }

  async stop(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await new Promise((resolve) => this.process.once("exit", resolve));
    }
    this.connection.dispose();
    return this.process.exitCode;
  }

  private isOf(path: string, told: PublishDiagnosticsParams): boolean {
    return told.uri === uri(path) && told.version === this.versions.get(path);
  }
}

export function uri(path: string): string {
  return pathToFileURL(path).href;
}
