"""The command `tiphys config`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from generator.cli import colors, options, running

if TYPE_CHECKING:
    from generator.workspace.effective import Setting


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the settings of tiphys.yaml that start with what was typed."""
    from generator.syntax.reader import Source
    from generator.syntax.schema.errors import schema
    from generator.workspace.effective import settings

    known = settings(Source("", "", {}), schema("workspace"))
    return [one.key for one in known if one.key.startswith(incomplete)]


@click.group("config")
def command() -> None:
    r"""Show the settings that take effect, and where each comes from.

    \b
    tiphys config show
    tiphys config show spec.lint
    """


@command.command("show")
@click.argument("key", required=False, default="", metavar="[KEY]", shell_complete=_complete)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
@click.pass_context
def show(ctx: click.Context, key: str, form: str) -> int:
    r"""Show all settings, or the one called KEY and those below it.

    A setting comes from tiphys.yaml, with its line and column, from an environment variable, from a flag, or is the
    default. `spec.` may be left out of KEY.

    \b
    tiphys config show
    tiphys config show lint.failLevel
    tiphys config show --format json
    """
    from generator.errors import Rejected
    from generator.lint import settings as lint_settings
    from generator.lint import users
    from generator.report.settings import as_json, as_text
    from generator.syntax.schema.errors import schema
    from generator.workspace.effective import settings

    root, loader, workspace = running.opened(ctx)
    wrong = [*loader.problems(), *lint_settings.problems(workspace, users.names_of(loader, workspace))]
    if wrong:
        raise Rejected(wrong)
    found = [*_of_call(ctx, root), *settings(workspace.source, schema("workspace"))]
    found = _named(found, key) if key else found
    click.echo(as_json(found) if form == "json" else running.guarded_text(as_text(found), ""), nl=False)
    return 0


def _named(found: Sequence[Setting], key: str) -> list[Setting]:
    """Return the settings at or below a key; raises ConfigError for an unknown one."""
    from generator.syntax.wording import unknown

    for wanted in (key, f"spec.{key}"):
        matches = [one for one in found if one.key == wanted or one.key.startswith((f"{wanted}.", f"{wanted}["))]
        if matches:
            return matches
    short = [one.key.removeprefix("spec.") for one in found]
    raise unknown("setting", key, [one.key for one in found] if key.startswith("spec") else short)


def _of_call(ctx: click.Context, root: str) -> Iterator[Setting]:
    """Yield what the call and its environment decide: the workspace, the cache, the output, the programs."""
    from generator.report import FORMATS
    from generator.system import helm, kustomize, store
    from generator.workspace.effective import DEFAULT, Origin, Setting

    def of(variable: str) -> Origin:
        return Origin("environment", variable) if variable else DEFAULT

    yield Setting("root", root, Origin("search", "nearest tiphys.yaml") if ctx.obj == "." else Origin("flag", "-C"))
    cache, variable = store.chosen()
    yield Setting("cache", cache, of(variable))
    color, variable = colors.chosen()
    yield Setting("color", color, of(variable))
    usual = options.usual_format(FORMATS)
    yield Setting("format", usual, of("GITHUB_ACTIONS" if usual == "github" else ""))
    for name, path in (("helm", helm.path_of()), ("kustomize", kustomize.path_of())):
        yield Setting(name, path, Origin("search", "PATH") if path else DEFAULT)
