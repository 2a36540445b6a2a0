"""Find files that look like templates of a workspace but are not used."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax import shipped
from generator.syntax.wording import closest, is_slip, shown
from generator.workspace import lookalikes

_PARTS = frozenset(["profile.yaml", "values.yaml", "rollout.yaml"])
"""The files of a chart profile."""


def problems(root: str, files: Collection[str], told: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each unused file whose name or content is that of a template, unless it is in `told`."""
    known = {name for name in shipped.names("templates") if name.endswith(".yaml")}
    profiles = set(shipped.names("templates", "profiles"))
    profiles |= {
        path.split("/")[2] for path in files if path.startswith("templates/profiles/") and path.endswith("/profile.yaml")
    }
    for path in files:
        if path in told:
            continue
        folder, _, rest = path.partition("/")
        parts = rest.split("/")
        of_profile = len(parts) == 3 and parts[0] == "profiles" and parts[2] in _PARTS
        if folder == "templates":
            if not (rest in known or (of_profile and parts[1] in profiles)) and _is_template(parts[-1], known):
                yield _idle(path, parts, known, profiles, of_profile=of_profile)
        elif (rest in known or of_profile) and (folder.lower() == "templates" or is_slip(folder.lower(), "templates")):
            yield _elsewhere(path, f"templates/{rest}")
        elif path.split("/")[-3:-2] == ["profiles"] and path.rpartition("/")[2] in _PARTS:
            yield _elsewhere(path, f"templates/{'/'.join(path.split('/')[-3:])}")
        elif path.rpartition("/")[2] in known and lookalikes.is_template(root, path):
            yield _elsewhere(path, f"templates/{path.rpartition('/')[2]}")


def _is_template(name: str, known: Collection[str]) -> bool:
    """Tell whether a file name looks like a template or a profile's file, and not like a note next to them."""
    if name.startswith("."):
        return lookalikes.is_data(name.rpartition(".")[2])
    stems = {one.partition(".")[0] for one in (*known, *_PARTS)}
    return lookalikes.is_data(name) or name.partition(".")[0].lower() in stems


def _idle(path: str, parts: list[str], known: Collection[str], profiles: Collection[str], *, of_profile: bool) -> Diagnostic:
    name = "/".join(parts)
    message, meant = (
        f"this file is ignored: no template has the name `{name}`",
        closest(parts[-1], _PARTS if parts[0] == "profiles" else known),
    )
    if of_profile:
        message, meant = f"this file is ignored: unknown chart profile `{parts[1]}`", closest(parts[1], profiles)
    hint = f"did you mean `{meant}`?" if meant else "see docs/templates.md for the templates"
    return Diagnostic(shown(path), START, "TP050", Severity.WARNING, message, hint)


def _elsewhere(path: str, home: str) -> Diagnostic:
    message = "this file is ignored: it looks like a template, and templates must be in `templates/`"
    return Diagnostic(shown(path), START, "TP050", Severity.WARNING, message, f"move it to `{home}`")
