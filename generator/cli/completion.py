"""The command `tiphys completion`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

_ABSTRACT = re.compile(rb"\babstract:\s*true\b")
_IN_BRACES = re.compile(r"\{[ \t]*name:[ \t]*[\"']?([a-z][-a-z0-9]*)")
_ON_A_LINE = re.compile(r"[ \t]+name:[ \t]*[\"']?([a-z][-a-z0-9]*)")
_OFFERED = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
"""Names that may be offered. A shell puts the only one into the line as it is, so `$(reboot)` would run on Enter."""
_LONGEST = 63


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    r"""Print the completion script for a shell.

    \b
    tiphys completion bash > ~/.local/share/bash-completion/completions/tiphys
    tiphys completion powershell >> $PROFILE
    """
    if shell == "powershell":
        from generator.cli import powershell

        powershell.register()
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion is available for {shell}")
    root = ctx.find_root()
    click.echo(found(root.command, {}, "tiphys", "_TIPHYS_COMPLETE").source())
    return 0


def offered(names: Iterable[str], incomplete: str) -> list[str]:
    """Return the names that start with what was typed, without those that no service, environment or destination may have."""
    return [name for name in names if name.startswith(incomplete) and len(name) <= _LONGEST and _OFFERED.match(name)]


def service_names(ctx: click.Context) -> Iterator[str]:
    """Yield the services of the workspace; nothing outside a workspace, because completion must not print errors."""
    from generator.errors import ConfigError
    from generator.syntax.reader.characters import MAX_BYTES
    from generator.system import disk
    from generator.system.files import Folder, UnreadableFileError
    from generator.workspace.model import Workspace
    from generator.workspace.root import find_root

    try:
        root = find_root(_directory(ctx))
    except ConfigError:
        return
    for path in disk.matching(root, Workspace._field_defaults["specs"], lambda path: path == "generated"):
        try:
            name = _name_in(Folder(root).read(path, MAX_BYTES).decode("utf-8", "replace"))
        except UnreadableFileError:
            continue
        if name:
            yield name


def _name_in(text: str) -> str:
    """Return `metadata.name` of a spec, as far as it is seen without reading YAML: a shell waits for the answer."""
    inside = False
    for line in text.splitlines():
        if inside and line.strip() and line[0] not in " \t":
            return ""
        inside = inside or line.startswith("metadata:")
        match = _IN_BRACES.match(line.removeprefix("metadata:").lstrip()) if line.startswith("metadata:") else None
        match = match or (_ON_A_LINE.match(line) if inside else None)
        if match:
            return match[1]
    return ""


def environment_names(ctx: click.Context) -> list[str]:
    """Return the environments of the workspace that services can be deployed to."""
    from generator.errors import ConfigError
    from generator.system.files import Folder, UnreadableFileError
    from generator.workspace.root import find_root

    try:
        folder = Folder(find_root(_directory(ctx)))
        names = [name for name, _ in folder.entries("environments") if name.endswith(".yaml")]
        abstract = {name for name in names if _ABSTRACT.search(folder.head(f"environments/{name}", 1 << 16))}
    except (ConfigError, UnreadableFileError):
        return []
    return [name.removesuffix(".yaml") for name in names if name not in abstract]


def destination_names(ctx: click.Context) -> list[str]:
    """Return the destinations of the environment that the command line names; none if its file cannot be read."""
    from generator.errors import Rejected, TiphysError
    from generator.workspace.destinations import destinations_of
    from generator.workspace.load import Loader
    from generator.workspace.root import find_root

    try:
        loader = Loader(find_root(_directory(ctx)))
        environment = loader.environments(loader.workspace()).get(str(ctx.params.get("environment") or ""))
    except (Rejected, TiphysError):
        return []
    return list(destinations_of(environment)) if environment else []


def _directory(ctx: click.Context) -> str:
    root = ctx.find_root()
    return str(root.params.get("directory") or ".")
