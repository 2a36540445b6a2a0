"""Files of a repository that Tiphys shares with others: the lines that `tiphys init` wants in those that exist.

Everything is text in and text out; `init` leaves such files as they are, and prints what to add.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from shlex import quote

from generator.diagnostics import Pointer
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source, try_parse

PRE_COMMIT = ".pre-commit-config.yaml"
ATTRIBUTES = ".gitattributes"
WORKFLOW = ".github/workflows/tiphys.yaml"
VSCODE = ".vscode/settings.json"
SHARED = (ATTRIBUTES, PRE_COMMIT, WORKFLOW, VSCODE)
"""What `init` writes to a file that does not exist."""
OF_THE_REPOSITORY = (PRE_COMMIT, WORKFLOW, VSCODE)
"""Those that are read at the root of the repository alone, wherever in it the workspace is."""
IGNORING = (".yamllint", ".yamllint.yaml", ".yamllint.yml", ".prettierignore")
"""Settings of tools that would report or rewrite generated files."""


class Addition(NamedTuple):
    """Lines to be added to a file by hand."""

    path: str
    where: str
    """Where they belong, as the end of a sentence: `at the end of the list "repos"`."""
    text: str
    """The lines as they must be in the file, with a line break at the end."""


def adapted(path: str, content: bytes, below: str) -> bytes:
    """Return a file for the root of the repository, where the workspace is in the folder `below` it."""
    if not below:
        return content
    text = content.decode("utf-8")
    if path == VSCODE:
        settings = json.loads(text)
        schemas = {f"{below}/{schema}": f"{below}/{files}" for schema, files in settings["yaml.schemas"].items()}
        readonly = {f"{below}/{files}": on for files, on in settings["files.readonlyInclude"].items()}
        moved = {**settings, "yaml.schemas": schemas, "files.readonlyInclude": readonly}
        return f"{json.dumps(moved, indent=2, ensure_ascii=False)}\n".encode()
    for command in ("generate", "lint", "check"):
        text = text.replace(f": tiphys {command}", f": tiphys -C {quote(below)} {command}")
    return text.replace("(^|/)pipeline", f"^{re.escape(below)}/(.*/)?pipeline").encode("utf-8")


def additions(path: str, found: str, wanted: str, generated: str) -> list[Addition]:
    """Return what an existing file lacks; nothing if it lacks nothing.

    `wanted` is the file as `init` would write it, `generated` the folder of generated files from the file's own
    folder.
    """
    if path == VSCODE:
        return list(_settings(path, found, wanted))
    one = _ignoring(path, found, generated) if path in IGNORING else _LACKS[path](path, found, wanted)
    return [one] if one else []


def _attributes(path: str, found: str, wanted: str) -> Addition | None:
    has = {line.strip() for line in found.splitlines()}
    lines = [line for line in wanted.splitlines() if line.strip() not in has]
    if all(line.startswith("#") for line in lines):
        return None
    return Addition(path, "at the end", _ended(lines))


def _hooks(path: str, found: str, wanted: str) -> Addition | None:
    if "tiphys-generate" in found:
        return None
    block = wanted[wanted.index("repos:\n") + len("repos:\n") :]
    source = _parsed(path, found)
    repos = source.data.get("repos") if source else None
    if source is None or not isinstance(repos, list):
        return Addition(path, "at the end", f"repos:\n{block}")
    if not repos:
        return Addition(path, f"in place of line {source.span_of_key(('repos',)).line}", f"repos:\n{block}")
    return Addition(path, "at the end of the list `repos`", _indented(block, _column_of_dash(source, ("repos", 0))))


def _column_of_dash(source: Source, first: Pointer) -> int:
    """Return how far the items of a list are indented."""
    line = source.text.splitlines()[source.span_of(first).line - 1]
    return len(line) - len(line.lstrip(" "))


def _job(path: str, found: str, wanted: str) -> Addition | None:
    if re.search(r"tiphys (?:-C \S+ )?check", found):
        return None
    block = wanted[wanted.index("jobs:\n") + len("jobs:\n") :]
    source = _parsed(path, found)
    jobs = source.data.get("jobs") if source else None
    if source is None or not isinstance(jobs, dict) or not jobs:
        return Addition(path, "at the end", f"jobs:\n{block}")
    column = source.span_of_key(("jobs", next(iter(jobs)))).column - 1
    return Addition(path, "at the end of `jobs`", _indented(block, column))


def _settings(path: str, found: str, wanted: str) -> Iterator[Addition]:
    """Yield the settings whose names do not occur in a file, which may have comments and thus be no JSON."""
    for key, value in json.loads(wanted).items():
        missing = {name: one for name, one in value.items() if f'"{name}"' not in found}
        if f'"{key}"' not in found:
            yield Addition(path, "after the first brace", json.dumps({key: value}, indent=2)[2:-2] + ",\n")
        elif missing:
            entries = json.dumps({key: missing}, indent=2).splitlines()[2:-2]
            yield Addition(path, f"at the start of `{key}`", _ended(entries)[:-1] + ",\n")


def _ignoring(path: str, found: str, generated: str) -> Addition | None:
    folder = f"{generated}/"
    if path == ".prettierignore":
        return None if folder in found.split() else Addition(path, "at the end", f"{folder}\n")
    source = _parsed(path, found)
    ignored = lookup(source.data, ("ignore",))[1] if source else None
    if source is None or ignored is None:
        return Addition(path, "at the end", f"ignore: |\n  {folder}\n")
    if folder in (ignored if isinstance(ignored, list) else str(ignored).split()):
        return None
    item = f"  - {folder}\n" if isinstance(ignored, list) else f"  {folder}\n"
    return Addition(path, "at the end of `ignore`", item)


_LACKS: Mapping[str, Callable[[str, str, str], Addition | None]] = {
    ATTRIBUTES: _attributes,
    PRE_COMMIT: _hooks,
    WORKFLOW: _job,
}


def _parsed(path: str, text: str) -> Source | None:
    source, _ = try_parse(path, text.encode("utf-8"))
    return source if source is not None and isinstance(source.data, dict) else None


def _indented(block: str, wanted: int) -> str:
    """Return lines that begin at another column."""
    lines = block.splitlines()
    now = len(lines[0]) - len(lines[0].lstrip(" "))
    return _ended([" " * wanted + line[now:] if line.strip() else line for line in lines])


def _ended(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def comment(path: str) -> str:
    """Return how a comment begins in a file."""
    return "//" if posixpath.splitext(path)[1] == ".json" else "#"
