"""What came of an import, as text and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from generator.adopt.grouping import ordered, table
from generator.diagnostics import Severity
from generator.diff.shown import shown, shown_pair
from generator.report.import_switch import kept_of, switch_of
from generator.report.table import printable
from generator.report.table import table as drawn
from generator.syntax.secrets.looks import without_looks
from generator.syntax.secrets.masking import revealed
from generator.syntax.wording import counted, listed

if TYPE_CHECKING:
    from generator.adopt.against import Against
    from generator.adopt.comparing import Compared
    from generator.adopt.forms import Form
    from generator.adopt.grouping import Cell
    from generator.adopt.model import Difference, Found, Note
    from generator.adopt.run import Imported

_MOST = 50
"""Differences that the text shows; JSON has all."""
_MOST_MISFITS = 10
"""Applications that the text names for each profile that does not fit them."""
_NAME = ("metadata", "name")


def as_json(found: Imported) -> str:
    """Return the result for programs."""
    environments = [name for name in ordered({*found.layers.environments}) if name not in found.layers.abstract]
    names = sorted(found.layers.services), environments
    return _json(found.old.applications, *names, found.compared, found.not_carried, found.old.undeployed)


def comparison_as_json(found: Against) -> str:
    """Return a comparison with an old tree, in the form of an import."""
    names = list(found.services), list(found.environments)
    return _json(found.applications, *names, found.compared, found.compared.notes)


def comparison(found: Against) -> str:
    """Return a comparison with an old tree for people."""
    parts = [_differences(found.compared), _intended(found.compared), _random(found.compared)]
    parts.append(_notes("not carried over, or not compared", found.compared.notes))
    return _inert(parts)


def _plain(text: str) -> str:
    """Return a text of others for one line: without passwords in addresses, line breaks and escapes."""
    return printable(re.sub(r"\s*[\r\n]\s*", " ", without_looks(text)))


def _inert(parts: Iterable[str]) -> str:
    """Return parts as one text that moves no cursor, whatever was in the old tree."""
    return "\n".join("".join(f"{printable(line)}\n" for line in part.rstrip("\n").split("\n")) for part in parts if part)


def _json(
    applications: int,
    services: list[str],
    environments: list[str],
    found: Compared,
    notes: Sequence[Note],
    undeployed: Sequence[Found] = (),
) -> str:
    data = {
        "version": 1,
        "applications": applications,
        "services": services,
        "environments": environments,
        "objects": found.objects,
        "differences": [_difference(one) for one in found.differences],
        "notCarried": [{**note._asdict(), "what": _plain(note.what), "why": _plain(note.why)} for note in notes],
        "notDeployed": [{**one.place(_NAME)._asdict(), "what": _plain(one.as_maker)} for one in undeployed],
    }
    return json.dumps(data, indent=2, default=str) + "\n"


def _difference(one: Difference) -> dict[str, Any]:
    environment, _, destination = one.environment.partition("/")
    place = {"environment": environment, **({"destination": destination} if destination else {})}
    values = {"before": revealed(one.before), "after": revealed(one.after)}
    return {"service": one.service, **place, "object": one.object, "path": one.path, **values}


def as_text(found: Imported, into: str, accepted: str) -> str:
    """Return the result for people; `into` is the directory that was written, empty if none was."""
    parts = [
        _table(found),
        _forms(found.forms),
        _profiles(found),
        _differences(found.compared),
        _intended(found.compared),
        _random(found.compared),
        *_not_carried(found),
        _undeployed(found.old.undeployed),
        _notes("secrets in the old values, which the specs contain as well", found.secrets),
        _lint(found),
    ]
    if found.layers.services and (not found.compared.differences or accepted):
        parts.append(_switch(found, into))
    return _inert(parts)


def _table(found: Imported) -> str:
    environments = ordered({cell.label for cell in found.cells})
    kept = kept_of(found)
    rows = [[service, *(_in_table(of.get(name), kept) for name in environments)] for service, of in table(found.cells)]
    return drawn(["SERVICE", *(name.upper() for name in environments)], rows) if rows else ""


def _in_table(cell: Cell | None, kept: set[tuple[str, str]]) -> str:
    if cell is None:
        return "-"
    return cell.found.name if (cell.service, cell.environment) in kept else f"{cell.found.name} (left out)"


def _forms(found: Sequence[Form]) -> str:
    lines = []
    for (environment, members, destinations), why in found:
        kept = f"{listed(members)} are environments of their own: {why}"
        lines.append(f"{kept}\n" if why else f"{environment}: its destinations are {listed(destinations)}\n")
    return "".join(lines)


def _profiles(found: Imported) -> str:
    lines = []
    for name, choice in sorted(found.choices.items()):
        lines.append(f"chart {name}: {choice.why}\n")
        lines += [_of_note(note._replace(why=f"values only: {note.why}")) for note in choice.misfits[:_MOST_MISFITS]]
        more = len(choice.misfits) - _MOST_MISFITS
        lines += [f"  … and {more:,} more with values only\n"] if more > 0 else []
    return "".join(lines)


def _differences(found: Compared) -> str:
    lines = [f"  {_line(one)}" for one in found.differences[:_MOST]]
    if len(found.differences) > _MOST:
        lines.append(f"  … and {len(found.differences) - _MOST:,} more; --format json has all")
    what = (
        f"{counted(found.objects, 'object')} compared: {counted(len(found.differences), 'difference')}\n"
        if found.objects
        else ""
    )
    return what + "".join(f"{line}\n" for line in lines)


def _line(one: Difference) -> str:
    of = _plain(one.object)
    where = f"{one.service} in {one.environment}: {of}" if one.service else f"{one.environment}: {of}"
    if not one.path:
        return f"{where} {'is new' if one.before is None else 'is missing'}"
    old, new = revealed(one.before), revealed(one.after)
    if old is None or new is None:
        return f"{where}: {one.path}: {'added ' + shown(new) if old is None else 'removed ' + shown(old)}"
    return f"{where}: {one.path}: {' → '.join(shown_pair(old, new))}"


def _intended(found: Compared) -> str:
    if not found.intended:
        return ""
    kinds = Counter(one.path.split("[")[0] for one in found.intended)
    said = ", ".join(f"{path} ({number})" for path, number in sorted(kinds.items()))
    return f"intended changes of the Applications themselves: {said}\n"


def _random(found: Compared) -> str:
    lines = [f"  {one.service} in {one.environment}: {_plain(one.object)}: {_plain(one.path)}\n" for one in found.random]
    return "the chart makes these up at every rendering, so they were not compared:\n" + "".join(lines) if lines else ""


def _of_note(note: Note) -> str:
    return f"  {_plain(note.path)}:{note.line}: {_plain(note.what)}: {_plain(note.why)}\n"


def _notes(heading: str, notes: Sequence[Note]) -> str:
    return f"{heading}:\n" + "".join(map(_of_note, notes)) if notes else ""


def _not_carried(found: Imported) -> Iterator[str]:
    """Yield what is not carried over, with what is worst first: what may be Applications, Applications, and parts of them."""
    told = {*found.old.unknown, *found.left_out, *found.old.guessed}
    yield _notes("not read, so Applications in it are not carried over", found.old.unknown)
    yield _notes("Applications that are left out", found.left_out)
    yield _notes("not proven", found.old.guessed)
    yield _notes("not carried over", [note for note in found.not_carried if note not in told])


def _undeployed(found: Sequence[Found]) -> str:
    lines = []
    for one in found:
        path, line = one.place(_NAME)
        lines.append(f"  {_plain(path)}:{line}: {_plain(one.as_maker)}\n")
    why = "carried over, but no root Application deploys them; the new root creates those that are not in the cluster:\n"
    return why + "".join(lines) if lines else ""


def _lint(found: Imported) -> str:
    lines = [
        f"  {_plain(one.path)}:{one.span.line}: {one.severity.value}[{one.rule}]: {_plain(one.message)}\n"
        for one in found.diagnostics
    ]
    errors = sum(one.severity is Severity.ERROR for one in found.diagnostics)
    what = "findings in the workspace; `tiphys generate` refuses to write until errors are fixed:\n"
    return (what if errors else "findings in the workspace:\n") + "".join(lines[:_MOST]) if lines else ""


def _switch(found: Imported, into: str) -> str:
    lines = [] if into else ["nothing was written; add --into DIR to write the workspace\n"]
    instances = any("instance" in spec.get("argocd", {}) for spec in found.layers.environments.values())
    where = " (each environment has an Argo CD of its own: run the commands in its cluster)" if instances else ""
    lines.append(f"to switch{where}:\n")
    for number, step in enumerate(switch_of(found), 1):
        lines.append(f"{number}. {step.why}\n")
        lines += [f"     {command}\n" for command in step.commands]
    return "".join(lines)


def record(text: str, accepted: str) -> str:
    """Return what an import said as a page for the workspace."""
    reason = f"\nDifferences were accepted: {accepted}\n" if accepted else ""
    body = "".join(f"    {line}\n" if line else "\n" for line in text.rstrip("\n").split("\n"))
    return f"# Import\n\nThis workspace was written by `tiphys import`. Remove this page once the switch is done.\n{reason}\n{body}"
