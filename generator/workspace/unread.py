"""Find files that look like inputs but are not read: wrong name, wrong folder, wrong extension."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax.globs import Glob, folder_of
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import closest, shown
from generator.system.files import Folder
from generator.workspace import idle_templates, inventory, lookalikes
from generator.workspace.model import Workspace
from generator.workspace.naming import RULES

_YAML = (".yaml", ".yml")


class Homes(NamedTuple):
    """Where the files of a workspace are read from."""

    workspace: Workspace
    specs: frozenset[str]

    def take(self, path: str) -> bool:
        """Tell whether a file is read because of its path, whatever it contains."""
        if path in self.specs or path == inventory.WORKSPACE_FILE:
            return True
        folder, _, name = path.rpartition("/")
        if folder in (self.workspace.environments, "strategies", "projects", RULES):
            return name.endswith(_YAML) and not name.startswith(".")
        return name == "profile.yaml" and posixpath.dirname(folder) == "templates/profiles"

    def of(self, kind: str, path: str) -> str:
        """Return the path at which a file of a kind would be read; empty for a spec, which has many."""
        stem = posixpath.basename(path).partition(".")[0] or "NAME"
        return {
            "Environment": f"{self.workspace.environments}/{stem}.yaml",
            "Strategy": f"strategies/{stem}.yaml",
            "AppProject": f"projects/{stem}.yaml",
            "Rule": f"{RULES}/{stem}.yaml",
            "ChartProfile": f"templates/profiles/{posixpath.basename(posixpath.dirname(path)) or stem}/profile.yaml",
            "Workspace": inventory.WORKSPACE_FILE,
        }.get(kind, "")


def problems(root: str, workspace: Workspace, specs: Collection[str]) -> list[Diagnostic]:
    """Return a diagnostic for each file that looks like an input but is not read, and for inputs with equal names on some systems."""
    stock = inventory.take(root, workspace.output)
    homes = Homes(workspace, frozenset(specs))
    found = list(_idle_patterns(workspace, specs))
    near = [Glob(glob.casefold()) for glob in workspace.specs]
    for path in stock.files:
        if not homes.take(path):
            found += _of_file(root, path, homes, near)
    found += idle_templates.problems(root, stock.files, {item.path for item in found})
    found += _twins(stock, homes)
    for folder in stock.closed:
        message = "this folder cannot be read, so its files were not checked"
        found.append(Diagnostic(folder or ".", START, "TP050", Severity.WARNING, message, "check its permissions"))
    if stock.cut:
        message = f"this workspace has more than {inventory.MOST:,} files; only those were searched for ignored files"
        found.append(Diagnostic(inventory.WORKSPACE_FILE, START, "TP050", Severity.WARNING, message))
    return found


def _of_file(root: str, path: str, homes: Homes, near: Collection[Glob]) -> Iterator[Diagnostic]:
    kind = lookalikes.kind_in(root, path)
    if kind == "AppProject":
        home = homes.of(kind, path)
        message, hint = (
            f"this AppProject is ignored: AppProjects must be directly in `{posixpath.dirname(home)}/`",
            _move(root, home),
        )
        yield Diagnostic(shown(path), START, "TP050", Severity.WARNING, message, hint)
    elif kind in _NAMES:
        home = homes.of(kind, path)
        where = f"in `{home}`" if kind == "Workspace" else f"directly in `{posixpath.dirname(home)}/`"
        message = f"this file is ignored: {_NAMES[kind]} {where}"
        yield Diagnostic(shown(path), START, "TP043", Severity.ERROR, message, _move(root, home))
    elif kind:
        what = "a Pipeline" if kind == "Pipeline" else f"`kind: {kind}`"
        message = f"this file is ignored: it is {what}, but no pattern of `spec.specs` in tiphys.yaml matches it"
        yield Diagnostic(shown(path), START, "TP043", Severity.ERROR, message, _spec_hint(root, path, homes.workspace))
    elif any(pattern.match(re.sub(r"\.yml$", ".yaml", path.casefold())) for pattern in near):
        message = "this file is ignored: its name resembles a spec, but no pattern of `spec.specs` in tiphys.yaml matches it"
        yield Diagnostic(shown(path), START, "TP050", Severity.WARNING, message, _spec_hint(root, path, homes.workspace))


_NAMES = {
    "Environment": "environments must be",
    "Strategy": "presets must be",
    "ChartProfile": "a chart profile must be",
    "Rule": "rules must be",
    "Workspace": "the workspace settings must be",
}


def _move(root: str, home: str) -> str:
    taken = Folder(root).exists(home)
    return f"`{home}` exists as well: delete one of them" if taken else f"move it to `{home}`"


def _spec_hint(root: str, path: str, workspace: Workspace) -> str:
    """Return the hint for a spec that no pattern matches: a name that would match, or else a new pattern."""
    folder, _, _ = path.rpartition("/")
    for glob in workspace.specs:
        stem = path.partition(".")[0]
        nearest = [stem, folder] if folder == folder_of(glob) else [folder, _corrected(folder, glob), _corrected(stem, glob)]
        for below in nearest:
            wanted = posixpath.join(below, posixpath.basename(glob))
            if "*" in wanted or "?" in wanted or not Glob(glob).match(wanted):
                continue
            if not Folder(root).exists(wanted):
                return f"rename it to `{wanted}`, or add a pattern for it to `spec.specs`"
            return f"`{wanted}` exists as well: delete this file, or move it to its own folder"
    return "add a pattern for it to `spec.specs` in tiphys.yaml, or delete the file"


def _corrected(folder: str, glob: str) -> str:
    """Return a folder with its first part spelt as in the pattern, if the two are similar."""
    first, slash, rest = folder.partition("/")
    wanted = folder_of(glob).partition("/")[0]
    return f"{wanted}{slash}{rest}" if wanted and closest(first, [wanted]) else folder


def _idle_patterns(workspace: Workspace, specs: Collection[str]) -> Iterator[Diagnostic]:
    named, _ = lookup(workspace.source.data, ("spec", "specs"))
    for index, glob in enumerate(workspace.specs if named and specs else ()):
        pattern = Glob(glob)
        if not any(pattern.match(path) for path in specs):
            at = ("spec", "specs", index)
            message, hint = f"the pattern `{glob}` matches no file", "fix or remove it"
            source = workspace.source
            yield Diagnostic(source.path, source.span_of(at), "TP047", Severity.WARNING, message, hint, at)


def _twins(stock: inventory.Inventory, homes: Homes) -> Iterator[Diagnostic]:
    inputs = {homes.workspace.environments, "strategies", "projects", RULES, "templates", "charts"}
    for one, other in stock.twins:
        below = (f"{one}/", f"{other}/")
        if any(f"{path}/".startswith(tuple(f"{folder}/" for folder in inputs)) for path in (one, other)) or any(
            path in (one, other) or path.startswith(below) for path in (*homes.specs, *inputs)
        ):
            message = f"`{shown(one)}` and `{shown(other)}` are the same file on macOS and Windows"
            yield Diagnostic(shown(other), START, "TP049", Severity.ERROR, message, "rename one of the two")
