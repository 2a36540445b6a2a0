"""The one place that starts git, so that nothing in the tree can control what git does.

What a user has configured, for themselves or in `.git`, is trusted: it does not travel with a commit. It changes
no output that is read here.

Git starts at the top of the working tree, next to the `.git` that was found, so that it never looks at a folder which
only looks like a repository. `safe.bareRepository` says the same to a git that knows it.

`GIT_PROTOCOL_FROM_USER` is left alone: it also forbids remotes in folders, which are common. The two transports
that run a program or take over a descriptor are off by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from generator.errors import ConfigError
from generator.system import program
from generator.system.git import place as git_place

_SETTINGS = (
    "safe.bareRepository=explicit",
    "protocol.ext.allow=never",
    "protocol.fd.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "core.quotepath=off",
    "core.fsmonitor=false",
    "color.ui=false",
    "diff.relative=false",
    "diff.renames=false",
    "diff.noprefix=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "log.diffMerges=first-parent",
    "log.follow=false",
    "log.mailmap=false",
    "log.showRoot=true",
    "log.showSignature=false",
)
"""Settings that would start a program, leave the repository, or change what git prints, set to what is read here."""

_NO_HOOKS = f"core.hooksPath={os.devnull}"
_PLAIN_DIFF = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
_GUARDS = {
    "diff": _PLAIN_DIFF,
    "diff-tree": _PLAIN_DIFF,
    "log": _PLAIN_DIFF,
    "status": ("--ignore-submodules=all",),
    "fetch": ("--no-recurse-submodules",),
    "push": ("--recurse-submodules=no",),
    "checkout": ("--no-recurse-submodules",),
}
"""What a `.gitattributes` or `.gitmodules` in the tree could enable, per subcommand; disabled here."""

MOST_OUTPUT = 128 * 1024 * 1024
"""Bytes of output that are read; more than the longest history needs."""
_MOST_SAID = 2000
"""Letters of a complaint that are shown."""
_LINES = 20
_HOW_TO = "run it in a clone of the config repository, or create one: `git init && git add --all && git commit`"


class TooMuchOutputError(ConfigError):
    """Git printed more than is read."""


def call(
    root: str,
    *arguments: str,
    stdin: bytes | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
    hooks: bool = True,
    most: int = MOST_OUTPUT,
) -> program.Done:
    """Return the output of git for these arguments in the repository of a directory, as seen from the top of its working tree.

    `hooks` tells whether hooks may run: they can be files of the working tree. Raises ConfigError if git or the repository
    does not exist, and TooMuchOutputError for more than `most` bytes.
    """
    place = place_of(root)
    if not place.top:
        raise outside(root)
    subcommand, *rest = arguments
    guarded = [subcommand, *_GUARDS.get(subcommand, ()), *rest]
    settings = _SETTINGS if hooks else (*_SETTINGS, _NO_HOOKS)
    return _start(place.top, guarded, place.environment | dict(variables), stdin, settings, most)


def init(folder: str) -> program.Done:
    """Make an empty repository in a folder of our own; no template of the user's is copied into it."""
    return _start(folder, ["init", "--quiet", "--template="], git_place.alone(_environment()), None)


def place_of(root: str) -> git_place.Place:
    """Return where the repository of a folder is; its top is empty if absent."""
    return git_place.find(root, _environment())


def _environment() -> dict[str, str]:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
    for name in ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"):
        environment.pop(name, None)  # every path here says itself how it is meant
    return environment


def _start(
    folder: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes | None,
    settings: Sequence[str] = _SETTINGS,
    most: int = MOST_OUTPUT,
) -> program.Done:
    try:
        command = ["git", "-C", folder, *(word for setting in settings for word in ("-c", setting)), *arguments]
        return program.run_bounded(command, most, environment=environment, stdin=stdin)
    except FileNotFoundError:
        raise ConfigError("git is not on the PATH", "install git: Tiphys reads staged files and the history with it") from None
    except program.TooMuchError:
        limit = f"{most // (1024 * 1024):,} MiB"
        raise TooMuchOutputError(
            f"git {arguments[0]} printed more than {limit} in {folder}", "use a shallow clone: `git clone --depth N`"
        ) from None
    except (OSError, ValueError) as error:  # a word that is too long for a program, or no text at all
        words = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"git {arguments[0]} cannot be started in {folder}: {words}", "check the paths in tiphys.yaml"
        ) from None


def outside(root: str) -> ConfigError:
    """Return the error for a folder that is not in a repository."""
    return ConfigError(f"{root} is not in a Git repository", _HOW_TO)


def said(done: program.Done) -> str:
    """Return what git complained about, as one line without its preamble, and without credentials in addresses."""
    words = " ".join(_said(done)).removeprefix("fatal: ").removeprefix("error: ") or f"exit code {done.code}"
    return words if len(words) <= _MOST_SAID else f"{words[:_MOST_SAID]}…"


def said_lines(done: program.Done) -> list[str]:
    """Return the last lines of what git, or a hook or a program that it started, complained about."""
    lines = list(_said(done)) or list(_plain(done.out.decode("utf-8", "replace")))
    cut = [f"… {len(lines) - _LINES:,} lines before these"] if len(lines) > _LINES else []
    return [line if len(line) <= 200 else f"{line[:200]}…" for line in [*cut, *lines[-_LINES:]]]


def _said(done: program.Done) -> Iterator[str]:
    return _plain(done.err)


def _plain(text: str) -> Iterator[str]:
    """Yield the lines of a text without cursor movements, reversed text or CI commands."""
    for line in text.splitlines():
        words = " ".join(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line).split()).replace("##[", "#\\u0023[")
        if words:
            shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in words)
            yield re.sub(r"(?<=://)[^/@\s]+@", "", shown)


def failed(root: str, what: str, done: program.Done) -> ConfigError:
    """Return the error for a call of git that failed."""
    words = said(done)
    if "not a git repository" in words:
        return outside(root)
    if "dubious ownership" in words:
        hint = f"if you trust it, run `git config --global --add safe.directory {place_of(root).top}`"
        return ConfigError(f"git refuses to use {root}: it is owned by another user", hint)
    return ConfigError(
        f"git {what} failed in {root}: {words}", "run the command by hand, and check the repository with `git fsck`"
    )


def run(root: str, *arguments: str, stdin: bytes | None = None, most: int = MOST_OUTPUT) -> bytes:
    """Return the output of git; raises ConfigError where it fails, and TooMuchOutputError for more than `most` bytes."""
    done = call(root, *arguments, stdin=stdin, most=most)
    if not done.ok:
        raise failed(root, arguments[0], done)
    return done.out
