"""The command `tiphys lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from generator.cli import lint_options, lint_paths, list_files, options, remembering, running, timing, verbosity
from generator.cli.lint_options import Fixing, Held
from generator.cli.progress import progress_line
from generator.kubernetes.target import UNSTATED, Target, parse
from generator.lint import users
from generator.lint.settings import Asked
from generator.pipeline.below import is_below, only_below
from generator.pipeline.run import Mode, Outcome, Request, run
from generator.syntax.wording import listed
from generator.system import timings, verbose
from generator.system.files import roots
from generator.workspace.load import Loader

if TYPE_CHECKING:
    from generator.pipeline.shards import Shard

STDIN = "-"
_OF_MANIFESTS = ("strict_references", "together", "target", "kubernetes", "crds", "rules")
"""The options that only --manifests has."""
_MOST = 1024 * 1024
"""The maximum size of stdin in bytes; the reader reports a spec of more than 256 kB."""


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@options.select
@options.ignore
@click.option("--fail-level", type=click.Choice(["error", "warning", "never"]), help="The lowest severity that fails the run.")
@click.option("--baseline", metavar="FILE", default="", help="Do not report findings listed in this file.")
@click.option("--write-baseline", is_flag=True, help="Write all findings to that file.")
@click.option("--fix", is_flag=True, help="Apply safe fixes, such as quoting a tag.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix, also apply fixes that guess.")
@options.shard
@list_files.option
@click.option("--stdin-filename", metavar="PATH", default="", help="The file that the content of stdin replaces.")
@click.option("--manifests", is_flag=True, help="Lint manifests: files, folders, or - for stdin.")
@click.option("--strict-references", is_flag=True, help="With --manifests, absent objects are errors.")
@click.option("--together", is_flag=True, help="With --manifests, lint all as one set.")
@click.option("--target", metavar="PRODUCT=V", multiple=True, help="With --manifests, versions: argocd=3.5,…")
@click.option("--kubernetes", metavar="V", default="", hidden=True, help="Short for --target kubernetes=V.")
@click.option("--crds", metavar="PATH", multiple=True, help="With --manifests, a file or folder of CRDs.")
@click.option("--rules", metavar="PATH", multiple=True, help="With --manifests, your own rules.")
@options.no_cache
@options.reporting
@verbosity.said
@timing.taken
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
    no_cache: bool,
    shard: Shard | None,
    lists: bool,
    **asked: Any,
) -> int:
    r"""Run all rules over the specs, or over the specs at or below the given paths.

    Disable a rule under spec.lint in tiphys.yaml, or on one line with `# tiphys: ignore[RULE] because …`.
    With PATH -, the content of stdin replaces the file given with --stdin-filename.

    With --manifests, plain Kubernetes manifests are linted, which needs no workspace: in a folder, each set
    that Argo CD would apply (docs/manifests.md). The settings of tiphys.yaml do not apply.

    \b
    tiphys lint
    tiphys lint services/checkout/pipeline.yaml --format sarif=lint.sarif
    tiphys lint - --stdin-filename services/checkout/pipeline.yaml < unsaved.yaml
    helm template charts/checkout | tiphys lint --manifests -
    """
    if lists:
        list_files.check(edits=fix or write_baseline, elsewhere=asked["manifests"] or STDIN in paths)
        return _listed(ctx, paths, baseline, shard, formats, color)
    fixing, held = Fixing(fix, unsafe_fixes), Held(baseline, stdin_filename, write_baseline, not no_cache, shard)
    lint_options.check_shard(held, fix=fix, manifests=asked["manifests"], stdin=STDIN in paths)
    lint_options.check_fixing(fixing, elsewhere=write_baseline or bool(stdin_filename) or asked["manifests"])
    if asked.pop("manifests"):
        return _manifests(ctx, paths, held, formats, color, quiet=quiet, asked=asked)
    if any(name for name in _OF_MANIFESTS if asked.pop(name)):
        names = listed(f"--{name}".replace("_", "-") for name in _OF_MANIFESTS)
        raise click.UsageError(f"{names} require --manifests")
    return _specs(ctx, paths, held, fixing, formats, color, quiet=quiet, asked=asked)


def _specs(
    ctx: click.Context,
    paths: tuple[str, ...],
    held: Held,
    fixing: Fixing,
    formats: list[tuple[str, str]],
    color: str,
    *,
    quiet: bool,
    asked: dict[str, Any],
) -> int:
    root, baseline = running.workspace_root(ctx), held.baseline
    overlay = _overlay(root, paths, held.stdin_filename)
    wanted = list(overlay) or [lint_paths.relative(root, path) for path in paths]
    request = Request(
        root,
        Mode.LINT,
        progress=progress_line("linted"),
        asked=running.asked(**asked, own=lambda: _own_names(root)),
        baseline=roots.below(baseline, root) if baseline else "",
        tidy=lambda path: is_below(path, wanted),
        overlay=overlay,
        shard=held.shard,
    )
    if held.write_baseline:
        from generator.cli.baseline import write

        return write(ctx, request, formats, color)
    if fixing.wanted:
        from generator.cli import fixing as fixes

        outcome, overlay = fixes.run_and_tell(request, lambda found: only_below(found, wanted), unsafe=fixing.unsafe)
        return _told(ctx, request._replace(overlay=overlay), outcome, baseline, formats, color, quiet=quiet)
    if wanted:
        verbose.tell("findings", f"only those at or below {listed(wanted)}")
    if paths or held.shard or not held.remembers:
        verbose.tell("cache", remembering.NOT_USED)
        outcome = only_below(run(request), wanted)
        return _told(ctx, request, outcome, baseline, formats, color, quiet=quiet)
    return _remembered(ctx, request, baseline, formats, color, quiet=quiet)


def _listed(
    ctx: click.Context,
    paths: tuple[str, ...],
    baseline: str,
    shard: Shard | None,
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    root = running.workspace_root(ctx)
    wanted = [lint_paths.relative(root, path) for path in paths]
    request = Request(root, Mode.LINT, tidy=lambda path: is_below(path, wanted), shard=shard)
    request = request._replace(baseline=roots.below(baseline, root) if baseline else "")
    return list_files.tell(ctx, request, formats, color, lambda path: is_below(path, wanted))


def _remembered(
    ctx: click.Context, request: Request, baseline: str, formats: list[tuple[str, str]], color: str, *, quiet: bool
) -> int:
    """Lint a whole workspace with what is remembered of the last time."""
    rules = request.asked or Asked()
    words = ["lint", repr(sorted(rules.select)), repr(sorted(rules.ignore)), request.baseline]
    with remembering.memory(request.root, words, wanted=True) as memory:
        outcome = run(request._replace(memory=memory))
        if memory and not outcome.errors:
            with timings.stage("cache"):
                memory.keep(None)
    return _told(ctx, request, outcome, baseline, formats, color, quiet=quiet)


def _told(
    ctx: click.Context,
    request: Request,
    outcome: Outcome,
    baseline: str,
    formats: list[tuple[str, str]],
    color: str,
    *,
    quiet: bool,
) -> int:
    running.report(ctx, outcome, request.root, formats, color, overlay=request.overlay, folds=False, shard=request.shard)
    if outcome.diagnostics or not quiet:
        click.echo(running.of_shard(request.shard, outcome) + _sentence(outcome, running.called_as(ctx), baseline), err=True)
    return outcome.failure if running.fails(outcome) else 0


def _own_names(root: str) -> frozenset[str]:
    loader = Loader(root)
    return users.names_of(loader, loader.workspace())


def _manifests(
    ctx: click.Context,
    paths: tuple[str, ...],
    held: Held,
    formats: list[tuple[str, str]],
    color: str,
    *,
    quiet: bool,
    asked: dict[str, Any],
) -> int:
    from generator.cli import manifests
    from generator.pipeline.manifests import names_of_own_rules
    from generator.pipeline.reading import Asked

    if held.baseline or held.write_baseline:
        raise click.UsageError("--manifests does not support a baseline")
    strict, together = asked.pop("strict_references"), asked.pop("together")
    target = _target(asked.pop("target"), asked.pop("kubernetes"))
    crds, own = asked.pop("crds"), asked.pop("rules")
    filename = held.stdin_filename or "<stdin>"
    wanted = Asked(paths, strict, together, target, crds, own, filename, None, running.named, running.stdin)
    wanted = wanted._replace(rules=running.asked(**asked, own=lambda: names_of_own_rules(wanted)))
    return manifests.lint(ctx, wanted, formats, color, quiet=quiet)


def _target(stated: tuple[str, ...], kubernetes: str) -> Target:
    """Return the versions that --target and --kubernetes state; each option can state some."""
    try:
        return (
            parse(",".join([*stated, *([f"kubernetes={kubernetes}"] if kubernetes else [])]))
            if stated or kubernetes
            else UNSTATED
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _overlay(root: str, paths: tuple[str, ...], filename: str) -> dict[str, bytes]:
    """Return the content of stdin by the path of the file that it replaces; empty if stdin is not to be linted."""
    if STDIN not in paths and not filename:
        return {}
    if paths != (STDIN,) or not filename:
        raise click.UsageError("to lint stdin, use `tiphys lint - --stdin-filename PATH` and no other path")
    return {lint_paths.below_root(root, filename): running.stdin(_MOST)}


def _sentence(outcome: Outcome, tiphys: str, baseline: str) -> str:
    from generator.syntax.wording import counted, shown

    found = running.summary(outcome)
    said = [found if outcome.diagnostics else f"{counted(outcome.services, 'service')}: {found}"]
    known = outcome.judge.known if outcome.judge else 0
    if known:
        said.append(f"{counted(known, 'finding')} suppressed by the baseline")
    fixable = sum(item.fix is not None and item.fix.safe for item in outcome.diagnostics)
    if fixable:
        said.append(f"{fixable:,} of them can be fixed: {tiphys} lint --fix")
    if outcome.gone:
        option = f" --baseline {baseline}" if baseline else ""
        gone = listed(shown(f"{entry.rule} in {entry.path}") for entry in outcome.gone)
        said.append(f"fixed since the baseline was written: {gone}. To update it: {tiphys} lint{option} --write-baseline")
    return "; ".join(said)
