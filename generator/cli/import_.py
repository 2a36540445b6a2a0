"""The command `tiphys import`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from generator.cli import options, running
from generator.errors import ConfigError
from generator.syntax.wording import counted
from generator.system import upwards
from generator.system.files import Folder, UnreadableFileError, roots, writing
from generator.workspace.root import WORKSPACE_FILE

if TYPE_CHECKING:
    from generator.adopt.run import Imported

_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?")
_RECORD = "IMPORT.md"
"""What the import said, in the workspace that it wrote."""


def _version(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if text and not _VERSION.fullmatch(text):
        raise click.BadParameter(f"`{text}` is not a version of Kubernetes, such as 1.33")
    return text


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--into", metavar="DIR", default="", help="Write the workspace into this directory, which must be new or empty.")
@click.option(
    "--environment",
    metavar="PATTERN",
    default="",
    help=(
        "Where the environment is in paths or names, such as 'aws/{environment}/apps' or '{service}-{environment}';"
        " with {destination}, also which of its clusters it is."
    ),
)
@click.option("--service", metavar="PATTERN", default="", help="Where the service is in paths or names.")
@options.repo
@options.charts
@click.option(
    "--kubernetes",
    metavar="VERSION",
    default="",
    callback=_version,
    help="The version of the clusters, such as 1.33, for charts that ask for it; by default that of Helm.",
)
@click.option("--accept", metavar="REASON", default="", help="Write the workspace despite differences, for this reason.")
@options.helm
@click.option("--no-cache", is_flag=True, help="Ignore cached results of Helm and kustomize.")
@options.formats_of(("text", "json"))
def command(
    paths: tuple[str, ...],
    into: str,
    accept: str,
    formats: list[tuple[str, str]],
    **asked: Any,
) -> int:
    r"""Write a workspace for an existing config repository, and prove that nothing changes.

    Reads the Applications and ApplicationSets below each PATH with their charts, values, kustomizations and
    manifests, and writes environments, specs and, where needed, chart profiles. What was deployed before is
    rendered with Helm and kustomize, and so is what Tiphys generates; every object is compared. Without
    --into, nothing is written.

    Exit codes: 0 no object differs, 1 differences, Applications that cannot be rendered, or an address that is
    missing, 2 it cannot run.

    \b
    tiphys import config --into workspace
    tiphys import config --charts ../charts --environment 'aws/{environment}/apps'
    """
    target = _target(into, paths) if into else None
    from generator.report import imports

    found = _imported(paths, **asked)
    stops = bool(found.compared.differences) and not accept
    written = target is not None and bool(found.layers.services) and not stops
    text = imports.as_text(found, into if written else "", accept)
    if written and target is not None:
        _write(target, {**found.files, _RECORD: imports.record(text, accept).encode("utf-8")})
    for form, path in formats:
        running.put(imports.as_json(found) if form == "json" else running.guarded_text(text, path), path)
    click.echo(_summary(found, into, written=written, accepted=bool(accept)), err=True)
    old = found.old
    return 1 if stops or found.left_out or old.unknown or old.guessed or old.lacks_address else 0


def _imported(
    paths: tuple[str, ...],
    *,
    environment: str,
    service: str,
    charts: tuple[str, ...],
    clones: dict[str, str],
    kubernetes: str,
    helm: str,
    no_cache: bool,
) -> Imported:
    from generator.adopt.run import imported
    from generator.adopt.user_patterns import Patterns
    from generator.cli import old_trees

    patterns = Patterns(environment, service)
    asked = old_trees.asked(paths, charts=charts, clones=clones, helm=helm, patterns=patterns, cached=not no_cache)
    return imported(asked._replace(kubernetes=kubernetes))


def _target(into: str, paths: Sequence[str]) -> Folder:
    """Return the directory to write into; raises ConfigError unless it is new or empty, and outside of the old tree."""
    door = running.named(into)
    folder = Folder(f"{door.folder.path}/{door.path}" if door.path else door.folder.path)
    try:
        taken = door.folder.exists(door.path) and (not door.folder.is_folder(door.path) or bool(door.folder.entries(door.path)))
    except UnreadableFileError as error:
        raise ConfigError(error.about(into), error.hint) from None
    if taken:
        raise ConfigError(f"{into} exists and is not empty; nothing was written", "name a new or empty directory")
    for path in paths:
        top = upwards.above(roots.absolute(path), ".git") or roots.absolute(path)
        if upwards.is_within(folder.path, top, ""):
            message = f"{into} is inside of the repository of {path}, where Argo CD would look for its files at other paths"
            raise ConfigError(
                message, "write it outside of it, such as --into ../workspace; then copy what is in it to the root"
            )
    return folder


def _write(folder: Folder, files: Mapping[str, bytes]) -> None:
    for path, content in sorted(files.items(), key=lambda item: item[0] == WORKSPACE_FILE):  # without it, it is not one
        try:
            writing.create(folder, path, content)
        except UnreadableFileError as error:
            raise ConfigError(error.about(path), error.hint) from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None


def _summary(found: Imported, into: str, *, written: bool, accepted: bool) -> str:
    said = f"{counted(found.old.applications, 'Application')}, {counted(found.compared.objects, 'object')}"
    said += f": {counted(len(found.compared.differences), 'difference')}"
    if found.left_out:
        said += f", {counted(len(found.left_out), 'Application')} left out"
    if written:
        return f"{said}; {counted(len(found.files), 'file')} written to {into}"
    if found.compared.differences and not accepted:
        return f"{said}; nothing was written: --accept REASON writes the workspace all the same"
    return f"{said}; nothing was written"
