"""The pages of commits on the web, by the address of a repository.

An address is text that anyone who can commit has written. A page is made only for the hosts of known forges, and only
of parts that are checked: so it is never a script, and never has credentials.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MOST = 400
"""The maximum length of an address, in characters."""

_USER = r"[A-Za-z0-9_.-]+@"
_HOST = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)"
_PATH = r"(?P<path>[A-Za-z0-9_.~+-]+(?:/[A-Za-z0-9_.~+-]+)*)/?"
_URL = re.compile(rf"(?P<scheme>https?|ssh)://(?P<user>{_USER})?{_HOST}(?::(?P<port>[0-9]{{1,5}}))?/{_PATH}")
_SHORT = re.compile(rf"(?P<user>{_USER}){_HOST}:{_PATH}")
"""The form that git shares with scp: git@host:path."""

GITHUB, GITLAB, BITBUCKET, GITEA = "github", "gitlab", "bitbucket", "gitea"
KINDS = (GITHUB, GITLAB, BITBUCKET, GITEA)
_HOSTS = {
    "github.com": GITHUB,
    "gitlab.com": GITLAB,
    "bitbucket.org": BITBUCKET,
    "gitea.com": GITEA,
    "codeberg.org": GITEA,
}
_NAMED = {"github": GITHUB, "gitlab": GITLAB, "gitea": GITEA, "forgejo": GITEA}
"""Forges whose own hosts are often called so. A Bitbucket of one's own has other pages than bitbucket.org."""
_PAGES = {
    GITHUB: ("commit/{0}", "compare/{1}...{0}"),
    GITLAB: ("-/commit/{0}", "-/compare/{1}...{0}"),
    BITBUCKET: ("commits/{0}", "branches/compare/{0}..{1}"),
    GITEA: ("commit/{0}", "compare/{1}...{0}"),
}
_COMMIT = re.compile(r"[0-9a-f]{7,64}")

Forges = Mapping[str, str]
"""The kinds of forges by host, for hosts whose name does not tell."""
NONE: Forges = MappingProxyType({})


class Remote(NamedTuple):
    """The address of a repository, taken apart."""

    scheme: str
    user: str
    host: str
    port: str
    path: str

    @property
    def url(self) -> str:
        """The address as a URL, which the short form of git is not."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.user}{self.host}{port}/{self.path}"

    @property
    def web(self) -> str:
        """Where its pages are: on the same port for HTTP, and for SSH on the usual one."""
        is_web = self.scheme != "ssh"
        port = f":{self.port}" if self.port and is_web else ""
        return f"{self.scheme if is_web else 'https'}://{self.host.lower()}{port}/{self.path.removesuffix('.git')}"


def remote_of(address: str) -> Remote | None:
    """Return the parts of an address; None for one that is malformed, that is too long, or that has credentials."""
    match = _URL.fullmatch(address) or _SHORT.fullmatch(address) if len(address) <= MOST else None
    if match is None or any(part in (".", "..") for part in match["path"].split("/")):
        return None
    parts = match.groupdict()
    scheme, user = parts.get("scheme") or "ssh", parts["user"] or ""
    if user and scheme != "ssh":
        return None  # the user of an HTTP address is often a token
    return Remote(scheme, user, parts["host"], parts.get("port") or "", parts["path"])


def commit_page(address: str, commit: str, forges: Forges = NONE) -> str:
    """Return the page of a commit; empty where the forge is unknown."""
    return _page(address, 0, forges, commit)


def comparison_page(address: str, older: str, newer: str, forges: Forges = NONE) -> str:
    """Return the page with the commits between two; empty where the forge is unknown."""
    return _page(address, 1, forges, newer, older)


def _page(address: str, which: int, forges: Forges, *commits: str) -> str:
    remote = remote_of(address)
    if remote is None or not all(map(_COMMIT.fullmatch, commits)) or "/" not in remote.path:
        return ""
    host = remote.host.lower()
    kind = forges.get(host) or _HOSTS.get(host) or _NAMED.get(host.split(".")[0], "")
    return f"{remote.web}/{_PAGES[kind][which].format(*commits)}" if kind in _PAGES else ""
