"""The command `tiphys add`."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

import click

from generator.cli import options, running, verbosity
from generator.diagnostics import Severity
from generator.errors import ConfigError, RefusedError, Rejected
from generator.pipeline.below import only_below
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.edit.splice import RefusedEditError
from generator.syntax.wording import listed, shown, unknown_service
from generator.system.files import Folder, UnreadableFileError, writing
from generator.workspace import new_spec, referred
from generator.workspace.extending import no_environment
from generator.workspace.load import Loader
from generator.workspace.model import Environment, ServiceSpec, Workspace
from generator.workspace.schema_copies import path_of

_PROBE = "new.yaml"


@click.command("add")
@click.argument("service", metavar="SERVICE")
@click.option(
    "--image", metavar="REPOSITORY", default="", help="The image repository; by default next to those of other services."
)
@click.option(
    "--from",
    "source",
    metavar="SERVICE",
    default="",
    shell_complete=options.complete_services,
    help="Copy the spec of another service.",
)
@options.environments
@options.dry_run
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context, /, service: str, image: str, source: str, environments: tuple[str, ...], *, dry_run: bool
) -> int:
    r"""Add the spec of a new service, where the workspace keeps its specs, for every environment.

    The spec is commented like that of `tiphys init`. Existing files are never overwritten. With --from, the spec
    of another service is copied with the files in its folder that it refers to; only its name and image change.

    \b
    tiphys add checkout
    tiphys add checkout --image ghcr.io/shop/checkout --env dev --env prod
    tiphys add checkout --from payments --dry-run
    """
    root, loader, workspace = running.opened(ctx)
    known = _Known(root, loader, workspace, _environments(loader, workspace, environments), _specs(loader, workspace))
    _check_name(loader, service)
    if service in known.specs:
        raise RefusedError(
            f"service `{service}` already exists: {known.specs[service].source.path}", "edit its spec, or choose another name"
        )
    if source and environments:
        raise click.UsageError("--env cannot be used with --from: the copy has the environments of the other service")
    files = _copied(known, service, source, image) if source else _new(known, service, image)
    for path in files:
        if loader.folder.exists(path):
            raise RefusedError(f"{path} already exists; nothing was written", "move it, or choose another name")
    path = next(iter(files))
    if dry_run:
        click.echo(files[path].decode("utf-8"), nl=False)
        click.echo(f"would create {listed(files)}; nothing was written", err=True)
        return 0
    _write(loader.folder, files)
    return _told(ctx, known, service, source, files)


class _Known(NamedTuple):
    """What a workspace has before the service is added."""

    root: str
    loader: Loader
    workspace: Workspace
    environments: list[Environment]
    """The chosen ones, in the order of promotion."""
    specs: dict[str, ServiceSpec]


def _environments(loader: Loader, workspace: Workspace, wanted: tuple[str, ...]) -> list[Environment]:
    """Return the chosen environments in the order of promotion; raises ConfigError, or Rejected if one is invalid."""
    known = loader.environments(workspace)
    if problems := [one for one in loader.problems() if one.path in loader.broken]:
        raise Rejected(problems)
    for name in wanted:
        if name not in known:
            raise no_environment(name, known, loader.abstract)
    return [known[name] for name in new_spec.in_order(known) if not wanted or name in wanted]


def _specs(loader: Loader, workspace: Workspace) -> dict[str, ServiceSpec]:
    """Return the specs that can be read, by service; what is wrong with the others is for `lint` to report."""
    found = {spec.name: spec for spec in filter(None, map(loader.spec, loader.spec_paths(workspace)))}
    loader.problems()
    return found


def _check_name(loader: Loader, name: str) -> None:
    """Raise ConfigError for a name that a spec may not have."""
    probe = Loader(loader.root, {_PROBE: new_spec.minimal(shown(name)).encode()})
    probe.spec(_PROBE)
    for problem in probe.problems():
        if problem.severity is Severity.ERROR:
            raise ConfigError(f"SERVICE: {problem.message}", problem.hint)


def _path(known: _Known, service: str, like: str = "") -> str:
    paths = {name: spec.source.path for name, spec in known.specs.items()}
    path = new_spec.path_for(service, known.workspace.specs, paths, like)
    if not path:
        message = f"no pattern of `spec.specs` in tiphys.yaml has room for a new spec: {listed(known.workspace.specs)}"
        raise ConfigError(message, "add one with a wildcard, such as services/*/pipeline.yaml")
    return path


def _new(known: _Known, service: str, image: str) -> dict[str, bytes]:
    """Return the spec of a service by its path."""
    path = _path(known, service)
    repository = image or new_spec.repository_for(service, known.specs.values())
    modeline = known.loader.exists(path_of("pipeline"))
    return {path: new_spec.new(service, path, repository, known.environments, modeline=modeline).encode("utf-8")}


def _copied(known: _Known, service: str, source: str, image: str) -> dict[str, bytes]:
    """Return the spec of a service like another one by its path, and the files that it refers to in its own folder."""
    if source not in known.specs:
        raise unknown_service(source, known.specs)
    other = known.specs[source]
    path, folder = _path(known, service, source), posixpath.dirname(other.source.path)
    try:
        raw = known.loader.raw(other.source.path)
        repository = image or new_spec.repository_like(other, service)
        files = {path: new_spec.copied(other, raw, service, path, repository)}
        if posixpath.dirname(path) != folder:
            for name in {*referred.manifests(other.spec), *referred.analyses(other.spec)}:
                if not posixpath.normpath(name).startswith("..") and known.loader.exists(posixpath.join(folder, name)):
                    copy = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                    files[copy] = known.loader.raw(posixpath.normpath(posixpath.join(folder, name)))
    except RefusedEditError as error:
        where = f"{other.source.path}:{error.span.line}:{error.span.column}"
        raise ConfigError(f"{where}: {error.message}", error.hint) from None
    except UnreadableFileError as error:
        raise ConfigError(error.about(f"a file of {source}"), error.hint) from None
    return files


def _write(folder: Folder, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        try:
            writing.create(folder, path, content)
        except UnreadableFileError as error:
            raise RefusedError(error.about(path), error.hint) from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None


def _told(ctx: click.Context, known: _Known, service: str, source: str, files: dict[str, bytes]) -> int:
    """Print what was added, what is wrong with it as it stands, and what to do next; return the exit code."""
    path, tiphys = next(iter(files)), running.called_as(ctx)
    click.echo("\n".join(f"created {one}" for one in files))
    outcome = _linted(known.root, service, path)
    if outcome.diagnostics:
        running.report(ctx, outcome, known.root, options.PLAIN, "auto")
    lines = list(new_spec.naming(files[path].decode("utf-8"), source)) if source else []
    if lines:
        click.echo(f"check what still names {source}: {path}, line {', '.join(map(str, lines))}", err=True)
    click.echo(
        f"next: set the image and its tags in {path}, then: {tiphys} generate && {tiphys} plan {service} --env {_last(known)}",
        err=True,
    )
    return 1 if outcome.errors else 0


def _linted(root: str, service: str, path: str) -> Outcome:
    """Return what is wrong with the new service: a policy of an environment, for example, may want more of it."""
    return only_below(run(Request(root, Mode.LINT, (service,))), [path])


def _last(known: _Known) -> str:
    return known.environments[-1].name
