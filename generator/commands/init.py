"""The command `tiphys init`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import click

from generator import resources
from generator.commands import running
from generator.errors import ConfigError, RefusedError
from generator.files import Folder, Kind, UnreadableFileError, writing
from generator.wording import counted, listed

SCHEMAS = ("pipeline", "environment", "workspace")
_MODELINE = re.compile(rb"\$schema=(?:\.\./)*(?:schemas|\.tiphys)/([a-z]+)\.schema\.json")


def _examples() -> list[str]:
    return resources.names("examples")


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option(
    "--example",
    metavar="NAME",
    default="quickstart",
    show_default=True,
    help="quickstart, or online-boutique: eleven services.",
)
def command(directory: str, example: str) -> int:
    r"""Make a working, commented workspace in DIR.

    It has specs, environments, generated manifests, a pre-commit configuration and a CI workflow.
    Files that are there already are never overwritten.

    \b
    tiphys init
    tiphys init shop --example online-boutique
    """
    if example not in _examples():
        raise click.BadParameter(f"there is no example `{example}`; known: {', '.join(_examples())}", param_hint="--example")
    files = workspace_files(example)
    folder, below, _ = running.named(directory)
    wanted = {posixpath.normpath(posixpath.join(below, path)): content for path, content in files.items()}
    taken = sorted(posixpath.relpath(path, below or ".") for path, content in wanted.items() if _differs(folder, path, content))
    if taken:
        raise RefusedError(
            f"{listed(taken)} {'is' if len(taken) == 1 else 'are'} there already; nothing was written", "choose an empty folder"
        )
    _write(folder, wanted)
    where = "" if directory == "." else f"cd {directory} && "
    click.echo(f"made a workspace of {counted(len(files), 'file')} in {directory}")
    click.echo(
        f"next: set repoURL in {posixpath.join(directory, 'tiphys.yaml')}, then: {where}tiphys generate && tiphys check",
        err=True,
    )
    return 0


def workspace_files(example: str) -> dict[str, bytes]:
    """Return the files of a new workspace by relative path, with the schemas that its modelines name."""
    shipped = Folder(resources.path("examples", example))
    files = {path: shipped.read(path) for path in shipped.walk("")}
    for kind in SCHEMAS:
        files[f".tiphys/{kind}.schema.json"] = resources.read("schemas", f"{kind}.schema.json")
    return {path: _MODELINE.sub(_beside(path), content) for path, content in files.items()}


def _beside(path: str) -> bytes:
    up = "../" * path.count("/")
    return b"$schema=" + up.encode() + rb".tiphys/\1.schema.json"


def _differs(folder: Folder, path: str, content: bytes) -> bool:
    """Tell whether a path has a different content; raises RefusedError if a link is on the way."""
    try:
        return folder.read(path) != content
    except UnreadableFileError as error:
        if error.at and error.at != path:
            raise RefusedError(f"{error.about(path)}; nothing was written", error.hint) from None
        return not error.is_missing


def _write(folder: Folder, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        try:
            if folder.kind(path) is Kind.NOTHING:
                writing.create(folder, path, content)
        except UnreadableFileError as error:
            raise RefusedError(error.about(path), "choose an empty folder") from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None
