"""How Argo CD compares the addresses of Git repositories."""

from __future__ import annotations

import re

_SSH = re.compile(r"(?:ssh://)?[^/:]*@[^@]+")
"""Source: argo-cd, util/git/git.go, IsSSHURL"""


def normal(address: str) -> str:
    """Return a text that two addresses share if Argo CD reads them as one repository: case and `.git` do not count.

    A slash at the end does not count here, which Argo CD leaves as it is. Addresses for SSH and for HTTPS differ.
    Source: argo-cd, util/git/git.go, NormalizeGitURL
    """
    text = address.strip().lower().rstrip("/").removesuffix(".git")
    if _SSH.fullmatch(text):
        text = text.removeprefix("ssh://") if text.startswith("ssh://") else text.replace(":", "/", 1)
    return text
