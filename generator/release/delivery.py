"""Deliver packages to an environment's chart repository: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from generator.diagnostics import Diagnostic
from generator.release.destination import Target
from generator.syntax.wording import counted, listed
from generator.system.charts.failures import ChartRepositoryError
from generator.system.charts.package import Package
from generator.system.charts.shelf import TakenError, other_files


class State(StrEnum):
    """The result of releasing a chart."""

    RELEASED = "released"
    THERE = "already there"
    WOULD = "would release"
    REFUSED = "refused"
    HELD = "held back"
    FAILED = "failed"


class Candidate(NamedTuple):
    """A package to release, and the services that request it."""

    package: Package
    services: tuple[str, ...]
    hint: str
    """The hint if the version already exists with different content."""


class Result(NamedTuple):
    """The result for one version of a chart."""

    name: str
    version: str
    state: State
    digest: str = ""
    services: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""
    exit_code: int = 0


class Report(NamedTuple):
    """The results of a release."""

    results: list[Result]
    diagnostics: list[Diagnostic]
    elsewhere: tuple[str, ...] = ()
    """Charts that services use but that are not in this workspace."""

    @property
    def released(self) -> bool:
        """Whether anything was added to a repository."""
        return any(result.state is State.RELEASED for result in self.results)


def deliver(target: Target, candidates: Sequence[Candidate], *, dry_run: bool) -> list[Result]:
    """Release the candidates, and return the results. If one is refused, none is released."""
    results = [_judged(target, candidate) for candidate in candidates]
    refused = any(result.state is State.REFUSED for result in results)
    if refused:
        return [result._replace(state=State.HELD) if result.state is State.WOULD else result for result in results]
    if dry_run:
        return results
    return _put(target, [candidate.package for candidate in candidates], results)


def _judged(target: Target, candidate: Candidate) -> Result:
    package, services, hint = candidate
    result = Result(package.name, package.version, State.WOULD, package.digest, services)
    there = target.find(package.name, package.version)
    if there is None:
        return result
    paths = other_files(package, there)
    if paths:
        message = f"{counted(len(paths), 'file')} {'is' if len(paths) == 1 else 'are'} different: {listed(paths)}"
        return result._replace(state=State.REFUSED, digest=there.digest, message=message, hint=hint, exit_code=1)
    message = "" if there.digest == package.digest else "same files, different archive"
    return result._replace(state=State.THERE, digest=there.digest, message=message)


def _put(target: Target, packages: Sequence[Package], results: Sequence[Result]) -> list[Result]:
    waiting = [package for package, result in zip(packages, results, strict=True) if result.state is State.WOULD]
    done: set[Package] = set()
    reason: ChartRepositoryError | None = None
    try:
        for package in target.put(waiting) if waiting else ():
            done.add(package)
    except ChartRepositoryError as error:
        reason = error
    return [_after(package, result, done, reason) for package, result in zip(packages, results, strict=True)]


def _after(package: Package, result: Result, done: set[Package], reason: ChartRepositoryError | None) -> Result:
    if result.state is not State.WOULD:
        return result
    if package in done:
        return result._replace(state=State.RELEASED)
    state = State.REFUSED if isinstance(reason, TakenError) else State.FAILED
    message, hint, code = (reason.message, reason.hint, reason.exit_code) if reason else ("", "", 2)
    return result._replace(state=state, message=message, hint=hint, exit_code=code)
