"""The command `tiphys report`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from generator.cli import options, remembering, running, timing, verbosity
from generator.cli.progress import progress_line
from generator.errors import ConfigError
from generator.syntax.wording import counted
from generator.system import timings, upwards
from generator.system.files import roots

if TYPE_CHECKING:
    from generator.report.site.folder import SiteFolder


@click.command("report")
@click.option("--output", "-o", "directory", metavar="DIR", required=True, help="The folder of the site; created if needed.")
@options.no_cache
@options.quiet
@verbosity.said
@timing.taken
@click.pass_context
def command(ctx: click.Context, directory: str, quiet: bool, no_cache: bool) -> int:
    r"""Write a report of the workspace as a static site: services, releases, findings, and where every line comes from.

    The site needs no server, no network and no script. Only DIR is written to: it must be empty or hold an
    earlier report, which is replaced. Errors in specs are part of the report and do not fail the command.

    \b
    tiphys report -o site
    tiphys report -o public/fleet && python3 -m http.server -d public
    """
    from generator.report.site.pages import Site
    from generator.report.site.survey import counts
    from generator.report.site.surveying import survey

    root, loader, workspace = running.opened(ctx)
    folder = _opened(roots.absolute(directory))
    _check_place(folder.path, root, workspace.output)
    folder.check()
    with timings.stage("survey"):
        last = remembering.of_report(root, wanted=not no_cache)
        found = survey(root, loader, workspace, progress_line("surveyed"), memory=last)
    pages = 0

    def made() -> Iterator[tuple[str, bytes]]:
        nonlocal pages
        for path, content in Site(found).files():
            pages += path.endswith(".html")
            yield path, content

    with timings.stage("pages"):
        changed = folder.write(made())
    if not quiet:
        state = "" if changed else ", nothing changed"
        click.echo(f"{counted(pages, 'page')} of {counted(len(found.services), 'service')} in {directory}{state}", err=True)
        if found.findings:
            click.echo(f"{counts(found.findings)}; see findings.html", err=True)
    return 0


def _opened(path: str) -> SiteFolder:
    """Return the folder of a site, which must not be a link itself."""
    from generator.report.site.folder import SiteFolder

    above, name = posixpath.split(path)
    door = running.named(above)
    return SiteFolder(path, door._replace(path=posixpath.join(door.path, name)))


def _check_place(path: str, root: str, output: str) -> None:
    """Refuse to write to the folder of generated files."""
    if upwards.is_within(path, root, output):
        raise ConfigError(f"{path} is in the folder of generated files", "use a folder outside the generated files")
