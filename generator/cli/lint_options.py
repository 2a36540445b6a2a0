"""What `tiphys lint` is asked for, and which of its options exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from generator.syntax.wording import listed

if TYPE_CHECKING:
    from generator.pipeline.shards import Shard


class Held(NamedTuple):
    """What the run compares with, and over what it runs: a baseline, the file that stdin replaces, a shard."""

    baseline: str
    stdin_filename: str
    write_baseline: bool
    remembers: bool
    """Whether to use what earlier runs have kept, and to keep this one."""
    shard: Shard | None


class Fixing(NamedTuple):
    """Whether to apply fixes, and whether to apply unsafe ones as well."""

    wanted: bool
    unsafe: bool


def check_fixing(fixing: Fixing, *, elsewhere: bool) -> None:
    """Raise click.UsageError where fixes cannot be applied; `elsewhere` is whether anything but a workspace is edited."""
    if fixing.wanted and elsewhere:
        raise click.UsageError(
            "--fix edits the files of a workspace; it cannot be used with stdin, --manifests or --write-baseline"
        )
    if fixing.unsafe and not fixing.wanted:
        raise click.UsageError("--unsafe-fixes requires --fix")


def check_shard(held: Held, *, fix: bool, manifests: bool, stdin: bool) -> None:
    """Raise click.UsageError where only the whole can be linted."""
    if not held.shard:
        return
    others = {
        "--fix": fix,
        "--write-baseline": held.write_baseline,
        "--manifests": manifests,
        "stdin": stdin or bool(held.stdin_filename),
    }
    given = [name for name, is_given in others.items() if is_given]
    if given:
        raise click.UsageError(f"--shard lints a part of the services of a workspace; it cannot be used with {listed(given)}")
