"""What an editor or a browser sends: sessions of the language server, and texts for the playground."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import cases
from area import Area, differing, snapshot
from calls import SECONDS, Fault, crash, weighed
from cases import Case
from mutations import mutated

_QUESTIONS = ("completion", "hover", "definition", "documentSymbol", "codeAction")
_PLACES = (0, 1, 2, 3, 5, 8, 13, 21, 34, 10**6, 2**31 - 1)


def playground(area: Area, case: Case, chooser: random.Random) -> None:
    """Try out the text of a spec in the way of the page; nothing may be written, and nothing may be raised."""
    from generator.report.serve.playground import Playground

    on_disk = case.tree() if chooser.random() < 0.5 else cases.trees[case.base]
    root = area.lay(case.base, on_disk)
    os.chdir(root)
    before = snapshot(root)
    path = chooser.choice(sorted(case.files))
    one = Playground(root, "token")
    one._paths = frozenset(case.tree())
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        markup = one.attempt(path, case.files[path].decode("utf-8", "surrogateescape"))
    except Exception as error:
        text = traceback.format_exc()
        raise Fault(f"playground: {crash(text)}", text) from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if "<script" in markup.lower() or differing(before, snapshot(root)):
        raise Fault("playground: live markup, or something was written", markup[:3000])
    weighed("playground")


def session(area: Area, case: Case, chooser: random.Random) -> None:
    """Open a file in an editor, ask about places in it, change it, and say goodbye."""
    root = area.lay(case.base, case.tree())
    path = chooser.choice(sorted(case.files))
    text = case.files[path].decode("utf-8", "replace")
    before = snapshot(root)
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    try:
        answers, log = _served(list(_messages(root, path, text, chooser)))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    wrong = [answer["error"] for answer in answers if "error" in answer]
    if wrong or "Traceback" in log:
        raise Fault(f"editor: {crash(log) if 'Traceback' in log else wrong[0].get('message', '')[:80]}", f"{wrong}\n{log}")
    if differing(before, snapshot(root)):
        raise Fault("the language server writes", f"{differing(before, snapshot(root))}")
    weighed("editor")


def _messages(root: str, path: str, text: str, chooser: random.Random) -> Any:
    folder = Path(root)
    uri = (folder / path).as_uri()
    named = {"uri": uri}
    yield "initialize", {"processId": None, "rootUri": None, "workspaceFolders": [{"uri": folder.as_uri(), "name": "w"}],
                         "capabilities": chooser.choice(({}, {"general": {"positionEncodings": ["utf-8"]}}))}  # fmt: skip
    yield "initialized", {}
    yield "textDocument/didOpen", {"textDocument": {**named, "languageId": "yaml", "version": 1, "text": text}}
    for version in (2, 3):
        lines = text.split("\n")
        for _ in range(4):
            line = chooser.choice((chooser.randrange(len(lines)), chooser.choice(_PLACES)))
            length = len(lines[line]) if line < len(lines) else 0
            place = {
                "line": line,
                "character": chooser.choice((length, chooser.randrange(length + 1), chooser.choice(_PLACES))),
            }
            question = chooser.choice(_QUESTIONS)
            more: dict[str, Any] = {"position": place}
            if question == "documentSymbol":
                more = {}
            elif question == "codeAction":
                more = {"range": {"start": {"line": 0, "character": 0}, "end": place}, "context": {"diagnostics": []}}
            yield f"textDocument/{question}", {"textDocument": named, **more}
        text = mutated(chooser, text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
        yield "textDocument/didChange", {"textDocument": {**named, "version": version}, "contentChanges": [{"text": text}]}
    yield "textDocument/hover", {"textDocument": named, "position": {"line": 0, "character": 0}}
    yield "textDocument/didClose", {"textDocument": named}
    yield "shutdown", None
    yield "exit", None


_NOTICES = ("initialized", "exit", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose")


def _served(messages: list[tuple[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Return the answers of a server that is sent messages, each request after the answer to the one before, and its log."""
    import io
    import logging

    from generator.editor.protocol.features import serve

    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.WARNING)
    to_server, from_us = os.pipe()
    to_us, from_server = os.pipe()
    answers: list[dict[str, Any]] = []
    with os.fdopen(to_server, "rb") as stdin, os.fdopen(from_server, "wb") as stdout:  # buffered, as those of a process are
        client = threading.Thread(target=_client, args=(messages, from_us, to_us, answers), daemon=True)
        client.start()
        with suppress(SystemExit):
            serve(stdin, stdout)
    client.join(10)
    return answers, log.getvalue()


def _client(messages: list[tuple[str, Any]], write: int, read: int, answers: list[dict[str, Any]]) -> None:
    with os.fdopen(write, "wb") as out, os.fdopen(read, "rb") as back, suppress(BrokenPipeError):
        for number, (method, params) in enumerate(messages):
            body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
            if method not in _NOTICES:
                body["id"] = number
            raw = json.dumps(body).encode()
            out.write(b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw))
            out.flush()
            while method not in _NOTICES:
                said = _message(back)
                if said is None:
                    return
                if said.get("id") == number and "method" not in said:
                    answers.append(said)
                    break


def _message(back: BinaryIO) -> dict[str, Any] | None:
    length = 0
    while line := back.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return json.loads(back.read(length)) if length else None
