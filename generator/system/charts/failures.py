"""Failures of chart repositories, told by the words of Helm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.errors import ConfigError
from generator.system.helm import said
from generator.system.program import Done


class ChartRepositoryError(ConfigError):
    """A request to a chart repository failed; the message has the repository and the reason."""


class MissingChartError(ChartRepositoryError):
    """The repository does not have the chart or version; `versions` are those it has, if known."""

    def __init__(self, message: str, hint: str, versions: Sequence[str]) -> None:
        super().__init__(message, hint)
        self.versions = tuple(versions)


class NoAccessError(ChartRepositoryError):
    """The repository wants credentials, or others than Helm has."""


class UnreachableError(ChartRepositoryError):
    """Nothing answers at the address, or not as a chart repository does."""


def failure(address: str, login: str, done: Done, what: str = "") -> ChartRepositoryError:
    """Return the error of Helm and a repository as a message.

    `login` is how to log in there; `what` is the requested chart, if relevant.
    """
    whole = said(done)
    words = _PREAMBLE.sub("", whole)
    if _DENIED.search(words):
        hint = f"log in with Helm (`{login}`), and check the permissions of the user"
        return NoAccessError(f"{address} denies access: {words}", hint)
    if _UNREACHABLE.search(words):
        return UnreachableError(f"{address} cannot be reached: {words}", "check the address and the network, and try again")
    if words != whole:
        hint = "check the address: it must serve an index.yaml, as `helm repo index` writes it"
        return UnreachableError(f"{address} is not a chart repository: {words}", hint)
    about = f"{address}, {what}" if what else address
    return ChartRepositoryError(f"{about}: {words}", "try it by hand with `helm pull`")


_DENIED = re.compile(
    r"denied|unauthorized|forbidden|no basic auth|authentication required|credential (?:required|not found)", re.IGNORECASE
)
_UNREACHABLE = re.compile(
    r"dial tcp|no such host|refused|time[d ]*out|deadline exceeded|\bTLS\b|x509|HTTP response to HTTPS|\bEOF\b|reset by peer"
    r"|internal server error|bad gateway|service unavailable",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(r'^looks like "[^"]*" is not a valid chart repository or cannot be reached: ')
