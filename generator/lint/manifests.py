"""Lint a set of plain manifests: with the rules, with the schemas, and for references outside the set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.manifests import source_of
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.lint.engine import dispatch, examine, outside
from generator.lint.registry import object_rules
from generator.lint.schemas import Schemas
from generator.service.place import once_per_cause
from generator.syntax.abridged import Tally
from generator.syntax.merge import lookup
from generator.syntax.secrets.redaction import told

OUTSIDE = "TP609"
_KUBERNETES, _ARGO = "TP604", "TP605"
RULES = frozenset([OUTSIDE, _KUBERNETES, _ARGO, *(rule.id for rule in object_rules())])
"""The ids that can be found in plain manifests."""


def lint(
    items: Sequence[KubeObject], schemas: Schemas, *, strict_references: bool = False, namespace: str = ""
) -> list[Diagnostic]:
    """Return the problems of objects that are applied together, at their places in the files.

    `namespace` is that of objects that set none; empty if unknown.

    If a rule and a schema both call the same value an error, only the rule's finding is kept: its message is better.
    Of a whole object there may be several things to say.
    """
    objects = Objects(items, namespace=namespace)
    tally = Tally()
    found = list(_by_rules(objects, tally))
    whole = {(source_of(item).path, item.at) for item in objects}
    told = {(one.path, one.pointer) for one in found if one.severity is Severity.ERROR} - whole
    found += [one for one in _by_schema(objects, schemas, tally) if (one.path, one.pointer) not in told]
    found += _outside(objects, Severity.ERROR if strict_references else Severity.NOTE, tally)
    return once_per_cause([*found, *tally.rest()])


def _by_rules(objects: Objects, tally: Tally) -> Iterator[Diagnostic]:
    for one in examine(objects, dispatch(object_rules())):
        item, finding = one.object, one.finding
        if not tally.is_full(source_of(item).path, one.rule.id):
            yield tally.taken(_placed(item, finding.pointer, one.rule.id, one.severity, finding.message, finding.hint))


def _by_schema(objects: Objects, schemas: Schemas, tally: Tally) -> Iterator[Diagnostic]:
    for item in objects:
        for wrong in schemas.problems(item) or ():
            rule = _ARGO if item.group == ROLLOUTS else _KUBERNETES
            if not tally.is_full(source_of(item).path, rule):
                made = _placed(item, wrong.pointer, rule, Severity.ERROR, wrong.message, wrong.hint, at_key=wrong.at_key)
                yield tally.taken(made)


def _outside(objects: Objects, severity: Severity, tally: Tally) -> Iterator[Diagnostic]:
    for item, reference in outside(objects, object_rules()):
        where = f"in namespace `{reference.namespace}` of this set" if reference.namespace else "in this set"
        message = f"{item.title} refers to {reference.kind} `{reference.name}`, but no {reference.kind} is {where}"
        if not tally.is_full(source_of(item).path, OUTSIDE):
            hint = f"lint it together with its {reference.kind}"
            yield tally.taken(_placed(item, reference.pointer, OUTSIDE, severity, message, hint))


def _writer(item: KubeObject, pointer: Pointer) -> KubeObject:
    """Return the document that sets a value of an object: a patch that has the same value there, or else its own."""
    exists, value = lookup(item.data, pointer)
    sets = (patch for patch in reversed(item.patches) if lookup(patch.data, pointer) == (True, value))
    return next(sets, item) if exists and pointer else item


def _placed(
    item: KubeObject, pointer: Pointer, rule: str, severity: Severity, message: str, hint: str, *, at_key: bool = False
) -> Diagnostic:
    written = _writer(item, pointer)
    source = source_of(written)
    whole = (*written.at, *pointer)
    span = source.span_of_key(whole) if at_key else source.span_of(whole)
    return told(Diagnostic(source.path, span, rule, severity, message, hint, whole), source.text)
