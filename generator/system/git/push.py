"""Push a commit to a branch of a remote, and tell why a remote did not take it.

What a remote says is not the same for any two forges, nor for two versions of git. So a lost race is recognized by
where the branch is afterwards. The remote's own words are shown, and only decide between two hints.
"""

from __future__ import annotations

import re
import time

from generator.errors import ConfigError
from generator.system.git.call import said, said_lines
from generator.system.git.commit import run
from generator.system.git.remote import branch_at
from generator.system.program import Done

_LOCKED = re.compile(r"cannot lock ref(?P<file>[^\n]*Unable to create [^\n]*)?", re.IGNORECASE)
_DECLINED = re.compile(r"hook declined|\bhook\b.*\brefused", re.IGNORECASE)
"""How git itself calls a hook that refused: it would refuse again."""
_OWN = re.compile("hook declined to update |denying non-fast-forward |failed to push some refs")
"""What git adds at the remote to the words of a hook."""
_PROTECTED = re.compile(
    r"protected branch|pull request|merge request|GH006|TF40245[0-9]|permission denied to update branch"
    r"|pushes? to this branch (?:is|are) not (?:allowed|permitted)",
    re.IGNORECASE,
)
"""Words of GitHub, GitLab, Gitea, Forgejo, Bitbucket and Azure DevOps about branches that take no direct push."""
_TRIES = 3
_PAUSE = 0.3
_MOST_SAID = 300
"""Characters of what a remote says that are shown."""


class MovedError(Exception):
    """Another process has pushed, or is pushing now; in that case it names the lock file of the branch."""


class RefusedPushError(Exception):
    """The remote does not take the commit, although the branch has not moved; has what the remote says."""

    @property
    def is_protected(self) -> bool:
        """Whether its words are those of a forge about a protected branch."""
        return bool(_PROTECTED.search(str(self)))


def push(root: str, remote: str, commit: str, name: str, was: str, *, replaces: bool = False) -> None:
    """Push a commit to a branch of a remote, which was at another commit, or did not exist if that is empty.

    With `replaces`, the branch may lose the commits that it has, if it still is where it was. Raises MovedError,
    RefusedPushError, or ConfigError if the remote cannot be asked.
    """
    ref = f"refs/heads/{name}"
    lease = [f"--force-with-lease={ref}:{was}"] if replaces else []
    for attempt in range(_TRIES):
        done = run(root, "push", "--quiet", "--porcelain", *lease, "--end-of-options", remote, f"{commit}:{ref}")
        if done.ok:
            return
        now = _now(root, remote, name, done)
        if now == commit:
            return  # the push arrived, and only its answer was lost
        if now != was:
            raise MovedError("")
        refused = _answer(done, ref)
        if not refused:
            raise ConfigError(f"git push to {remote} failed: {said(done)}", "fix the cause, then run it again: nothing is lost")
        locked = _LOCKED.search(done.err + refused)
        if locked or refused.startswith("[rejected]"):
            raise MovedError(locked[0].strip() if locked and locked["file"] else "")
        if _DECLINED.search(refused):
            break
        time.sleep(_PAUSE * (attempt + 1))  # the remote may be in the middle of another push
    raise RefusedPushError(_words(done, refused))


def _now(root: str, remote: str, name: str, done: Done) -> str:
    """Return the commit that the branch is at after a failed push; raises ConfigError with the reason of the push."""
    try:
        return branch_at(root, remote, name)
    except ConfigError:
        raise ConfigError(
            f"git push to {remote} failed: {said(done)}", "check the remote and the access to it: nothing is lost"
        ) from None


def _answer(done: Done, ref: str) -> str:
    """Return what became of a ref, as git's report for programs has it; empty if the remote answered nothing."""
    for line in done.out.decode("utf-8", "replace").splitlines():
        flag, _, rest = line.partition("\t")
        refs, _, summary = rest.partition("\t")
        if flag == "!" and refs.endswith(f":{ref}"):
            return summary
    return ""


def _words(done: Done, refused: str) -> str:
    """Return what the remote said, as one line; what git itself calls it if it said nothing."""
    lines = [line.removeprefix("remote:").strip() for line in said_lines(done) if line.startswith("remote:")]
    while any(line.startswith(("remote:", "error:")) for line in lines):
        lines = [line.removeprefix("remote:").removeprefix("error:").strip() for line in lines]
    words = " ".join(line for line in lines if re.search(r"\w", line) and not _OWN.match(line)).rstrip(".") or re.sub(
        r"^\[[^]]*\] \(?|\)$", "", refused
    )
    return words if len(words) <= _MOST_SAID else f"{words[:_MOST_SAID]}…"
