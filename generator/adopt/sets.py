"""ApplicationSets of the old tree as the Applications that Argo CD would make of them."""

from __future__ import annotations

import shlex

from generator.adopt.model import Found, Note
from generator.adopt.repositories import Repositories
from generator.adopt.rolling import step_of
from generator.diagnostics import Pointer
from generator.kubernetes.applicationsets.expansion import ApplicationSets
from generator.kubernetes.applicationsets.matching import flat
from generator.kubernetes.applicationsets.model import Parameters, Tree
from generator.kubernetes.objects import KubeObject
from generator.pipeline import at_hand
from generator.syntax.budget import Budget
from generator.system.files import Folder


def expanded(one: Found, repositories: Repositories, budget: Budget) -> tuple[list[Found], list[Note]]:
    """Return the Applications of an ApplicationSet, within the budget of the run, and why others are not known."""
    missing: list[str] = []

    def tree_of(address: str) -> Tree | None:
        root = repositories.root_of(address, ".")
        missing.extend([address] if root is None else [])
        return at_hand.tree(Folder(root)) if root is not None else None

    found = ApplicationSets(budget, tree_of).expansion(one.item)
    notes: list[Note] = []
    for pointer, why in found.unknown:
        hint = "".join(f"; pass --repo {shlex.quote(address)}=DIR" for address in missing if address in why)
        notes.append(_note(one, pointer, "the Applications of a generator", f"{why}{hint}"))
    go = one.item.spec.get("goTemplate") is True
    refused = [problem for problem in found.problems if go or (problem.is_certain and problem.kind != "parameter")]
    notes += [_note(one, problem.pointer, "its Applications", problem.message) for problem in refused]
    made: dict[str, Found] = {}
    for item in found.applications if not any(problem.kind == "parameter" for problem in refused) else ():
        if item.made is not None and item.made.parameters is not None:
            made.setdefault(item.name, _application(one, item.data, item.made.parameters))
    if not made and not notes:
        notes.append(_note(one, ("spec",), "this ApplicationSet", "its generators give no Application over the files at hand"))
    return list(made.values()), notes


def _note(one: Found, pointer: Pointer, what: str, why: str) -> Note:
    return Note(*one.place(pointer), f"ApplicationSet {one.name}: {what}", why)


def _application(one: Found, data: dict[str, object], parameters: Parameters) -> Found:
    maker = f"ApplicationSet {one.name}"
    step = step_of(one, KubeObject(data).labels)
    return Found(
        data, one.path, one.below, one.file, line=one.line, maker=maker, marks=dict(flat(parameters.values)), step=step
    )
