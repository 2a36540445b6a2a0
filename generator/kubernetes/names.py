"""The formats of names and values that Kubernetes accepts.

Source: k8s.io/apimachinery, pkg/util/validation/validation.go and pkg/api/validate/content
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from generator.syntax.named_tuples import NamedTuple
from generator.syntax.names import LABEL, is_label, is_subdomain


class Format(NamedTuple):
    """A format of text."""

    what: str
    """What text of this format is, after `a valid`: DNS label."""
    hint: str
    fits: Callable[[str], object]
    """Returns a true value for text of this format."""


_MOST_KNOWN = 4096
"""Texts whose answer is remembered for each format: objects share their labels."""


def _of(pattern: str, most: int = 253) -> Callable[[str], object]:
    return lru_cache(_MOST_KNOWN)(lambda text: len(text) <= most and re.fullmatch(pattern, text) is not None)


def _in_volume(pattern: str, most: int = 253) -> Callable[[str], object]:
    """Return what accepts the names of a pattern that may be those of files in a volume."""
    fits = _of(pattern, most)
    return lambda text: text != "." and not text.startswith("..") and fits(text)


_WORD = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_LETTERS = "use lowercase letters, digits"
_KEY = rf"(?:(?P<domain>[^/]*)/)?(?P<name>{_WORD})"
_LONGEST = 63


@lru_cache(_MOST_KNOWN)
def _is_key(text: str) -> bool:
    match = re.fullmatch(_KEY, text)
    if match is None or len(match["name"]) > _LONGEST:
        return False
    return match["domain"] is None or is_subdomain(match["domain"])


def _is_address(text: str) -> bool:
    """Tell whether text is an IP address, as Go reads it: no leading zeros, no zone."""
    from ipaddress import ip_address  # imported late: few pods name addresses

    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False


DNS_LABEL = Format("DNS label", f"{_LETTERS} and hyphens, at most 63", is_label)
SERVICE_NAME = Format(
    "Service name", f"{_LETTERS} and hyphens, at most 63, and start with a letter", _of(rf"(?=[a-z]){LABEL}", 63)
)
DNS_NAME = Format("DNS name", f"{_LETTERS}, hyphens and dots, at most 253", is_subdomain)
PATH_SEGMENT = Format(
    "name of an object",
    "use at most 253 characters, without `/` and `%`",
    lambda text: text not in (".", "..") and not re.search("[/%]", text),
)
LABEL_VALUE = Format(
    "label value",
    "use up to 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends",
    _of(rf"(?:{_WORD})?", _LONGEST),
)
KEY = Format(
    "qualified name",
    "use up to 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends; "
    "a domain and one slash may come first",
    _is_key,
)
CONFIG_KEY = Format(
    "key of a ConfigMap or Secret",
    "use letters, digits, hyphens, dots and underscores",
    _in_volume(r"[-._A-Za-z0-9]+"),
)
VARIABLE = Format(
    "variable name",
    "use letters, digits, hyphens, dots and underscores; the first is not a digit",
    _in_volume(r"[-._A-Za-z][-._A-Za-z0-9]*", 2**31),
)
HEADER = Format("name of an HTTP header", "use letters, digits and hyphens", _of(r"[-A-Za-z0-9]+", 2**31))
SYSCTL = Format(
    "name of a sysctl",
    "use lowercase words between dots, such as net.core.somaxconn",
    _of(r"[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:[./][a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*", 253),
)
ADDRESS = Format("IP address", "write an IPv4 or IPv6 address, such as 10.0.0.1", _is_address)
PORT_NAME = Format(
    "port name",
    "use up to 15 lowercase letters, digits and single hyphens, with at least one letter",
    _of(rf"(?=.*[a-z])(?!.*--){LABEL}", 15),
)

_NAMES: dict[tuple[str, str], Format] = {
    ("", "Namespace"): DNS_LABEL,
    ("", "Service"): SERVICE_NAME,
    **{
        ("rbac.authorization.k8s.io", kind): PATH_SEGMENT
        for kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
    },
}
_LONGEST_NAMES = {("batch", "CronJob"): 52, ("batch", "Job"): 63}
"""The names of what puts its own into labels or into the names of Jobs."""


def name_of(group: str, kind: str) -> Format:
    """Return the format of the names of a kind."""
    form = _NAMES.get((group, kind), DNS_NAME)
    most = _LONGEST_NAMES.get((group, kind))
    if most is None:
        return form
    return Format(form.what, f"use at most {most} characters", lambda text: len(text) <= most and form.fits(text))
