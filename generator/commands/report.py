"""The command `tiphys report`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from generator.commands import options, running
from generator.errors import ConfigError
from generator.files import roots
from generator.wording import counted

if TYPE_CHECKING:
    from generator.site_folder import SiteFolder


@click.command("report")
@click.option("--output", "-o", "directory", metavar="DIR", required=True, help="The folder of the site; it is made.")
@options.quiet
@click.pass_context
def command(ctx: click.Context, directory: str, quiet: bool) -> int:
    r"""Write a report of the workspace as a static site: services, releases, findings, and where every line comes from.

    The site needs no server, no network and no script. Only DIR is written to: a folder that is empty, or
    that holds an earlier report, of which nothing stays. What is wrong with specs is in the report.

    \b
    tiphys report -o site
    tiphys report -o public/fleet && python3 -m http.server -d public
    """
    from generator.commands.surveying import survey
    from generator.report.site.pages import Site
    from generator.report.site.survey import counts

    root, loader, workspace = running.opened(ctx)
    folder = _opened(roots.absolute(directory))
    _check_place(folder.path, root, workspace.output)
    folder.check()
    found = survey(ctx, root, loader, workspace, running.progress_line("looked at"))
    pages = 0

    def made() -> Iterator[tuple[str, bytes]]:
        nonlocal pages
        for path, content in Site(found).files():
            pages += path.endswith(".html")
            yield path, content

    changed = folder.write(made())
    if not quiet:
        state = "" if changed else ", nothing changed"
        click.echo(f"{counted(pages, 'page')} of {counted(len(found.services), 'service')} in {directory}{state}", err=True)
        if found.findings:
            click.echo(f"{counts(found.findings)}; see findings.html", err=True)
    return 0


def _opened(path: str) -> SiteFolder:
    """Return the folder of a site, which must not be a link itself."""
    from generator.site_folder import SiteFolder

    above, name = posixpath.split(path)
    door = running.named(above)
    return SiteFolder(path, door._replace(path=posixpath.join(door.path, name)))


def _check_place(path: str, root: str, output: str) -> None:
    """Refuse to write where the workspace has what it is made of, or what it generates."""
    if roots.is_within(path, root, output):
        raise ConfigError(
            f"{path} is where the manifests are generated", "give a folder of its own, outside of the generated files"
        )
