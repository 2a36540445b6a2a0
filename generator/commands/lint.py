"""The command `mooring lint`."""

from __future__ import annotations

import os

import click

from generator.commands import options, running
from generator.errors import ConfigError
from generator.pipeline import Mode, Outcome, Request, run


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--manifests", "plain", is_flag=True, help="The paths are plain manifests: files, folders, - for stdin.")
@click.option("--strict-references", is_flag=True, help="With --manifests: what is referred to must be among them.")
@click.option("--kubernetes", metavar="V", default="", help="With --manifests: the version of Kubernetes, such as 1.33.")
@click.option("--stdin-filename", metavar="NAME", default="<stdin>", help="With --manifests -: what to call it.")
@options.reporting
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    plain: bool,
    strict_references: bool,
    kubernetes: str,
    stdin_filename: str,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
) -> int:
    r"""Run all rules over the specs, or over those at or below the paths that are named.

    With --manifests, over plain Kubernetes manifests, all taken together; that needs no workspace.

    \b
    mooring lint
    mooring lint services/checkout/pipeline.yaml
    mooring lint --manifests deploy/
    helm template charts/checkout | mooring lint --manifests -
    """
    if plain:
        from generator.commands import manifests

        asked = manifests.Asked(paths, strict_references, kubernetes, stdin_filename)
        return manifests.lint(ctx, asked, formats, color, quiet=quiet)
    if strict_references or kubernetes:
        raise click.UsageError("--strict-references and --kubernetes belong to --manifests")
    return _specs(ctx, paths, formats, color, quiet=quiet)


def _specs(ctx: click.Context, paths: tuple[str, ...], formats: list[tuple[str, str]], color: str, *, quiet: bool) -> int:
    root = running.workspace_root(ctx)
    wanted = [_relative(root, path) for path in paths]
    outcome = run(Request(root, Mode.LINT, progress=running.progress_line("linted")))
    if wanted:
        kept = [item for item in outcome.diagnostics if any(_below(item.path, path) for path in wanted)]
        outcome = outcome._replace(diagnostics=kept)
    running.report(ctx, outcome, root, formats, color)
    if outcome.diagnostics or not quiet:
        click.echo(_sentence(outcome), err=True)
    return outcome.failure if outcome.errors else 0


def _sentence(outcome: Outcome) -> str:
    from generator.wording import counted

    found = running.summary(outcome)
    return found if outcome.diagnostics else f"{counted(outcome.services, 'service')}: {found}"


def _relative(root: str, path: str) -> str:
    if not os.path.lexists(path):
        raise ConfigError(f"there is no {path}", "paths count from the working directory")
    relative = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    if relative.startswith("../"):
        raise ConfigError(f"{path} is not in the workspace {root}", "give its workspace with -C")
    return relative


def _below(path: str, wanted: str) -> bool:
    return wanted in (".", path) or path.startswith(f"{wanted}/")
