"""Files of what Helm and kustomize render, for environments with `output: rendered`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.errors import ConfigError
from generator.pipeline.drift import Wanted, header
from generator.syntax.emit import EmitError, Emitter
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed
from generator.workspace.model import Problem
from generator.workspace.output import is_rendered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.pipeline.request import Outcome, Progress
    from generator.service.build import Built
    from generator.system.helm import Helm
    from generator.verify.committing import Committed
    from generator.verify.renderings import Renderings
    from generator.workspace.model import Environment

UNFIT = "TP666"
MOST = 10_000_000
"""Bytes in a directory that Argo CD reads by default. Source: argo-cd, reposerver.max.combined.directory.manifests.size"""
_SKIPPED = "+argocd:skip-file-rendering"
"""Argo CD leaves out a file that contains this anywhere. Source: argo-cd, reposerver/repository/repository.go"""


class Programs(NamedTuple):
    """With what charts and folders are rendered."""

    helm: str = ""
    """The Helm that is named; empty for the one on the PATH."""
    clones: Mapping[str, str] = MappingProxyType({})
    """Folders with clones of other repositories, by address."""


class Rendered(NamedTuple):
    """What came of a run's rendering."""

    files: dict[str, Wanted]
    diagnostics: list[Diagnostic]
    is_complete: bool
    """Whether every chart and folder could be had."""
    remark: str
    """What is to be said of the Helm that was at work; empty for nothing."""


def environments_with(environments: Iterable[Environment]) -> frozenset[str]:
    """Return the names of the environments whose rendered files are committed."""
    return frozenset(one.name for one in environments if is_rendered(one))


def with_files(outcome: Outcome, root: str, built: Sequence[Built], programs: Programs, progress: Progress) -> Outcome:
    """Return the outcome with what is rendered of services; raises ConfigError if a program is missing."""
    found = render(root, built, programs, progress)
    outcome = outcome.with_more(found.diagnostics)
    return outcome._replace(wanted={**outcome.wanted, **found.files}, is_unrendered=not found.is_complete, remark=found.remark)


def render(root: str, built: Sequence[Built], programs: Programs, progress: Progress) -> Rendered:
    """Return what Helm and kustomize render of services as files; raises ConfigError if one of the two is missing."""
    from generator.verify.committing import commit

    files: dict[str, Wanted] = {}
    diagnostics: list[Diagnostic] = []
    is_complete = True
    emitter = Emitter(nulls=True)
    with _renderings(root, programs, built) as renderings:
        for one in built:
            renderings.begin(one)
        for item in commit(root, renderings, progress):
            is_complete &= not item.is_missing
            diagnostics += item.diagnostics
            made, problems = _emitted(item, emitter)
            files |= made
            diagnostics += problems
        return Rendered(files, diagnostics, is_complete, renderings.other_helm)


def _renderings(root: str, programs: Programs, built: Sequence[Built]) -> Renderings:
    from generator.system import helm
    from generator.verify import cache as results
    from generator.verify.charts import Charts
    from generator.verify.folder_builds import FolderBuilds
    from generator.verify.renderings import Renderings

    kept = results.kept()
    find = cache(lambda: _found(partial(helm.find, programs.helm), built))
    charts = partial(Charts, root, clones=programs.clones)
    return Renderings(find, charts, kept, FolderBuilds(root, programs.clones, cache=kept))


def _found(find: Callable[[], Helm], built: Sequence[Built]) -> Helm:
    try:
        return find()
    except ConfigError as error:
        names = sorted({one.resolved.environment.name for one in built})
        raise ConfigError(f"{error.message}: `output: rendered` of {listed(names)} needs it", error.hint) from None


def _emitted(item: Committed, emitter: Emitter) -> tuple[dict[str, Wanted], list[Diagnostic]]:
    """Return documents as files, and why Argo CD would not read them as they are."""
    from generator.verify.telling import placed_in_spec

    files: dict[str, Wanted] = {}
    problems: list[Problem] = []
    built = item.built
    at = ("chart",) if "chart" in built.resolved.data else ("source",)
    for document in item.documents:
        title = f"{document.data.get('kind')} {(document.data.get('metadata') or {}).get('name')}"
        try:
            text = emitter.document(document.data, header(document.origin))
        except EmitError as error:
            problems.append(Problem("TP041", at, f"{title} cannot be written as YAML: {error}", "correct what renders it"))
            continue
        if _SKIPPED in text:
            message = f"{title} contains `{_SKIPPED}`, so Argo CD skips its file"
            problems.append(Problem(UNFIT, at, message, "remove the words, or write `output: sources`"))
        of = (document.origin, document.environment, document.service)
        files[document.path] = Wanted(*of, text.encode("utf-8"), document.destination)
    size = sum(len(one.content) for one in files.values())
    if size > MOST:
        message = f"the rendered files have {size:,} bytes; Argo CD reads a directory of at most {MOST:,} by default"
        problems.append(Problem(UNFIT, at, message, "write `output: sources`, or split the service"))
    return files, [placed_in_spec(built, problem, Severity.ERROR) for problem in problems]
