"""Release windows compared with the rest of a workspace: its services, and the windows of its AppProjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes import project_windows
from generator.kubernetes.applications import APPLICATION, matches, project_of
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.project_windows import Disagreement, SyncWindow
from generator.kubernetes.sync_windows import ALLOW, DENY
from generator.pipeline.findings import AGREE
from generator.syntax import calendar
from generator.syntax.wording import listed, suggestion
from generator.workspace.windows import SPAN, WINDOWS, ReleaseWindow, windows_of

if TYPE_CHECKING:
    from generator.service.build import Built
    from generator.workspace.model import Environment


def idle_services(environments: Iterable[Environment], deployed: Mapping[str, Collection[str]]) -> Iterator[Diagnostic]:
    """Yield the patterns of windows that match no service; `deployed` has the services of each environment.

    A window that several environments inherit is for the services of all of them.
    """
    entries: dict[tuple[str, int], list[Environment]] = {}
    for environment in environments:
        for window in windows_of(environment):
            path = environment.part((*WINDOWS, window.number)).path
            entries.setdefault((path, window.number), []).append(environment)
    for (_, number), heirs in entries.items():
        window = next(one for one in windows_of(heirs[0]) if one.number == number)
        known = sorted({service for environment in heirs for service in deployed.get(environment.name, ())})
        for index, pattern in enumerate(window.services):
            if not any(matches(pattern, service) for service in known):
                at: Pointer = (*WINDOWS, number, "services", index)
                source = heirs[0].part(at)
                message = f"`{pattern}` matches no service of {listed((one.name for one in heirs), last='or')}"
                hint = suggestion(pattern, known, "correct the name, or remove it")
                yield Diagnostic(source.path, source.span_of(at), "TP503", Severity.WARNING, message, hint, at)


_MOST = 50
"""The most different pairs of sets of windows that are compared in a run; a workspace has a few."""


class Agreement:
    """Compares the windows of environments with those of the AppProjects that their Applications are in."""

    def __init__(self, projects: Sequence[KubeObject]) -> None:
        self._projects = [one for one in projects if one.spec.get("syncWindows")]
        self._known: dict[object, tuple[Disagreement, ...]] = {}

    def problems(self, built: Built) -> Iterator[Diagnostic]:
        """Yield where Argo CD blocks what the environment permits, and the other way round."""
        if not self._projects:
            return
        application = KubeObject(next(one.data for one in built.documents if one.data.get("kind") == APPLICATION[0][1]))
        project = project_of(application, Objects([application], elsewhere=self._projects))
        theirs = project_windows.windows_for(project, application.data) if project is not None else None
        if project is None or not theirs:
            return
        environment, service = built.resolved.environment, built.resolved.service
        ours = tuple(one for one in windows_of(environment) if one.is_for(service))
        manual = not project_windows.is_automated(application.data)
        for found in self._compared(ours, theirs, manual=manual):
            if ours or found.ours_permit:
                yield _placed(environment, project, ours, theirs, found)

    def _compared(
        self, ours: Sequence[ReleaseWindow], theirs: Sequence[SyncWindow], *, manual: bool
    ) -> tuple[Disagreement, ...]:
        left, right = tuple(one.window for one in ours), tuple(one.window for one in theirs)
        key = (left, right, manual)
        if key not in self._known and len(self._known) < _MOST:
            self._known[key] = project_windows.disagreements(left, right, *SPAN, manual=manual)
        return self._known.get(key, ())


def _placed(
    environment: Environment,
    project: KubeObject,
    ours: Sequence[ReleaseWindow],
    theirs: Sequence[SyncWindow],
    found: Disagreement,
) -> Diagnostic:
    """Return a disagreement at the windows of the environment, or at those of the project if it has none."""
    name, when = environment.name, calendar.shown(found.instant, (ours or theirs)[0].window.zone)
    at, source, severity = WINDOWS, environment.part(WINDOWS), Severity.WARNING
    number = _deciding(theirs, found.instant)
    if not ours:
        at, source, severity = (*project.at, "spec", "syncWindows", number), project.source or source, Severity.NOTE
        message = f"this window blocks Argo CD, for example on {when}, when {name} permits releases"
        hint = f"add it to `windows` of {name}, so that a release waits before it is committed"
    elif found.ours_permit:
        message = (
            f"{name} permits releases, for example on {when}, when syncWindows[{number}] of {project.title} blocks Argo CD"
        )
        hint = "add that window here, or remove it there"
    else:
        message = f"{name} permits no releases, for example on {when}, when {project.title} lets Argo CD sync"
        hint = f"add the window to spec.syncWindows of {project.title}, or remove it here"
    return Diagnostic(source.path, source.span_of(at), AGREE, severity, message, hint, at, environment=name)


def _deciding(theirs: Sequence[SyncWindow], instant: int) -> int:
    """Return the index of the window of a project that blocks syncs at an instant: one that denies, or one that allows."""
    denying = [one for one in theirs if one.window.kind == DENY and one.window.is_open(instant)]
    allowing = [one for one in theirs if one.window.kind == ALLOW]
    return (denying or allowing or list(theirs))[0].number
