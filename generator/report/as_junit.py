"""The report as JUnit XML: a test case for every file and family of rules, so that passing ones show, too.

Source: Jenkins, xunit plugin, the XSD of JUnit reports
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Severity
from generator.lint.families import FAMILIES, family_of
from generator.pipeline.run import Outcome
from generator.report import Style
from generator.report.as_text import concise, printable
from generator.report.drift import drift

_ALWAYS = ("workspace", "service", "values", "rollout", "analysis", "application")
"""Families of which every command runs all rules on every spec; of the others only failures are known to have run."""


class _Case(NamedTuple):
    """One file, checked by one family of rules."""

    about: str
    path: str
    found: Sequence[Diagnostic] = ()


def as_junit(outcome: Outcome, style: Style) -> str:
    """Return the report as one XML document with one suite for each family of rules."""
    suites: dict[str, list[_Case]] = {}
    for case in _cases(outcome, style):
        suites.setdefault(case.about, []).append(case)
    every = [case for cases in suites.values() for case in cases]
    root = ET.Element("testsuites", {"name": "tiphys", **_counts(every)})
    for about, cases in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": f"tiphys.{about}", **_counts(cases)})
        for case in cases:
            _add(suite, case)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _cases(outcome: Outcome, style: Style) -> Iterator[_Case]:
    """Yield a case for every file that was read, and for every spec that rules were run on."""
    found: dict[tuple[str, str], list[Diagnostic]] = {}
    for item in outcome.diagnostics:
        found.setdefault((family_of(item.rule).key, item.path), []).append(item)
    specs = {wanted.origin for wanted in outcome.wanted.values() if wanted.service}
    read = {wanted.origin for wanted in outcome.wanted.values()} | {item.path for item in outcome.diagnostics}
    for about in (family.key for family in FAMILIES if family.key != "drift"):
        ran_on = read if about == "reading" else specs if about in _ALWAYS else set()
        for path in sorted(ran_on | {path for known, path in found if known == about}):
            yield _Case(about, path, found.get((about, path), ()))
    if outcome.compared:
        drifted = {item.path: item for item in drift(outcome, style.command)}
        for path in sorted({*outcome.wanted, *drifted}):
            yield _Case("drift", path, [drifted[path]] if path in drifted else ())


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    failures = sum(any(item.severity is Severity.ERROR for item in case.found) for case in cases)
    return {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0"}


def _add(suite: ET.Element, case: _Case) -> None:
    """Add a test case: errors fail it, other findings are its output."""
    element = ET.SubElement(suite, "testcase", {"classname": f"tiphys.{case.about}", "name": printable(case.path)})
    errors = [item for item in case.found if item.severity is Severity.ERROR]
    others = [item for item in case.found if item.severity is not Severity.ERROR]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = f"{printable(errors[0].message)}{more}"
        failure = ET.SubElement(element, "failure", {"message": message, "type": errors[0].rule})
        failure.text = "".join(map(_lines, errors))
    if others:
        ET.SubElement(element, "system-out").text = "".join(map(_lines, others))


def _lines(item: Diagnostic) -> str:
    return concise(item) + (f"  hint: {printable(item.hint)}\n" if item.hint else "")
