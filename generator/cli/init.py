"""The command `tiphys init`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

import click

from generator.cli import running
from generator.errors import ConfigError, RefusedError
from generator.pipeline.addresses import PLACEHOLDERS
from generator.syntax import shipped
from generator.syntax.wording import counted, listed
from generator.system.files import Folder, Kind, UnreadableFileError, writing

SCHEMAS = ("pipeline", "environment", "workspace")
_MODELINE = re.compile(rb"\$schema=(?:\.\./)*(?:schemas|\.tiphys)/([a-z]+)\.schema\.json")


def _examples() -> list[str]:
    return shipped.names("examples")


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option(
    "--example",
    metavar="NAME",
    default="quickstart",
    show_default=True,
    help="The example to start from: quickstart, or online-boutique (eleven services).",
)
def command(directory: str, example: str) -> int:
    r"""Create a working, commented workspace in DIR.

    It contains specs, environments, generated manifests, a pre-commit configuration and a CI workflow.
    Existing files are never overwritten.

    \b
    tiphys init
    tiphys init shop --example online-boutique
    """
    if example not in _examples():
        raise click.BadParameter(
            f"unknown example `{example}`; expected one of {', '.join(_examples())}", param_hint="--example"
        )
    files = workspace_files(example)
    folder, below, _ = running.named(directory)
    wanted = {posixpath.normpath(posixpath.join(below, path)): content for path, content in files.items()}
    taken = sorted(posixpath.relpath(path, below or ".") for path, content in wanted.items() if _differs(folder, path, content))
    if taken:
        raise RefusedError(
            f"{listed(taken)} already {'exists' if len(taken) == 1 else 'exist'}; nothing was written", "use an empty folder"
        )
    _write(folder, wanted)
    where = "" if directory == "." else f"cd {directory} && "
    click.echo(f"created a workspace of {counted(len(files), 'file')} in {directory}")
    click.echo("next: replace these placeholder addresses:", err=True)
    for path, line in _placeholders(files):
        click.echo(f"  {posixpath.join(directory, path)}: {line}", err=True)
    click.echo(f"then: {where}tiphys generate && tiphys check", err=True)
    return 0


def _placeholders(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, line) of each placeholder address."""
    for path, content in sorted(files.items()):
        if path == "tiphys.yaml" or path.startswith("environments/"):
            for line in content.decode("utf-8").splitlines():
                _, _, address = line.strip().partition(": ")
                if address.startswith(PLACEHOLDERS):
                    yield path, line.strip()


def workspace_files(example: str) -> dict[str, bytes]:
    """Return the files of a new workspace by relative path, with the schemas that its modelines refer to."""
    folder = Folder(shipped.path("examples", example))
    files = {path: folder.read(path) for path in folder.walk("")}
    for kind in SCHEMAS:
        files[f".tiphys/{kind}.schema.json"] = shipped.read("schemas", f"{kind}.schema.json")
    return {path: _MODELINE.sub(_beside(path), content) for path, content in files.items()}


def _beside(path: str) -> bytes:
    up = "../" * path.count("/")
    return b"$schema=" + up.encode() + rb".tiphys/\1.schema.json"


def _differs(folder: Folder, path: str, content: bytes) -> bool:
    """Tell whether a path exists with different content; raises RefusedError if the path goes through a link."""
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
            raise RefusedError(error.about(path), "use an empty folder") from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None
