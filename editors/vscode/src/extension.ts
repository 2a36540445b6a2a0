// The extension: starts `tiphys lsp` for the folders of the workspace, and shows how it is.

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  State,
  type CloseHandlerResult,
  type ErrorHandler,
} from "vscode-languageclient/node";
import { MINUTES, MOST, Restarts } from "./restarts";
import { findServer, NotFoundError } from "./server";

let running: Tiphys | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  running = new Tiphys();
  context.subscriptions.push(
    running,
    vscode.commands.registerCommand("tiphys.restart", () => running?.restart()),
    vscode.commands.registerCommand("tiphys.showOutput", () => running?.output.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("tiphys.path") || change.affectsConfiguration("tiphys.enable")) {
        void running?.restart();
      }
    }),
  );
  await running.start();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** One server for all folders of the workspace: it finds the `tiphys.yaml` of each file by itself. */
class Tiphys implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel("Tiphys", { log: true });
  private readonly status = vscode.window.createStatusBarItem("tiphys.status", vscode.StatusBarAlignment.Right);
  private client: LanguageClient | undefined;
  private moving: Promise<void> = Promise.resolve();

  constructor() {
    this.status.name = "Tiphys";
    this.status.command = "tiphys.showOutput";
  }

  start(): Promise<void> {
    return this.then(() => this.started());
  }

  stop(): Promise<void> {
    return this.then(() => this.stopped());
  }

  restart(): Promise<void> {
    return this.then(async () => {
      await this.stopped();
      await this.started();
    });
  }

  dispose(): void {
    this.status.dispose();
    this.output.dispose();
  }

  /** Runs one change after the other: two restarts at once would leave a server behind. */
  private then(change: () => Promise<void>): Promise<void> {
    this.moving = this.moving.then(change, change);
    return this.moving;
  }

  private async started(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("tiphys");
    if (!settings.get<boolean>("enable", true)) {
      this.show("$(circle-slash) Tiphys", "The language server is off: see the setting tiphys.enable.");
      return;
    }
    try {
      const server = findServer({
        path: settings.get<string>("path", ""),
        folders: (vscode.workspace.workspaceFolders ?? []).filter((one) => one.uri.scheme === "file").map((one) => one.uri.fsPath),
        environment: process.env,
      });
      this.output.info(`${server.command} ${server.args.join(" ")}, from ${server.source}`);
      const client = new LanguageClient("tiphys", "Tiphys", { command: server.command, args: server.args }, this.options());
      this.client = client;
      client.onDidChangeState(({ newState }) => this.showState(newState, server.command));
      await client.start();
    } catch (error) {
      this.failed(error);
    }
  }

  private async stopped(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop();
    }
    await client?.dispose();
  }

  private options(): LanguageClientOptions {
    return {
      // By pattern, as other extensions give the YAML of Helm charts a language of its own.
      documentSelector: [{ scheme: "file", pattern: "**/*.{yaml,yml}" }],
      outputChannel: this.output,
      errorHandler: this.errorHandler(),
      initializationFailedHandler: () => false, // the error is shown once, with what to do
    };
  }

  private errorHandler(): ErrorHandler {
    const restarts = new Restarts();
    return {
      error: () => ({ action: ErrorAction.Continue }),
      closed: (): CloseHandlerResult => {
        if (restarts.again()) {
          return { action: CloseAction.Restart };
        }
        const message = `The language server of Tiphys ended ${MOST + 1} times in ${MINUTES} minutes; it is not started again.`;
        void this.offerOutput(message);
        return { action: CloseAction.DoNotRestart, message, handled: true };
      },
    };
  }

  private failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.output.error(message);
    this.show("$(error) Tiphys", message);
    const more = error instanceof NotFoundError ? "" : ". The output says why; the server needs Tiphys with the extra `lsp`.";
    void this.offerOutput(`Tiphys: ${message}${more}`);
  }

  private async offerOutput(message: string): Promise<void> {
    const answer = await vscode.window.showErrorMessage(message, "Show Output", "Restart");
    if (answer === "Show Output") {
      this.output.show();
    } else if (answer === "Restart") {
      await this.restart();
    }
  }

  private showState(state: State, command: string): void {
    const [text, tooltip] =
      state === State.Running
        ? ["Tiphys", `Running: ${command} lsp`]
        : state === State.Starting
          ? ["$(sync~spin) Tiphys", "The language server is starting."]
          : ["$(error) Tiphys", "The language server is not running."];
    this.show(text, tooltip);
  }

  private show(text: string, tooltip: string): void {
    this.status.text = text;
    this.status.tooltip = tooltip;
    this.status.show();
  }
}
