"""All ids that a diagnostic can have, with their manual pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from generator.diagnostics import Severity
from generator.errors import ConfigError
from generator.lint.families import FAMILIES, family_of
from generator.lint.pages import CHECKS

if TYPE_CHECKING:
    from generator.lint.rules.rule import Rule


class Page(NamedTuple):
    """The manual page of an id."""

    id: str
    name: str
    severity: str
    law: str
    why: str
    source: str = ""
    wrong: str = ""
    right: str = ""

    def text(self) -> str:
        """Return the page for a terminal."""
        examples = "".join(
            f"\n{title}:\n\n{_indented(example)}\n"
            for title, example in (("Wrong", self.wrong), ("Right", self.right))
            if example
        )
        source = f"\nSource: {self.source}\n" if self.source else ""
        return f"{self.id} {self.name} ({self.severity})\n\n{self.law}\n\n{self.why}\n{examples}{source}"

    def markdown(self) -> str:
        """Return the page without its heading, as Markdown."""
        examples = "".join(
            f"\n\n{title}:\n\n```yaml\n{example}\n```"
            for title, example in (("Wrong", self.wrong), ("Right", self.right))
            if example
        )
        source = f"\n\nSource: {self.source}" if self.source else ""
        return f"**{self.law}** ({self.severity})\n\n{self.why}{examples}{source}\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def page_url(rule: str, manual: str) -> str:
    """Return the URL of an id's page, given the URL of a copy of docs/rules/; empty without one."""
    if not manual:
        return ""
    return f"{manual.rstrip('/')}/{family_of(rule).key}.md#{rule.lower()}-{names().get(rule, '')}"


def _rules() -> tuple[Rule, ...]:
    from generator.lint.registry import SPEC_RULES, object_rules

    return (*SPEC_RULES, *object_rules())


@cache
def names() -> dict[str, str]:
    """Return the name of every id."""
    found = {check.id: check.name for check in CHECKS} | {rule.id: rule.name for rule in _rules()}
    return dict(sorted(found.items()))


def next_free() -> dict[str, str]:
    """Return the next free id of every family that has one: the first unused number above its highest id."""
    used = names()
    free: dict[str, str] = {}
    for family in FAMILIES:
        for prefix in family.prefixes:
            candidates = (f"TP{number:03}" for number in range(1000) if f"TP{number:03}".startswith(prefix))
            top = max((id_ for id_ in used if id_.startswith(prefix) and family_of(id_) is family), default="")
            found = next((id_ for id_ in candidates if id_ > top and id_ not in used and family_of(id_) is family), None)
            if found:
                free[family.key] = found
    return free


def pages() -> list[Page]:
    """Return all pages, sorted by id."""
    found = [_page(check.id, check.name, check.severity, check.page) for check in CHECKS]
    found += [_page(rule.id, rule.name, rule.severity, rule.check.__doc__ or "") for rule in _rules()]
    return sorted(found, key=lambda page: page.id)


_EXAMPLES = ("Wrong:", "Right:")


def _page(id_: str, name: str, severity: Severity, text: str) -> Page:
    """Parse a docstring into a page: the law, why, `Wrong:` and `Right:` with a block below each, `Source:`."""
    from inspect import cleandoc

    law, *lines = cleandoc(text).split("\n")
    parts: dict[str, list[str]] = {"why": [], "Wrong:": [], "Right:": [], "Source:": []}
    into = "why"
    for line in lines:
        if into in _EXAMPLES and line.strip() and not line.startswith("    "):
            into = "why"
        if line in _EXAMPLES:
            into = line
        elif line.startswith("Source:"):
            parts["Source:"].append(line.removeprefix("Source:").strip())
        else:
            parts[into].append(line.removeprefix("    ") if into in _EXAMPLES else line)
    why, wrong, right = ("\n".join(parts[key]).strip("\n").rstrip() for key in ("why", "Wrong:", "Right:"))
    return Page(id_, name, severity.value, law, why, " ".join(parts["Source:"]), wrong, right)


_FIXED = frozenset(check.id for check in CHECKS if check.fixed)


_OF_USERS = ("TP691", "TP693")


def own_name(rule: str, message: str) -> str:
    """Return the name of the user's rule that a finding is of, which its message begins with; empty for any other."""
    return message.partition(": ")[0] if rule in _OF_USERS else ""


def is_fixed(rule: str) -> bool:
    """Tell whether an id cannot be disabled: no setting, suppression or baseline applies to it."""
    return rule in _FIXED


def hint_for(rule: str, known: Iterable[str]) -> str:
    """Return the hint for a rule that does not exist: a number is not a slip of the hand, and has no likely one."""
    from generator.syntax.wording import suggestion

    if _NUMBER.fullmatch(rule):
        return "run `tiphys rules` for the list"
    return suggestion(rule, known, "run `tiphys rules` for the list")


_NUMBER = re.compile(r"(?i)tp\d*")


def beginning(prefix: str) -> list[Page]:
    """Return the pages of the rules whose ids begin with a prefix, such as TP2; none for anything else."""
    return [page for page in pages() if _NUMBER.fullmatch(prefix) and page.id.startswith(prefix.upper())]


def find(rule: str, own: Sequence[Page] = ()) -> Page:
    """Return the page with an id or name, `own` rules of the user included; raises ConfigError for an unknown one."""
    known = {page.name: page for page in own} | {key: page for page in pages() for key in (page.id, page.name)}
    page = known.get(rule) or known.get(rule.upper())
    if page is None:
        raise ConfigError(f"unknown rule `{rule}`", hint_for(rule, known))
    return page


def manual(chosen: Sequence[Page] = ()) -> str:
    """Return pages as one Markdown document; all pages if none is chosen."""
    head = "# Rules\n\nGenerated by `tiphys rules --markdown`. `tiphys explain ID` prints one page.\n"
    return head + "".join(map(_section, chosen or pages()))


def _section(page: Page) -> str:
    return f"\n## {page.id} {page.name}\n\n{page.markdown()}"


def documents() -> dict[str, str]:
    """Return the manual as files: an index of all ids, and one page per family."""
    known = pages()
    rows = "".join(
        f"| [{page.id}]({page_url(page.id, '.').removeprefix('./')}) | {page.name} | {page.severity} | {page.law} |\n"
        for page in known
    )
    found = {
        "index.md": "# Rules\n\nGenerated by `python -m tools.rule_pages`. `tiphys explain ID` prints one page. "
        f"Severities are the defaults; `spec.lint.severity` in tiphys.yaml changes them.\n\n{_families()}\n"
        f"| id | name | severity | requirement |\n|---|---|---|---|\n{rows}"
    }
    for family in FAMILIES:
        body = "".join(_section(page) for page in known if family_of(page.id) is family)
        found[f"{family.key}.md"] = f"# {family.title}\n\n[All rules](index.md)\n{body}"
    return found


def _families() -> str:
    rows = "".join(f"| [{family.title}]({family.key}.md) | {', '.join(family.prefixes)} |\n" for family in FAMILIES)
    return f"| family | ids begin with |\n|---|---|\n{rows}"


def as_json(chosen: Sequence[Page]) -> str:
    """Return pages as one JSON object."""
    import json

    data = {
        "version": 1,
        "rules": [page._asdict() | {"family": family_of(page.id).key, "fixed": is_fixed(page.id)} for page in chosen],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
