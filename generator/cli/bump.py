"""The command `tiphys bump`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import click

from generator.cli import moving, options, running
from generator.errors import ConfigError
from generator.history.carry_out import Options
from generator.history.fleet import Fleet
from generator.history.moves import Move
from generator.system.files import UnreadableFileError


@click.command("bump")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@options.environment
@click.option("--image-tag", metavar="TAG", default="", help="The new image tag.")
@click.option("--image-digest", metavar="DIGEST", default="", help="The new image digest, sha256:…")
@click.option("--chart-version", metavar="VERSION", default="", help="The new chart version.")
@click.option(
    "--from",
    "source",
    metavar="FILE",
    default="",
    help="Bump many services: a file of JSON or `service=tag` lines; - for stdin.",
)
@click.option("--force", is_flag=True, help="Allow a downgrade.")
@options.commit
@options.dry_run
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context,
    /,
    service: str | None,
    environment: str,
    source: str,
    formats: list[tuple[str, str]],
    color: str,
    **asked: Any,
) -> int:
    r"""Set the image tag, digest or chart version of a service in one environment, and regenerate.

    Only the value itself is edited in the spec; comments and formatting stay. Running the command again
    changes nothing. The environment's policy is checked before anything is written.

    \b
    tiphys bump checkout --env dev --image-tag 1.8.0 --commit
    tiphys bump --env dev --from images.json --commit
    echo "checkout=1.8.0" | tiphys bump --env dev --from -
    """
    version = {"image_tag": asked["image_tag"], "image_digest": asked["image_digest"], "chart_version": asked["chart_version"]}
    if bool(service) == bool(source) or (source and any(version.values())):
        raise click.UsageError("pass either a SERVICE with a new version, or --from FILE")
    if service:
        if not any(version.values()):
            raise click.UsageError("pass at least one of --image-tag, --image-digest and --chart-version")
        wanted = [_checked(Move(service, environment, **version))]
    else:
        wanted = [_checked(move) for move in _from_text(_read(source), environment)]
    fleet = Fleet(running.workspace_root(ctx), writes=not asked["dry_run"])
    fleet.environment(environment)
    how = Options(force=asked["force"], commit=asked["commit"], dry_run=asked["dry_run"])
    return moving.carry_out(ctx, fleet, wanted, how, formats, color)


def _read(source: str) -> str:
    hint = "pass a file of JSON, or of `service=tag` lines"
    try:
        raw = running.stdin(_MOST) if source == "-" else running.named(source).read(_MOST)
        return raw.decode("utf-8")
    except UnreadableFileError as error:
        raise ConfigError(error.about(source), error.hint or hint) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} cannot be read: {error}", hint) from None


_MOST = 16 * 1024 * 1024
"""The maximum size of a list of moves, in bytes."""
_LINE = re.compile(r"\s*([a-z][-a-z0-9]*)\s*=\s*(\S+)\s*\Z")
_FIELDS = {"imageTag": "image_tag", "imageDigest": "image_digest", "chartVersion": "chart_version"}
_FORMS = {
    "image_tag": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z"), "an image tag"),
    "image_digest": (re.compile(r"sha256:[a-f0-9]{64}\Z"), "a digest: sha256: and 64 hexadecimal digits"),
    "chart_version": (re.compile(r"[-0-9A-Za-z.*+^~<>=!|, ]{1,100}\Z"), "a chart version"),
}


def _checked(move: Move) -> Move:
    """Return the move; raises ConfigError if one of its fields is malformed."""
    for field, (form, what) in _FORMS.items():
        value = getattr(move, field)
        if value and not form.match(value):
            raise ConfigError(f"{move.service}: {value!r} is not {what}", "correct the value that you pass")
    return move


def _from_text(text: str, environment: str) -> Iterator[Move]:
    if text.lstrip()[:1] in ("{", "["):
        yield from _from_json(text, environment)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _LINE.match(line)
            if match is None:
                raise ConfigError(f"line {number} is not `service=tag`: {line.strip()!r}", "write one service per line")
            yield Move(match[1], environment, match[2])


def _from_json(text: str, environment: str) -> Iterator[Move]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not valid JSON: {error}", 'write {"service": "tag"} or a list of objects') from None
    items = [{"service": name, "imageTag": tag} for name, tag in data.items()] if isinstance(data, dict) else data
    for item in items:
        known = isinstance(item, dict) and all(isinstance(value, str) for value in item.values())
        if not known or "service" not in item or not {*item} <= {"service", *_FIELDS}:
            raise ConfigError(f"{json.dumps(item)} is not a valid move", f"use the keys service, {', '.join(_FIELDS)}")
        yield Move(item["service"], environment, **{field: item[name] for name, field in _FIELDS.items() if name in item})
