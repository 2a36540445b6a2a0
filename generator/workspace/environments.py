"""Checks of environments beyond the schema, and of a workspace without environments."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from generator.diagnostics import START, Diagnostic, Severity
from generator.syntax import patterns
from generator.syntax.merge import lookup
from generator.syntax.patterns import PatternError
from generator.syntax.reader import Source
from generator.syntax.wording import closest, listed
from generator.system import disk
from generator.system.files import Folder
from generator.workspace.model import Environment, Workspace

TAG_PATTERN = ("spec", "policy", "imageTag", "pattern")
_SHOWN = 80
PUBLISH = ("spec", "chart", "publish")
FOLDER = ("spec", "environments")
HELM = ("spec", "target", "helm")


def bad_fields(source: Source) -> Iterator[Diagnostic]:
    """Yield what is wrong with the fields of an environment file, beyond the schema."""
    yield from _bad_patterns(source)
    if source.data["spec"].get("windows"):
        from generator.workspace import windows  # few environments have any, and time zones take time to load

        yield from windows.faults(source)


def _bad_patterns(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a regular expression in an environment file that cannot be used."""
    _, pattern = lookup(source.data, TAG_PATTERN)
    if not isinstance(pattern, str):
        return
    try:
        patterns.compiled(pattern)
    except PatternError as error:
        shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
        said = "is not a regular expression" if type(error) is PatternError else "cannot be used as a pattern"
        message = f'"{shown}" {said}: {error}'
        hint = "escape special characters with a backslash"
        if type(error) is not PatternError:
            hint = "use groups, `|`, classes, `?`, `*`, `+` and small counts in `{}`"
        span = source.span_of(TAG_PATTERN)
        yield Diagnostic(source.path, span, "TP023", Severity.ERROR, message, hint, TAG_PATTERN)


def idle_publish(environment: Environment) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a `publish` block that would never be used."""
    said, _ = lookup(environment.spec, PUBLISH[1:])
    _, repository = lookup(environment.spec, ("chart", "repository"))
    if not said or str(repository).startswith("http"):
        return
    message = "`publish` is for HTTP repositories; charts are pushed to an OCI registry directly"
    if repository is None:
        message = "`publish` is set without `repository`"
    hint = "remove it" if repository else "set chart.repository to the address that serves it"
    source = environment.part(PUBLISH)
    yield Diagnostic(source.path, source.span_of_key(PUBLISH), "TP023", Severity.ERROR, message, hint, PUBLISH)


def impossible_helm(environment: Environment) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a version of Helm that no Argo CD has any more."""
    version = str((environment.spec.get("target") or {}).get("helm") or "")
    if version.removeprefix("v").split(".")[0] not in ("0", "1", "2"):
        return
    source = environment.part(HELM)
    message = f"`target.helm` is {version}, but Argo CD renders charts with Helm 3 or 4"
    hint = 'write the version that your Argo CD contains, such as "3.19"'
    yield Diagnostic(source.path, source.span_of(HELM), "TP023", Severity.ERROR, message, hint, HELM)


def only_abstract(workspace: Workspace, abstract: Iterable[str]) -> Diagnostic:
    """Return the diagnostic for a workspace in which nothing can be deployed to any environment."""
    message = f"every environment in folder `{workspace.environments}` is abstract; nothing can be generated"
    hint = f"add an environment that extends {listed(abstract, last='or')}, or remove `abstract: true` from one"
    return _at_folder(workspace, message, hint)


def no_environments(root: str, workspace: Workspace) -> Diagnostic:
    """Return the diagnostic for a workspace without a single environment, at the line that sets their folder."""
    folder = workspace.environments
    meant = _folder_that_was_meant(root, folder)
    hint = "restore it, or copy the environments from `tiphys init NEW_FOLDER` and set your addresses"
    if meant:
        hint = f"did you mean `{meant}`? rename it, or set `environments: {meant}` under `spec` in tiphys.yaml"
    message = f"{_state(Folder(root), folder)}; nothing can be generated without environments"
    return _at_folder(workspace, message, hint)


def _at_folder(workspace: Workspace, message: str, hint: str) -> Diagnostic:
    named, _ = lookup(workspace.source.data, FOLDER)
    span = workspace.source.span_of(FOLDER) if named else START
    return Diagnostic(workspace.source.path, span, "TP046", Severity.ERROR, message, hint, FOLDER if named else ())


def _state(root: Folder, folder: str) -> str:
    if root.is_folder(folder):
        return f"folder `{folder}` contains no environment: it has no .yaml file"
    return f"`{folder}` is not a folder" if root.exists(folder) else f"folder `{folder}` does not exist"


def _folder_that_was_meant(root: str, folder: str) -> str:
    """Return the sibling of a missing folder with a similar name, or with an environment in it; empty without one."""
    above, name = posixpath.split(folder)
    others = [other for other in disk.folders(root, above) if other != name]
    meant = closest(name, others)
    found = [meant] if meant else [other for other in others if _holds_environment(root, posixpath.join(above, other))]
    return posixpath.join(above, found[0]) if found else ""


_KIND = re.compile(rb"^kind:[ \t]*[\"']?Environment\b", re.MULTILINE)


def _holds_environment(root: str, folder: str) -> bool:
    files = disk.read_files(root, disk.walk(root, folder, lambda _path: True))
    return any(path.endswith((".yaml", ".yml")) and _KIND.search(raw or b"") for path, raw in files.items())
