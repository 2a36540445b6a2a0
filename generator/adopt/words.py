"""Words in names that say which environment something is for."""

from __future__ import annotations

import re

_STAGES = (
    ("sandbox", "lab", "demo"),
    ("dev", "develop", "development"),
    ("test", "testing", "tst", "integration"),
    ("qa", "uat", "acceptance", "acc"),
    ("stage", "staging", "stg", "preprod", "nonprod"),
    ("prod", "production", "prd", "live"),
)
_BEFORE = frozenset(("pre", "non"))
"""Words before `prod` that make it a stage before production."""
_RANKS = {word: rank for rank, words in enumerate(_STAGES) for word in words}
_REGION = re.compile(
    r"(?:eu|us|ap|apac|emea|na|sa|af|me|ca|uk|de|fr|jp|au|in|asia|europe|america)[0-9]{0,2}"
    r"|(?:west|east|north|south|central|northeast|southeast|northwest|southwest)(?:europe|us)?[0-9]{0,2}|[0-9]"
)
FILLING = frozenset(
    (
        "app", "apps", "application", "applications", "argo", "argocd", "cluster", "clusters", "config", "env", "environment",
        "environments", "envs", "gitops", "k8s", "kubernetes", "manifests", "overlays", "values",
    )
)  # fmt: skip
"""Words that say what is in a directory, and nothing about the environment."""
_SEPARATOR = re.compile(r"[-_./]+")


def tokens(text: str) -> list[str]:
    """Return the parts of a name."""
    return [part for part in _SEPARATOR.split(text.lower()) if part]


def rank(name: str) -> int | None:
    """Return where in the order from development to production an environment comes; None if its name does not tell."""
    parts = tokens(name)
    if _BEFORE & {*parts} and "prod" in parts:
        return _RANKS["preprod"]
    return next((_RANKS[part] for part in parts if part in _RANKS), None)


def environment_in(text: str) -> str:
    """Return the environment that a name contains, with its region: `prod-eu` of `shop-prod-eu`; empty without one."""
    parts = tokens(text)
    at = next((index for index in reversed(range(len(parts))) if parts[index] in _RANKS), None)
    if at is None:
        return ""
    start, end = at, at + 1
    while end < len(parts) and _REGION.fullmatch(parts[end]):
        end += 1
    while start and (_REGION.fullmatch(parts[start - 1]) or parts[start - 1] in _BEFORE):
        start -= 1
    return "-".join(parts[start:end])


def segment(text: str) -> str:
    """Return what a directory says of an environment, with all that tells it apart; empty if nothing."""
    parts = [part for part in tokens(text) if part not in FILLING]
    return "-".join(parts) if any(part in _RANKS for part in parts) else ""


def without(name: str, environment: str) -> str:
    """Return a name without the environment in it; empty if nothing is left."""
    parts, left = tokens(name), tokens(environment)
    stages = [[part] for part in left if part in _RANKS]
    others = [[part] for part in parts if part in _RANKS] if stages else []  # `prod` in the name, `production` in the path
    whole = "-".join(parts)
    rests = (without_part(name, "-".join(wanted)) for wanted in (left, *stages, *others))
    return next((rest for rest in rests if rest != whole), whole)


def stage_in(name: str) -> str:
    """Return the word in the name of an environment that says how near to production it is; empty without one."""
    parts = tokens(name)
    at = next((index for index, part in enumerate(parts) if part in _RANKS), None)
    if at is None:
        return ""
    return "-".join(parts[at - 1 : at + 1]) if at and parts[at - 1] in _BEFORE else parts[at]


def without_part(name: str, part: str) -> str:
    """Return a name without some of its words, which follow one another in it; the name itself without these."""
    parts, wanted = tokens(name), tokens(part)
    for at in reversed(range(len(parts) - len(wanted) + 1)):
        if wanted and parts[at : at + len(wanted)] == wanted:
            return "-".join(parts[:at] + parts[at + len(wanted) :])
    return "-".join(parts)


def name_of(text: str, *, longest: int) -> str:
    """Return a text as a name that Tiphys accepts: lowercase letters, digits and hyphens, a letter first; may be empty."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:longest].rstrip("-")
    return name if not name or name[0].isalpha() else f"x{name}"[:longest]
