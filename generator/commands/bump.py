"""The command `tiphys bump`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import click

from generator.commands import moving, options, running
from generator.errors import ConfigError
from generator.files import UnreadableFileError
from generator.moves import Move


@click.command("bump")
@click.argument("service", required=False, metavar="[SERVICE]", shell_complete=options.complete_services)
@options.environment
@click.option("--image-tag", metavar="TAG", default="", help="The tag of the new image.")
@click.option("--image-digest", metavar="DIGEST", default="", help="Its digest, sha256:…")
@click.option("--chart-version", metavar="VERSION", default="", help="The version of the chart.")
@click.option("--from", "source", metavar="FILE", default="", help="Many at once: JSON, or lines `service=tag`; - for stdin.")
@click.option("--force", is_flag=True, help="Go back to an older version.")
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

    Only the bytes of the value change in the spec. Running it again changes nothing. Policy of the
    environment is checked before anything is written.

    \b
    tiphys bump checkout --env dev --image-tag 1.8.0 --commit
    tiphys bump --env dev --from images.json --commit
    echo "checkout=1.8.0" | tiphys bump --env dev --from -
    """
    version = {"image_tag": asked["image_tag"], "image_digest": asked["image_digest"], "chart_version": asked["chart_version"]}
    if bool(service) == bool(source) or (source and any(version.values())):
        raise click.UsageError("name a SERVICE with a new version, or a file of many with --from")
    if service:
        if not any(version.values()):
            raise click.UsageError("say what to bump: --image-tag, --image-digest or --chart-version")
        wanted = [_checked(Move(service, environment, **version))]
    else:
        wanted = [_checked(move) for move in _from_text(_read(source), environment)]
    fleet = moving.Fleet(running.workspace_root(ctx), writes=not asked["dry_run"])
    fleet.environment(environment)
    how = moving.Options(force=asked["force"], commit=asked["commit"], dry_run=asked["dry_run"])
    return moving.carry_out(ctx, fleet, wanted, how, formats, color)


def _read(source: str) -> str:
    hint = "give a file of JSON, or of lines `service=tag`"
    try:
        raw = running.stdin(_MOST) if source == "-" else running.named(source).read(_MOST)
        return raw.decode("utf-8")
    except UnreadableFileError as error:
        raise ConfigError(error.about(source), error.hint or hint) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} cannot be read: {error}", hint) from None


_MOST = 16 * 1024 * 1024
"""The limit of a list of moves in bytes."""
_LINE = re.compile(r"\s*([a-z][-a-z0-9]*)\s*=\s*(\S+)\s*\Z")
_FIELDS = {"imageTag": "image_tag", "imageDigest": "image_digest", "chartVersion": "chart_version"}
_FORMS = {
    "image_tag": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z"), "an image tag"),
    "image_digest": (re.compile(r"sha256:[a-f0-9]{64}\Z"), "a digest: sha256: and 64 hexadecimal digits"),
    "chart_version": (re.compile(r"[-0-9A-Za-z.*+^~<>=!|, ]{1,100}\Z"), "a chart version"),
}


def _checked(move: Move) -> Move:
    """Return the move; raises ConfigError where a part of it cannot be what it is meant to be."""
    for field, (form, what) in _FORMS.items():
        value = getattr(move, field)
        if value and not form.match(value):
            raise ConfigError(f"{move.service}: {value!r} is not {what}", "correct it where it comes from")
    return move


def _from_text(text: str, environment: str) -> Iterator[Move]:
    if text.lstrip()[:1] in ("{", "["):
        yield from _from_json(text, environment)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _LINE.match(line)
            if match is None:
                raise ConfigError(f"line {number} is not `service=tag`: {line.strip()!r}", "write one service a line")
            yield Move(match[1], environment, match[2])


def _from_json(text: str, environment: str) -> Iterator[Move]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"not valid JSON: {error}", 'write {"service": "tag"} or a list of objects') from None
    items = [{"service": name, "imageTag": tag} for name, tag in data.items()] if isinstance(data, dict) else data
    for item in items:
        known = isinstance(item, dict) and all(isinstance(value, str) for value in item.values())
        if not known or "service" not in item or not {*item} <= {"service", *_FIELDS}:
            raise ConfigError(
                f"{json.dumps(item)} does not say which service gets what", f"use the keys service, {', '.join(_FIELDS)}"
            )
        yield Move(item["service"], environment, **{field: item[name] for name, field in _FIELDS.items() if name in item})
