"""The command `tiphys lint`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from generator.commands import options, running
from generator.errors import ConfigError
from generator.files import roots
from generator.pipeline import Mode, Outcome, Request, run

STDIN = "-"
_MOST = 1024 * 1024
"""The limit of stdin in bytes; the reader reports a spec of more than 256 kB."""


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@options.select
@options.ignore
@click.option("--fail-level", type=click.Choice(["error", "warning", "never"]), help="What makes the exit code 1.")
@click.option("--baseline", metavar="FILE", default="", help="Do not report the findings that are in this file.")
@click.option("--write-baseline", is_flag=True, help="Write all findings into the file of --baseline, or of tiphys.yaml.")
@click.option("--fix", is_flag=True, help="Correct what can be nothing else, such as a tag without quotes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: write what was most likely meant, such as a known field, too.")
@click.option("--stdin-filename", metavar="PATH", default="", help="For PATH -: the file that the text on stdin stands for.")
@click.option("--manifests", is_flag=True, help="The paths are plain manifests: files, folders, - for stdin.")
@click.option("--strict-references", is_flag=True, help="With --manifests: what is referred to must be among them.")
@click.option("--kubernetes", metavar="V", default="", help="With --manifests: the version of Kubernetes, such as 1.33.")
@options.reporting
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    baseline: str,
    write_baseline: bool,
    fix: bool,
    unsafe_fixes: bool,
    stdin_filename: str,
    formats: list[tuple[str, str]],
    color: str,
    quiet: bool,
    **asked: Any,
) -> int:
    r"""Run all rules over the specs, or over those at or below the paths that are named.

    What is on stdin can take the place of a file, which is how editors ask. Rules are switched off in
    tiphys.yaml, under spec.lint, or at their place: # tiphys: ignore[RULE] because …
    With --manifests, plain Kubernetes manifests are looked at, all together; that needs no workspace, and
    what its tiphys.yaml says of rules does not count there.

    \b
    tiphys lint
    tiphys lint services/checkout/pipeline.yaml --format sarif=lint.sarif
    tiphys lint --ignore TP201 --fail-level warning
    tiphys lint --fix
    tiphys lint - --stdin-filename services/checkout/pipeline.yaml < unsaved.yaml
    helm template charts/checkout | tiphys lint --manifests -
    """
    fixing, held = _Fixing(fix, unsafe_fixes), _Held(baseline, stdin_filename, write_baseline)
    _check_fixing(fixing, elsewhere=write_baseline or bool(stdin_filename) or asked["manifests"])
    if asked.pop("manifests"):
        return _manifests(ctx, paths, held, formats, color, quiet=quiet, asked=asked)
    if asked.pop("strict_references") | bool(asked.pop("kubernetes")):
        raise click.UsageError("--strict-references and --kubernetes belong to --manifests")
    return _specs(ctx, paths, held, fixing, formats, color, quiet=quiet, asked=asked)


class _Held(NamedTuple):
    """What findings and texts are held against: a baseline, and the file that stdin stands for."""

    baseline: str
    stdin_filename: str
    write_baseline: bool


class _Fixing(NamedTuple):
    """Whether files are corrected, and whether by guesses as well."""

    wanted: bool
    unsafe: bool


def _check_fixing(fixing: _Fixing, *, elsewhere: bool) -> None:
    if fixing.wanted and elsewhere:
        raise click.UsageError(
            "--fix corrects the files of a workspace: not stdin, not manifests, and not with --write-baseline"
        )
    if fixing.unsafe and not fixing.wanted:
        raise click.UsageError("--unsafe-fixes belongs to --fix")


def _specs(
    ctx: click.Context,
    paths: tuple[str, ...],
    held: _Held,
    fixing: _Fixing,
    formats: list[tuple[str, str]],
    color: str,
    *,
    quiet: bool,
    asked: dict[str, Any],
) -> int:
    root, baseline = running.workspace_root(ctx), held.baseline
    overlay = _overlay(root, paths, held.stdin_filename)
    wanted = list(overlay) or [_relative(root, path) for path in paths]
    request = Request(
        root,
        Mode.LINT,
        progress=running.progress_line("linted"),
        asked=running.asked(**asked),
        baseline=roots.below(baseline, root) if baseline else "",
        tidy=lambda path: _is_wanted(path, wanted),
        overlay=overlay,
    )
    if held.write_baseline:
        from generator.commands.baseline import write

        return write(ctx, request, formats, color)
    if fixing.wanted:
        from generator.commands.fixing import run_and_fix

        outcome, overlay = run_and_fix(request, lambda found: _only(found, wanted), unsafe=fixing.unsafe)
    else:
        outcome = _only(run(request), wanted)
    running.report(ctx, outcome, root, formats, color, overlay=overlay)
    if outcome.diagnostics or not quiet:
        click.echo(_sentence(outcome, running.called_as(ctx), baseline), err=True)
    return outcome.failure if running.fails(outcome) else 0


def _manifests(
    ctx: click.Context,
    paths: tuple[str, ...],
    held: _Held,
    formats: list[tuple[str, str]],
    color: str,
    *,
    quiet: bool,
    asked: dict[str, Any],
) -> int:
    from generator.commands import manifests

    if held.baseline or held.write_baseline:
        raise click.UsageError("a baseline is of a workspace, not of --manifests")
    strict, version = asked.pop("strict_references"), asked.pop("kubernetes")
    wanted = manifests.Asked(paths, strict, version, held.stdin_filename or "<stdin>", running.asked(**asked))
    return manifests.lint(ctx, wanted, formats, color, quiet=quiet)


def _overlay(root: str, paths: tuple[str, ...], filename: str) -> dict[str, bytes]:
    """Return the text on stdin as the file of the workspace that it stands for; nothing if it was not asked for."""
    if STDIN not in paths and not filename:
        return {}
    if paths != (STDIN,) or not filename:
        raise click.UsageError("stdin is read by `tiphys lint - --stdin-filename PATH`, and nothing else beside it")
    return {_below_root(root, filename): running.stdin(_MOST)}


def _only(outcome: Outcome, wanted: Sequence[str]) -> Outcome:
    """Return what is said of the files at or below the paths that were named; everything if none was."""
    if not wanted:
        return outcome
    return outcome._replace(
        diagnostics=[item for item in outcome.diagnostics if _is_wanted(item.path, wanted)],
        wanted={path: file for path, file in outcome.wanted.items() if _is_wanted(file.origin, wanted)},
        gone=tuple(entry for entry in outcome.gone if _is_wanted(entry.path, wanted)),
    )


def _sentence(outcome: Outcome, tiphys: str, baseline: str) -> str:
    from generator.wording import counted, listed

    found = running.summary(outcome)
    said = [found if outcome.diagnostics else f"{counted(outcome.services, 'service')}: {found}"]
    known = outcome.judge.known if outcome.judge else 0
    if known:
        said.append(f"{counted(known, 'finding')} of the baseline not reported")
    fixable = sum(item.fix is not None and item.fix.safe for item in outcome.diagnostics)
    if fixable:
        said.append(f"{fixable:,} of them can be fixed: {tiphys} lint --fix")
    if outcome.gone:
        option = f" --baseline {baseline}" if baseline else ""
        gone = listed(f"{entry.rule} in {entry.path}" for entry in outcome.gone)
        said.append(f"gone from the baseline: {gone}. To tighten it: {tiphys} lint{option} --write-baseline")
    return "; ".join(said)


def _relative(root: str, path: str) -> str:
    if not roots.exists(path):
        raise ConfigError(f"there is no {path}", "paths count from the working directory")
    return _below_root(root, path)


def _below_root(root: str, path: str) -> str:
    relative = roots.below(path, root)
    if relative.startswith("../"):
        raise ConfigError(f"{path} is not in the workspace {root}", "give its workspace with -C")
    return relative


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(one in (".", path) or path.startswith(f"{one}/") for one in wanted)
