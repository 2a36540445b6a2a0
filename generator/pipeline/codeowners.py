"""Who owns which files of a workspace, and whether the CODEOWNERS files of its repository say so.

A forge asks for one of the owners of each file that changes. A spec belongs to the service, and what is generated for an
environment to the environment: a release to it changes both, and so both have to approve. A second owner in the same
line would only be an alternative.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.errors import RefusedError
from generator.pipeline.drift import Wanted
from generator.pipeline.shared_folders import Holdings
from generator.syntax import codeowners
from generator.syntax.codeowners import BlockError, Owned
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.reader import Source
from generator.syntax.wording import counted, listed
from generator.system import upwards
from generator.system.files import Folder, roots
from generator.workspace import referred
from generator.workspace.load import Loader
from generator.workspace.model import Workspace
from generator.workspace.naming import INPUTS
from generator.workspace.parsed import Parsed

_GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where each forge looks, in its order; it reads the first that exists."""
_CHARTS = "charts"
"""The folder of the charts of all services."""
_LARGEST = 3 * 1024 * 1024
"""Bytes of a file that GitHub reads."""
_AT: Pointer = ("spec", "codeowners")
_RULE = "TP905"
_FIX = "run `tiphys codeowners --write`"


class Ownership(NamedTuple):
    """The lines that follow from a workspace, and where they belong."""

    repository: str
    """The root of the repository, or of the workspace outside of one."""
    workspace: str
    """The folder of the workspace in it; empty for its root."""
    owned: Sequence[Owned]

    @property
    def block(self) -> list[str]:
        """The lines with their marks."""
        return codeowners.block(self.owned, self.workspace)

    def texts(self) -> dict[str, str]:
        """Return the CODEOWNERS files that the forges read, by path; a new one is empty. Raises UnreadableFileError.

        Bytes that are no UTF-8 are surrogates, so that they can be written as they were.
        """
        folder = Folder(self.repository)
        there = {path for path in {*_GITHUB, *_GITLAB} if folder.exists(path)}
        read = [next((path for path in places if path in there), "") for places in (_GITHUB, _GITLAB)]
        paths = dict.fromkeys(path for path in read if path)
        texts = {path: folder.read(path, _LARGEST).decode("utf-8", "surrogateescape") for path in paths}
        return texts or {_new(folder): ""}


def ownership(root: str, workspace: Workspace, wanted: Mapping[str, Wanted], parsed: Parsed) -> Ownership:
    """Return who owns what; `wanted` has the generated files by path. Raises RefusedError for a path that no line can name."""
    loader = Loader(root, parsed=parsed)
    specs = [source for path in loader.spec_paths(workspace) if (source := loader.source(path, "pipeline"))]
    environments = [
        source for path in loader.yaml_files(workspace.environments) if (source := loader.source(path, "environment"))
    ]
    repository = upwards.above(root, ".git") or roots.absolute(root)
    below = roots.inside(root, repository)
    below = "" if below == "." else below
    lines = [
        *_of_specs(specs, environments, workspace),
        *_of_generated(specs, environments, wanted, workspace.output),
        *_of_environments(environments, workspace),
    ]
    owned = [Owned(posixpath.join(below, one.path), one.owners) for one in lines]
    odd = next((one.path for one in owned if not codeowners.is_plain(one.path)), "")
    if odd:
        raise RefusedError(
            f"`{odd}` has characters that GitHub and GitLab read differently in CODEOWNERS",
            "rename it, with letters, digits, hyphens, underscores and dots",
        )
    return Ownership(repository, below, owned)


def stale(found: Ownership, workspace: Workspace) -> Iterator[Diagnostic]:
    """Yield what is wrong with the CODEOWNERS files that the forges read. Raises UnreadableFileError."""
    if not found.owned:
        yield _problem(
            workspace, "no service and no environment has `owners`", "set `metadata.owners` in a spec or environment"
        )
        return
    for path, text in found.texts().items():
        try:
            has = codeowners.found(text, found.workspace)
            section = codeowners.section_above(text, found.workspace)
        except BlockError as error:
            yield _problem(workspace, f"{path}: {error}", f"correct the marks, then {_FIX}")
            continue
        if not has:
            what = f"{path} has no lines for this workspace" if text else f"{path} does not exist"
            yield _problem(workspace, what, _FIX)
        elif has != found.block:
            yield _problem(workspace, f"{path} is stale: {_difference(has, found.block)}", _FIX)
        elif section:
            yield _problem(workspace, f"{path} has its lines in section `{section[:80]}`, whose rules apply to them", _FIX)


def owners_of(source: Source) -> tuple[str, ...]:
    """Return the owners that a spec or an environment names."""
    return tuple(source.data["metadata"].get("owners") or ())


def _of_specs(specs: Sequence[Source], environments: Sequence[Source], workspace: Workspace) -> Iterator[Owned]:
    """Yield the folder of each spec, or its file alone if the folder has anything that is not of the service."""
    shared = Holdings({source.path: list(referred.paths(source)) for source in (*specs, *environments)})
    shared.add("", [workspace.output, workspace.environments, *INPUTS, *_GITHUB, *_GITLAB, _CHARTS])
    for source in sorted(specs, key=lambda one: one.path):
        owners, folder = owners_of(source), posixpath.dirname(source.path)
        if owners:
            yield Owned(f"{folder}/" if folder and shared.is_alone(folder, source.path) else source.path, owners)


def _of_generated(
    specs: Sequence[Source], environments: Sequence[Source], wanted: Mapping[str, Wanted], output: str
) -> Iterator[Owned]:
    """Yield the generated files of services in environments without owners: they belong to the service."""
    governed = {_name(source) for source in environments if owners_of(source)}
    owners = {_name(source): owners_of(source) for source in specs}
    found: dict[str, tuple[str, ...]] = {}
    for path, file in wanted.items():
        if owners.get(file.service) and file.environment not in governed:
            folder = f"{posixpath.join(output, file.environment, file.service)}/"
            found[folder] = owners[file.service]  # also where all that is in it is rendered later
            if not path.startswith(folder):
                found[path] = owners[file.service]
    for path in sorted(found):
        yield Owned(path, found[path])


def _of_environments(environments: Sequence[Source], workspace: Workspace) -> Iterator[Owned]:
    """Yield the file of each environment, and what is generated for it; abstract ones generate nothing."""
    for source in sorted(environments, key=lambda one: one.path):
        owners = owners_of(source)
        if owners:
            yield Owned(source.path, owners)
            if source.data["metadata"].get("abstract") is not True:
                yield Owned(f"{posixpath.join(workspace.output, _name(source))}/", owners)


def _name(source: Source) -> str:
    name: str = source.data["metadata"]["name"]
    return name


def _new(folder: Folder) -> str:
    """Return where a new file goes: to the folder of the forge that the repository has, or to the root, where all look."""
    if folder.is_folder(".github"):
        return ".github/CODEOWNERS"
    is_gitlab = folder.is_folder(".gitlab") or folder.is_file(".gitlab-ci.yml")
    return ".gitlab/CODEOWNERS" if is_gitlab else "CODEOWNERS"


def _difference(has: Iterable[str], wanted: Iterable[str]) -> str:
    has, wanted = list(has), list(wanted)
    missing, left = [line for line in wanted if line not in has], [line for line in has if line not in wanted]
    parts = [f"{listed(missing, most=3)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    parts += [f"{listed(left, most=3)} {'is' if len(left) == 1 else 'are'} left over"] if left else []
    return "; ".join(parts) or f"{counted(len(has), 'line')} in a different order"


def _problem(workspace: Workspace, message: str, hint: str) -> Diagnostic:
    source = workspace.source
    message = message.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Diagnostic(source.path, source.span_of(_AT), _RULE, Severity.ERROR, message, hint, _AT)
