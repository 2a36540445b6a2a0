"""The command `tiphys init`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

import click

from generator import disk, resources
from generator.consistency import PLACEHOLDERS
from generator.errors import RefusedError
from generator.wording import counted, listed

SCHEMAS = ("pipeline", "environment", "workspace")
_MODELINE = re.compile(rb"\$schema=(?:\.\./)*(?:schemas|\.tiphys)/([a-z]+)\.schema\.json")


def _examples() -> list[str]:
    return sorted(os.listdir(resources.path("examples")))


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
    taken = sorted(path for path, content in files.items() if _differs(os.path.join(directory, path), content))
    if taken:
        raise RefusedError(
            f"{listed(taken)} {'is' if len(taken) == 1 else 'are'} there already; nothing was written", "choose an empty folder"
        )
    for path, content in files.items():
        target = os.path.join(directory, path)
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
    where = "" if directory == "." else f"cd {directory} && "
    click.echo(f"made a workspace of {counted(len(files), 'file')} in {directory}")
    click.echo("next: replace these addresses, which are placeholders:", err=True)
    for path, line in _placeholders(files):
        click.echo(f"  {os.path.join(directory, path)}: {line}", err=True)
    click.echo(f"then: {where}tiphys generate && tiphys check", err=True)
    return 0


def _placeholders(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, line) of each address that nobody can use as it is."""
    for path, content in sorted(files.items()):
        if path == "tiphys.yaml" or path.startswith("environments/"):
            for line in content.decode("utf-8").splitlines():
                _, _, address = line.strip().partition(": ")
                if address.startswith(PLACEHOLDERS):
                    yield path, line.strip()


def workspace_files(example: str) -> dict[str, bytes]:
    """Return the files of a new workspace by relative path, with the schemas that its modelines name."""
    root = resources.path("examples", example)
    files = {path: disk.read_bytes(os.path.join(root, path)) for path in disk.walk(root, "", lambda _path: False)}
    for kind in SCHEMAS:
        files[f".tiphys/{kind}.schema.json"] = resources.read("schemas", f"{kind}.schema.json")
    return {path: _MODELINE.sub(_beside(path), content) for path, content in files.items()}


def _beside(path: str) -> bytes:
    up = "../" * path.count("/")
    return b"$schema=" + up.encode() + rb".tiphys/\1.schema.json"


def _differs(path: str, content: bytes) -> bool:
    if not os.path.lexists(path):
        return False
    try:
        return disk.read_bytes(path) != content
    except disk.UnreadableFileError:
        return True
