"""Names of branches and remotes, before git gets to read them as an option, as a path or as something else."""

from __future__ import annotations

import os
import re

from generator.errors import ConfigError
from generator.system.git.call import call, run, said

_URL = re.compile(r"(?:https?|ssh|git|file|git\+ssh|ssh\+git)://\S+", re.IGNORECASE)
_SCP = re.compile(r"[A-Za-z0-9_][\w.@-]*:(?![:-])\S+", re.ASCII)
"""`git@host:path`, as ssh is usually named."""
_HELPER = re.compile(r"(?:ext|fd)(?:::|://)", re.IGNORECASE)
"""Transports that run a command, or take over an open file."""
_OTHER_REF = re.compile(r"[A-Z_]*HEAD|refs/.*|[+@-].*|[0-9a-f]{40}|[0-9a-f]{64}", re.DOTALL)
"""Branch names that git accepts, but reads as something else in most places."""


def check_branch(root: str, name: str) -> str:
    """Return a name that a branch can have; raises ConfigError with git's reason for any other."""
    done = call(root, "check-ref-format", "--branch", name)
    if not done.ok or os.fsdecode(done.out).rstrip("\n") != name:
        raise ConfigError(
            said(done) if not done.ok else f"'{name}' is not a valid branch name", "use the name of a branch, such as `main`"
        )
    if _OTHER_REF.fullmatch(name):
        raise ConfigError(
            f"'{name}' is not a valid branch name: git can read it as something else",
            "use the name without `refs/heads/`; it must not be HEAD, an object id, or start with a sign",
        )
    return name


def check_remote(root: str, name: str, *, configured: bool = False) -> str:
    """Return the name or the address of a remote; raises ConfigError for what git would take for an option or a folder.

    A word that is not configured is a path for git, and what lies in a folder of the tree anybody may have written.
    With `configured`, a URL is not accepted: the word comes from an untrusted place.
    """
    if name.startswith("-"):
        raise ConfigError(f"`{name}` is not a remote", "use the name or the URL of a remote")
    known = call(root, "remote", "get-url", "--all", "--", name)
    pushed = call(root, "remote", "get-url", "--push", "--all", "--", name)
    addresses = [*os.fsdecode(known.out).splitlines(), *os.fsdecode(pushed.out).splitlines()] if known.ok else [name]
    for address in addresses:
        if _HELPER.match(address):
            raise ConfigError(
                f"the URL of remote `{name}` runs a command, which is not allowed", "use https, ssh or a directory"
            )
    if not known.ok and (configured or not (_URL.fullmatch(name) or _SCP.fullmatch(name) or os.path.isabs(name))):
        names = os.fsdecode(run(root, "remote")).split()
        hint = f"known: {', '.join(names)}" if names else f"add it: `git remote add {name} URL`"
        raise ConfigError(f"remote `{name}` does not exist", hint)
    return name
