"""The command `tiphys init`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import click

from generator.cli import running
from generator.errors import ConfigError, RefusedError
from generator.pipeline.addresses import IMAGE, PLACEHOLDERS
from generator.syntax import shipped
from generator.syntax.wording import counted
from generator.system import upwards
from generator.system.files import Folder, Kind, UnreadableFileError, roots, writing
from generator.workspace import starting
from generator.workspace.companions import Addition, comment


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
    Existing files are never overwritten: for those shared with other tools, such as .pre-commit-config.yaml,
    the lines to add are printed.

    \b
    tiphys init
    tiphys init shop --example online-boutique
    """
    if example not in _examples():
        raise click.BadParameter(
            f"unknown example `{example}`; expected one of {', '.join(_examples())}", param_hint="--example"
        )
    files = starting.files_of(example)
    folder, below, _ = running.named(directory)
    place = _place(folder, below, directory)
    todo = starting.start(files, place)
    _write(place.folder, todo.create)
    click.echo(f"created a workspace of {counted(len(todo.create), 'file')} in {directory}")
    _tell_additions(todo.add, directory)
    _tell_next(files, directory)
    return 0


def _place(folder: Folder, below: str, directory: str) -> starting.Place:
    """Return where the workspace is made; raises RefusedError if a link leads there."""
    try:
        folder.check_way(below or ".")
    except UnreadableFileError as error:
        raise RefusedError(error.about(directory), "use an empty folder") from None
    here = Folder(posixpath.join(folder.path, below) if below not in ("", ".") else folder.path)
    root = upwards.above(here.path, ".git")
    inside = roots.below(here.path, root) if root else "."
    return starting.Place(here, here) if inside == "." else starting.Place(here, Folder(root), inside)


def _tell_additions(add: Sequence[Addition], directory: str) -> None:
    """Print the lines to add to files that exist, each after a comment that says where they belong."""
    if not add:
        return
    click.echo("some files are shared with other tools, and were left as they are; add these lines:", err=True)
    for one in add:
        path = posixpath.normpath(posixpath.join(directory, one.path))
        click.echo(f"\n{comment(one.path)} {path}, {one.where}:\n{one.text}", nl=False)
    click.echo("", err=True)


def _tell_next(files: Mapping[str, bytes], directory: str) -> None:
    where = "" if directory == "." else f"cd {directory} && "
    click.echo("next: replace these placeholder addresses:", err=True)
    for path, line in _placeholders(files):
        click.echo(f"  {posixpath.normpath(posixpath.join(directory, path))}: {line}", err=True)
    click.echo(f"then: {where}tiphys generate && tiphys check", err=True)
    click.echo("for another service: tiphys add SERVICE", err=True)


def _placeholders(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, line) of each placeholder address."""
    for path, content in sorted(files.items()):
        if path == "tiphys.yaml" or path.startswith(("environments/", "services/")):
            for line in content.decode("utf-8").splitlines():
                _, _, address = line.strip().partition(": ")
                if address.startswith((*PLACEHOLDERS, IMAGE)):
                    yield path, line.strip()


def _write(folder: Folder, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        try:
            if folder.kind(path) is Kind.NOTHING:
                writing.create(folder, path, content)
        except UnreadableFileError as error:
            raise RefusedError(error.about(path), "use an empty folder") from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}", "check the permissions") from None
