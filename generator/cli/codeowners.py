"""The command `tiphys codeowners`."""

from __future__ import annotations

import posixpath

import click

from generator.cli import options, running, verbosity
from generator.errors import ConfigError, RefusedError
from generator.pipeline import codeowners
from generator.pipeline.codeowners import Ownership
from generator.pipeline.run import Mode, Request, run
from generator.report import table
from generator.syntax.codeowners import BlockError, with_block
from generator.system.files import Folder, UnreadableFileError, writing
from generator.workspace.parsed import Parsed


@click.command("codeowners")
@click.option("--write", is_flag=True, help="Write the lines into the CODEOWNERS file of the repository.")
@options.formats
@options.color
@verbosity.said
@click.pass_context
def command(ctx: click.Context, /, formats: list[tuple[str, str]], color: str, *, write: bool) -> int:
    r"""Print the lines of CODEOWNERS that follow from the `owners` of services and environments.

    A spec belongs to the owners of its service. What is generated for an environment belongs to the owners of
    the environment, or else to those of the service. So a release to prod needs the approval of both.

    With --write, the lines are a marked block in the file that GitHub or GitLab reads; all other lines stay as
    they are. With `codeowners: true` in tiphys.yaml, `tiphys check` reports a stale block.

    \b
    tiphys codeowners
    tiphys codeowners --write
    """
    root, parsed = running.workspace_root(ctx), Parsed()
    outcome = run(Request(root, Mode.LINT, parsed=parsed))
    if outcome.workspace is None or outcome.errors:
        running.report(ctx, outcome, root, formats, color)
        click.echo(f"{running.summary(outcome)}; nothing was written", err=True)
        return outcome.failure
    found = codeowners.ownership(root, outcome.workspace, outcome.wanted, parsed)
    if not found.owned:
        raise ConfigError("no service and no environment has `owners`", "set `metadata.owners` in a spec or environment")
    written = [path for path, text in _texts(found).items() if _write(found, path, text)] if write else []
    documents = [path for form, path in formats if form == "json"]
    for path in documents:
        running.put(table.as_json({"version": 1, "lines": found.block, "written": written}), path)
    if not write and not options.is_json(formats):
        running.put("".join(f"{line}\n" for line in found.block), "")
    return 0


def _texts(found: Ownership) -> dict[str, str]:
    try:
        return found.texts()
    except UnreadableFileError as error:
        raise ConfigError(error.about("CODEOWNERS"), error.hint) from None


def _write(found: Ownership, path: str, text: str) -> bool:
    """Write the block into one file, and tell whether it was not there already."""
    try:
        wanted = with_block(text, found.block, found.workspace)
    except BlockError as error:
        told = str(error).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raise RefusedError(f"{path}: {told}; nothing was written", "correct the marks, then run it again") from None
    if wanted == text:
        click.echo(f"{path} is up to date", err=True)
        return False
    folder, content = Folder(found.repository), wanted.encode("utf-8", "surrogateescape")
    try:
        writing.renew(folder, path, content)
    except UnreadableFileError as error:
        raise ConfigError(f"{error.about(path)}; nothing was written", error.hint) from None
    except OSError as error:
        raise click.FileError(posixpath.join(found.repository, path), error.strerror or str(error)) from None
    click.echo(f"wrote {path}", err=True)
    return True
