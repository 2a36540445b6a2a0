"""Survey a workspace for the report: its generated files, its findings, and its history in Git."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import cast

from generator.diagnostics import Diagnostic
from generator.errors import ConfigError
from generator.history.ledger.everywhere import of_story
from generator.history.ledger.matrix import Matrix, matrix, promotion_order
from generator.history.ledger.overrides import Recorded
from generator.history.ledger.records import NOT_HERE
from generator.history.ledger.shapes import Shapes
from generator.history.ledger.story import Story
from generator.history.ledger.versions import part_of_spec, service_of
from generator.history.metrics import metrics
from generator.pipeline.between import duplicates
from generator.pipeline.memory.memory import Memory
from generator.pipeline.run import Mode, Outcome, Progress, Request, run
from generator.report.drift import reported
from generator.report.site.places import Place, WindowsNow
from generator.report.site.survey import Invalid, Survey
from generator.report.site.trace import Trace, trace
from generator.report.site.view import ServiceView, Viewer
from generator.report.texts import texts
from generator.syntax import calendar
from generator.system import clock, parallel
from generator.system.git import read as git
from generator.workspace.forges import forges_of
from generator.workspace.load import Loader
from generator.workspace.model import Environment, Workspace
from generator.workspace.parsed import Parsed

Remembering = Callable[[], AbstractContextManager[Memory | None]]
PERIOD = 90
"""The days before the last commit that are measured."""


def survey(
    root: str,
    loader: Loader,
    workspace: Workspace,
    progress: Progress,
    parsed: Parsed | None = None,
    memory: Remembering = nullcontext,
) -> Survey:
    """Return the survey of a whole workspace, even with errors in it; `memory` provides what is remembered of the last one."""
    environments = loader.environments(workspace)
    order = promotion_order(environments)
    history = parallel.aside(
        lambda: _story(root, workspace)
    )  # it waits for git and needs no other result, so it runs in parallel
    request = Request(root, Mode.REPORT, progress=progress, look=Viewer(workspace, order), parsed=parsed)
    with memory() as remembered:
        outcome = run(request._replace(memory=remembered))
        if remembered:
            remembered.keep(None)
    views = sorted(cast("tuple[ServiceView, ...]", outcome.seen), key=lambda view: (view.name, view.path))
    services, text_of = tuple({view.name: view for view in reversed(views)}.values())[::-1], texts(root)
    declared, note, told = _declared(history(), environments, views)
    return Survey(
        _title(workspace),
        tuple(_place(environments[name]) for name in order),
        services,
        tuple(reported(outcome, "tiphys")),  # not how it was called just now, so that the report has the same bytes everywhere
        tuple(outcome.changes),
        outcome.compared,
        declared,
        note,
        text_of,
        windows=_windows(environments, views, clock.now()),
        trace=told,
        invalid=tuple(_invalid(loader.spec_paths(workspace), services, text_of)),
    )


def _invalid(paths: Iterable[str], services: Iterable[ServiceView], text_of: Callable[[str], str]) -> Iterator[Invalid]:
    """Yield the specs of which no service came."""
    known = {service.path for service in services}
    for path in paths:
        if path not in known:
            text = text_of(path)
            yield Invalid(service_of(text.encode("utf-8", "replace")), path, text)


def attempt(root: str, path: str, text: str, parsed: Parsed | None = None) -> Survey:
    """Return the survey of one service with a changed text of its spec; raises Rejected or TiphysError."""
    overlay = {path: text.encode("utf-8", "surrogatepass")}
    loader = Loader(root, overlay, parsed=parsed)
    workspace = loader.workspace()
    environments = loader.environments(workspace)
    order = promotion_order(environments)
    name = service_of(overlay[path])
    viewer = Viewer(workspace, order, "attempt_body.html")
    request = Request(root, Mode.LINT, (name,) if name else (), overlay=overlay, look=viewer, parsed=parsed)
    outcome = run(request)
    views = tuple(view for view in cast("tuple[ServiceView, ...]", outcome.seen) if view.path == path)
    findings = (*(item for item in outcome.diagnostics if item.path == path), *_twin(outcome, path, name, loader))
    places = tuple(_place(environments[name]) for name in order)
    return Survey(_title(workspace), places, views, findings, (), False, None, "", lambda _path: text)


def _twin(outcome: Outcome, path: str, name: str, loader: Loader) -> Iterator[Diagnostic]:
    """Yield that another spec describes the same service: a run says so at the second one, which may be that other one."""
    others = [item.path for item in outcome.diagnostics if item.rule == "TP036" and item.service == name]
    if others and path not in others:
        yield from duplicates([(name, others[0]), (name, path)], loader.place_in)


def _windows(environments: dict[str, Environment], views: Iterable[ServiceView], now: int) -> WindowsNow | None:
    """Return what the release windows say now; None, and nothing imported, without any."""
    deployed: dict[str, list[str]] = {name: [] for name, one in environments.items() if one.spec.get("windows")}
    for view in views:
        for name in deployed.keys() & set(view.named):
            deployed[name].append(view.name)
    if not deployed:
        return None
    from generator.history.windows import states
    from generator.report.windows import said

    return WindowsNow(calendar.shown(now, "UTC"), tuple(map(said, states(environments, deployed, now))))


def _place(environment: Environment) -> Place:
    return Place(environment.name, environment.promoted_from, environment.source.path, environment.spec)


def _story(root: str, workspace: Workspace) -> Story | str:
    """Return the history from Git, or the reason why it is not available."""
    try:
        return Story(root, workspace)
    except ConfigError as error:
        return f"History is not available: {error.message.replace(root, 'the workspace')}"


def _declared(
    story: Story | str, environments: dict[str, Environment], views: Iterable[ServiceView]
) -> tuple[Matrix | None, str, Trace]:
    """Return the releases from Git, why some are missing, and what else Git says."""
    if isinstance(story, str):
        return None, story, Trace()
    recorded = Recorded(story.root, story.workspace.output)
    shapes = Shapes(part_of_spec, {view.text: view.released for view in views})
    found = matrix(story, environments, shapes=shapes, recorded=recorded)
    note = "" if found.complete else f"Incomplete history: {NOT_HERE}"
    return found, note, _trace(story, recorded, {name: environments[name].promoted_from for name in found.environments})


def _trace(story: Story, recorded: Recorded, sources: dict[str, str]) -> Trace:
    """Return what Git says at the last commit, whose time is the end of the period that is measured."""
    head = git.head(story.root)
    if head is None:
        return Trace()
    happened = of_story(story, recorded, (), sources)
    complete = not story.boundary
    until = int(head.landed_at.timestamp()) if head.landed_at else 0  # anyone can write a date that no calendar has
    since = until - PERIOD * calendar.DAY
    measured = metrics(happened, sources, since, until, complete=complete) if until else None
    return trace(head, happened, measured, story.workspace.repo_url, forges_of(story.workspace), complete=complete)


def _title(workspace: Workspace) -> str:
    """Return the name of the workspace: that of its repository."""
    name = posixpath.basename(workspace.repo_url.rstrip("/").rpartition(":")[2]).removesuffix(".git")
    return name or "workspace"
