"""Lint a set of plain manifests: with the rules, with the schemas, and for references outside the set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.kubernetes.applicationsets.expansion import ApplicationSets, applications, with_sets
from generator.kubernetes.applicationsets.places import PATCH, template_pointer
from generator.kubernetes.manifests import source_of
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.kubernetes.repository import Repository, place
from generator.kubernetes.target import UNSTATED, Target
from generator.lint import schema_rules
from generator.lint.engine import NOT_CHECKED, Dispatch, dispatch, examine, outside
from generator.lint.generated import Told, once
from generator.lint.registry import object_rules, repository_rules, set_rules
from generator.lint.rules.rule import Rule
from generator.lint.schemas import MOST, Schemas
from generator.service.place import once_per_cause
from generator.syntax.abridged import MOST as MOST_OF_A_FILE
from generator.syntax.abridged import Tally
from generator.syntax.budget import Budget
from generator.syntax.merge import lookup
from generator.syntax.secrets.redaction import told

OUTSIDE = "TP609"
RULES = frozenset([OUTSIDE, NOT_CHECKED.id, *schema_rules.ALL, "TP691", "TP693", *(rule.id for rule in object_rules())])
"""The ids that can be found in plain manifests."""


def lint(
    items: Sequence[KubeObject],
    schemas: Schemas,
    *,
    strict_references: bool = False,
    namespace: str = "",
    sets: ApplicationSets | None = None,
    elsewhere: Iterable[KubeObject] = (),
    target: Target = UNSTATED,
    own: Sequence[Rule] = (),
) -> list[Diagnostic]:
    """Return the problems of objects that are applied together, at their places in the files.

    `namespace` is that of objects that set none; empty if unknown. `sets` expands ApplicationSets: their
    Applications are objects, too, and what is wrong with one is told where the ApplicationSet says so. `elsewhere` are
    objects that these may refer to, and that are linted elsewhere. `target` are the versions that they are applied to,
    and `own` rules of the user.

    If a rule and a schema both call the same value an error, only the rule's finding is kept: its message is better.
    Of a whole object there may be several things to say.
    """
    sets = sets or ApplicationSets(Budget())
    objects = Objects([*items, *applications(items, sets)], namespace=namespace, elsewhere=elsewhere, target=target)
    with_sets(objects, sets)
    tally = Tally()
    by_rules = list(_settled((*_by_rules(objects, _of_sets()), *_by_rules(objects, dispatch(own))), objects))
    told = {(id(one.item.data), one.pointer) for one in by_rules if one.severity is Severity.ERROR and one.pointer}
    by_schema = _settled(_by_schema(objects, schemas), objects)
    others = (one for one in by_schema if (id(one.item.data), one.pointer) not in told)
    unconfirmed = _outside(objects, Severity.ERROR if strict_references else Severity.NOTE)
    found = [one for some in (by_rules, others, _settled(unconfirmed, objects)) for one in _placed_all(some, tally)]
    return once_per_cause([*found, *tally.rest()])


def lint_repository(items: Sequence[KubeObject], repository: Repository, sets: ApplicationSets) -> list[Diagnostic]:
    """Return the problems of a repository as a whole, whose objects are linted set by set."""
    objects = Objects([*items, *applications(items, sets)])
    with_sets(objects, sets)
    place(objects, repository)
    tally = Tally()
    found = _settled(_by_rules(objects, dispatch(repository_rules())), objects)
    return [*_placed_all(found, tally), *tally.rest()]


def _settled(found: Iterable[Told], objects: Objects) -> Iterator[Told]:
    """Yield findings, those in generated Applications last: each cause once, and at what causes it."""
    generated: list[Told] = []
    known: set[tuple[int, Pointer]] = set()
    for one in found:
        if one.item.made is not None:
            generated.append(one)
        else:
            known.add((id(one.item.data), one.pointer))
            yield one
    for one in once(generated, objects):
        if (id(one.item.data), one.pointer) not in known:  # what is wrong with the template itself was told
            yield one


def _placed_all(found: Iterable[Told], tally: Tally) -> Iterator[Diagnostic]:
    for one in found:
        if not tally.is_full(source_of(one.item).path, one.rule):
            yield tally.taken(_placed(one))


@cache
def _of_sets() -> Dispatch:
    """Return the rules over sets: what they run on is worked out once for all sets of a run."""
    return dispatch(set_rules())


@cache
def _referring() -> Dispatch:
    return dispatch([rule for rule in set_rules() if rule.refers])


def _by_rules(objects: Objects, rules: Dispatch) -> Iterator[Told]:
    for one in examine(objects, rules):
        finding = one.finding
        yield Told(one.object, finding.pointer, one.rule.id, one.severity, finding.message, finding.hint)


def _by_schema(objects: Objects, schemas: Schemas) -> Iterator[Told]:
    found: Counter[tuple[str, bool]] = Counter()
    for item in objects:
        if item.made is not None and not item.made.patch:
            continue  # the schema of the ApplicationSet covers its template
        key = source_of(item).path, item.group == ROLLOUTS
        for wrong in schemas.problems(item, MOST if found[key] < MOST_OF_A_FILE else 1) or ():
            found[key] += 1
            rule, severity = schema_rules.rule_of(item, wrong)
            if item.made is None or template_pointer(item.made, wrong.pointer) == PATCH:
                yield Told(item, wrong.pointer, rule, severity, wrong.message, wrong.hint, wrong.at_key)


def _outside(objects: Objects, severity: Severity) -> Iterator[Told]:
    for item, reference in outside(objects, _referring()):
        where = f"in namespace `{reference.namespace}` of this set" if reference.namespace else "in this set"
        message = f"{item.title} refers to {reference.kind} `{reference.name}`, but no {reference.kind} is {where}"
        yield Told(item, reference.pointer, OUTSIDE, severity, message, f"lint it together with its {reference.kind}")


def _writer(item: KubeObject, pointer: Pointer) -> KubeObject:
    """Return the document that sets a value of an object: a patch that has the same value there, or else its own."""
    exists, value = lookup(item.data, pointer)
    sets = (patch for patch in reversed(item.patches) if lookup(patch.data, pointer) == (True, value))
    return next(sets, item) if exists and pointer else item


def _placed(one: Told) -> Diagnostic:
    written = _writer(one.item, one.pointer)
    source = source_of(written)
    whole = (*written.at, *one.pointer)
    span = source.span_of_key(whole) if one.at_key else source.span_of(whole)
    return told(Diagnostic(source.path, span, one.rule, one.severity, one.message, one.hint, whole), source.text)
