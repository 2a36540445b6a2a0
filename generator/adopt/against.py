"""A workspace against the old tree that it replaces: for CI, while people move over."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from generator.adopt.carried import Deployed
from generator.adopt.comparing import Compared, Generated, compared
from generator.adopt.model import Note
from generator.adopt.repositories import Repositories
from generator.adopt.revisions import Revisions
from generator.adopt.run import by_cell
from generator.adopt.session import Asked, Session
from generator.diagnostics import Severity
from generator.errors import Rejected
from generator.kubernetes.objects import KubeObject
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.syntax.labels import label_parts
from generator.system import upwards
from generator.system.files import Folder, roots
from generator.system.files import writing as disk
from generator.system.files.scratch import scratch


class Against(NamedTuple):
    """What came of a comparison with an old tree."""

    services: tuple[str, ...]
    environments: tuple[str, ...]
    applications: int
    """Applications of the old tree."""
    compared: Compared


def against(root: str, asked: Asked) -> Against:
    """Return how a workspace differs from an old tree.

    Raises Rejected if the workspace has errors. What it generates is compared, not the files below `generated/`.
    """
    built: list[Built] = []
    outcome = run(Request(root, Mode.LINT, on_built=built.append))
    errors = [one for one in outcome.diagnostics if one.severity is Severity.ERROR]
    if errors or outcome.workspace is None:
        raise Rejected(errors)
    with ExitStack() as stack:
        session = Session(asked._replace(kubernetes=_kubernetes(built)), stack)
        old = session.read()
        every = by_cell(built)
        generated, found, notes = _matched(old.deployed, every, old.left_out)
        workspace, in_git = outcome.workspace, bool(upwards.above(root, ".git"))
        top = upwards.above(root, ".git") or root  # Argo CD looks paths up there, wherever tiphys.yaml is
        fresh = stack.enter_context(scratch("generated"))
        for path, one in outcome.wanted.items():
            disk.create(Folder(fresh), posixpath.normpath(posixpath.join(roots.inside(root, top), path)), one.content)
        revisions = Revisions([top], workspace.target_revision) if in_git else old.repositories.revisions
        parts = session.parts(Repositories(workspace.repo_url, [fresh, top], old.repositories.clones, revisions))
        done = compared(session, found, generated, parts, {})
        services = sorted({service for service, _ in every})
        environments = sorted({label_parts(label)[0] for _, label in every})
        notes = [*old.unknown, *old.guessed, *notes, *done.notes]
        return Against(tuple(services), tuple(environments), old.applications, done._replace(notes=tuple(notes)))


def _kubernetes(built: Sequence[Built]) -> str:
    """Return the version of the clusters, if all environments have the same one; else empty."""
    found = {str((one.resolved.environment.spec.get("target") or {}).get("kubernetes") or "") for one in built}
    return found.pop() if len(found) == 1 else ""


def _matched(
    deployed: Sequence[Deployed], generated: Generated, left_out: Sequence[Note]
) -> tuple[Generated, list[Deployed], list[Note]]:
    """Return the generated Applications that the old tree has, its cells with their places in the workspace, and the rest.

    Names of services and environments may be others: Applications are the same by their names, and where two Argo CDs
    have the same names, by the environment, or else by where they deploy to.
    """
    by_name: dict[tuple[str, str], list[tuple[tuple[str, str], dict[str, object]]]] = {}
    for key, data in generated.items():
        by_name.setdefault(_name(data), []).append((key, data))
    same: dict[tuple[str, str], dict[str, object]] = {}
    cells: list[Deployed] = []
    notes: list[Note] = list(left_out)
    for one in deployed:
        found = by_name.get(_name(one.cell.found.data), [])
        fitting = found if len(found) == 1 else [item for item in found if item[0][1] == one.cell.environment]
        fitting = fitting or [
            item for item in found if KubeObject(item[1]).spec.get("destination") == one.cell.found.destination
        ]
        if len(fitting) == 1:
            (service, label), same_name = fitting[0]
            same[(service, label)] = same_name
            environment, _, destination = label.partition("/")
            place = one.cell._replace(service=service, environment=environment, destination=destination)
            cells.append(one._replace(cell=place))
        else:
            why = "the workspace generates no Application of this name"
            if found:
                why = f"the workspace generates {len(found)} Applications of this name; no environment or cluster tells which"
            notes.append(one.cell.found.left_out(("metadata", "name"), why))
    return same, cells, notes


def _name(application: dict[str, object]) -> tuple[str, str]:
    item = KubeObject(dict(application))
    return item.namespace or "argocd", item.name
