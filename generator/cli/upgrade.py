"""The command `tiphys upgrade`."""

from __future__ import annotations

import click

from generator import __version__
from generator.cli import running, verbosity
from generator.errors import ConfigError, RefusedError
from generator.pipeline.guards import check_version
from generator.syntax.wording import counted
from generator.system.files import Folder, UnreadableFileError, writing
from generator.workspace import schema_copies


@click.command("upgrade")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@verbosity.said
@click.pass_context
def command(ctx: click.Context, /, *, check: bool) -> int:
    r"""Renew what the workspace has copied from Tiphys: the schemas in .tiphys/, which editors read.

    Run it after you install a different version, and commit the result. Specs need no change: tiphys/v1 is the
    only version of the format. If tiphys.yaml does not accept the installed version, change `spec.requires` first.

    \b
    tiphys upgrade
    tiphys upgrade --check
    """
    root, loader, workspace = running.opened(ctx)
    check_version(workspace)
    differing = schema_copies.differing(loader.folder)
    if len(differing) == len(schema_copies.KINDS) and not any(differing.values()):
        click.echo("nothing to upgrade: there are no schemas in .tiphys/", err=True)
        return 0
    if not differing:
        click.echo(f"{counted(len(schema_copies.KINDS), 'schema')} of tiphys {__version__}: nothing to change", err=True)
        return 0
    for path, exists in differing.items():
        if check:
            click.echo(f"{path} {'differs' if exists else 'is missing'}")
        else:
            _write(Folder(root), path)
            click.echo(f"{'updated' if exists else 'created'} {path}")
    tiphys = running.called_as(ctx)
    todo = f"To fix: {tiphys} upgrade" if check else f"next: {tiphys} lint && {tiphys} generate --diff"
    click.echo(f"{counted(len(differing), 'schema')} of tiphys {__version__}. {todo}", err=True)
    return 1 if check else 0


def _write(folder: Folder, path: str) -> None:
    """Write one schema; raises RefusedError for a link or a folder at its path."""
    content = schema_copies.copies()[path]
    try:
        writing.renew(folder, path, content)
    except UnreadableFileError as error:
        raise RefusedError(error.about(path), error.hint) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None
