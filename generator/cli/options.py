"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from generator.report import FORMATS

if TYPE_CHECKING:
    from generator.pipeline.shards import Shard

Decorated = Callable[..., Any]


def complete_services(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the services that start with what was typed."""
    from generator.cli.completion import offered, service_names

    return offered(service_names(ctx), incomplete)


def complete_environments(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the environments that start with what was typed."""
    from generator.cli.completion import environment_names, offered

    return offered(environment_names(ctx), incomplete)


def complete_destinations(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the destinations of the environment on the command line that start with what was typed."""
    from generator.cli.completion import destination_names, offered

    return offered(destination_names(ctx), incomplete)


def complete_rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the shipped rules, by id and by name, that start with what was typed."""
    from generator.lint import catalogue

    return sorted(word for pair in catalogue.names().items() for word in pair if word.startswith(incomplete))


def complete_subjects(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return what `explain` explains: services, and once something is typed, rules, which are hundreds of words."""
    rules = complete_rules(ctx, param, incomplete) if incomplete else []
    return [*complete_services(ctx, param, incomplete), *rules]


services = click.argument("services", nargs=-1, metavar="[SERVICE]...", shell_complete=complete_services)
service = click.argument("service", metavar="SERVICE", shell_complete=complete_services)
environments = click.option(
    "--env",
    "-e",
    "environments",
    multiple=True,
    metavar="E",
    shell_complete=complete_environments,
    help="Only this environment; repeatable.",
)
environment = click.option(
    "--env", "-e", "environment", required=True, metavar="E", shell_complete=complete_environments, help="The environment."
)
helm = click.option("--helm", metavar="BIN", default="", help="The Helm binary; by default that on the PATH.")
color = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the output."
)
commit = click.option("--commit", is_flag=True, help="Commit the specs and their generated files.")
dry_run = click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
quiet = click.option("--quiet", "-q", is_flag=True, help="Print only problems.")


rows = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="Output format.",
)


def _words(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for item in value for word in item.split(",") if word.strip())


def _clones(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Return the folders of clones by the address of their repository, from URL=DIR."""
    found = {}
    for item in value:
        address, equals, folder = item.rpartition("=")
        if not (equals and address and folder):
            raise click.BadParameter(f"expected URL=DIR, not `{item}`")
        found[address] = folder
    return found


repo = click.option(
    "--repo",
    "clones",
    metavar="URL=DIR",
    multiple=True,
    callback=_clones,
    help="The clone of a Git repository with charts, at the revision that specs name; repeatable.",
)


def _shard(_ctx: click.Context, _param: click.Parameter, value: str) -> Shard | None:
    """Return the shard K/N; raises click.BadParameter for what is not one."""
    if not value:
        return None
    from generator.pipeline.shards import MOST, Shard

    words = value.split("/")
    if len(words) != 2 or not all(word.isascii() and word.isdigit() and len(word) < 9 for word in words):
        raise click.BadParameter(f"expected K/N, such as 2/4, not `{value}`")
    number, of = map(int, words)
    if not 1 <= of <= MOST:
        raise click.BadParameter(f"`{value}` has {of:,} shards; the number must be from 1 to {MOST:,}")
    if not 1 <= number <= of:
        raise click.BadParameter(f"`{value}`: shards are numbered from 1 to {of:,}")
    return Shard(number, of)


shard = click.option("--shard", metavar="K/N", default="", callback=_shard, help="Only the K-th of N parts, for N runners.")


def programs(command: Decorated) -> Decorated:
    """Add the options for environments with `output: rendered`: which Helm, and where clones of other repositories are."""
    return helm(repo(command))


charts = click.option(
    "--charts",
    metavar="DIR",
    multiple=True,
    help="Take charts and chart packages from here instead of chart repositories. Repeatable.",
)
select = click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    callback=_words,
    shell_complete=complete_rules,
    help="Run only these rules, comma-separated.",
)
ignore = click.option(
    "--ignore", multiple=True, metavar="RULE", callback=_words, shell_complete=complete_rules, help="Skip these rules."
)
fail_level = click.option(
    "--fail-level", type=click.Choice(["error", "warning"]), help="Fail on errors only, or on warnings as well."
)


def usual_format(known: Sequence[str]) -> str:
    """Return the default format: in a GitHub workflow, the one that annotates."""
    return "github" if "github" in known and os.environ.get("GITHUB_ACTIONS") else "text"


def formats_of(known: Sequence[str]) -> Decorated:
    """Return the option --format for a command with these formats."""
    option: Decorated = click.option(
        "--format",
        "formats",
        multiple=True,
        metavar="FORMAT[=FILE]",
        shell_complete=lambda _ctx, _param, incomplete: [name for name in known if name.startswith(incomplete)],
        callback=lambda _ctx, _param, value: [_format(item, known) for item in value] or [(usual_format(known), "")],
        help=f"{', '.join(known)}; repeatable, with =FILE to write to a file.",
    )
    return option


def _format(text: str, known: Sequence[str]) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if name not in known:
        raise click.BadParameter(f"unknown format `{name}`; expected one of {', '.join(known)}")
    return name, path


formats = formats_of(FORMATS)


def stdout_is_taken(formats: list[tuple[str, str]]) -> bool:
    """Tell whether stdout holds a document for programs, so that nothing else may be printed there."""
    return any(not path and name not in ("text", "concise", "github") for name, path in formats)


def is_json(formats: list[tuple[str, str]]) -> bool:
    """Tell whether stdout holds JSON, so that what is said for people goes to stderr."""
    return ("json", "") in formats


PLAIN = [("text", "")]
"""A report for people, on stdout."""
no_cache = click.option("--no-cache", is_flag=True, help="Neither use nor keep results of runs.")


def reporting(command: Decorated) -> Decorated:
    """Add the options of every command that reports problems."""
    decorated: Decorated = formats(color(quiet(command)))
    return decorated
