"""What a difference of a rendered object comes from: the chart, or a field of a spec, an environment or a preset."""

from __future__ import annotations

from collections.abc import Sequence

from generator.diagnostics import Named, Pointer, Severity, dotted
from generator.diff.rendered.model import Cause
from generator.kubernetes.identity import Key, key_of
from generator.kubernetes.objects import KubeObject
from generator.service.build import Built
from generator.service.place import place
from generator.syntax.leaves import ABSENT, Leaf, Path, differences, pointer_of
from generator.syntax.merge import lookup
from generator.verify.provenance import Provenance
from generator.workspace.model import Problem

_ORIGINS = ("chart", "source")
"""Fields that choose what is rendered, and no values of it."""


class Causes:
    """Finds the cause of each difference of one application."""

    def __init__(
        self,
        sides: tuple[tuple[Built, Provenance], tuple[Built, Provenance]],
        chart: str,
        between: Sequence[KubeObject] | None,
        after: Sequence[KubeObject],
        namespace: str,
    ) -> None:
        """Begin with the application on both sides.

        `chart` names the chart if its files differ. `between` is what the new chart renders with the old values, where
        both differ; None where only one of the two does. `after` is what is rendered now.
        """
        self._sides = sides
        self._chart = chart
        self._between = None if between is None else {key_of(item, namespace): item for item in between}
        self._new = {key_of(item, namespace): item for item in after}
        old, new = (built.resolved.data for built, _ in sides)
        every = {pointer_of(old if leaf.new is ABSENT else new, leaf.path): leaf for leaf in differences(old, new)}
        self._changed = {path: leaf for path, leaf in every.items() if not (chart and path[0] in _ORIGINS)}
        """What the spec and all that it is merged from say otherwise, by the fields of the merged service."""
        self._left: dict[Key, list[Path]] = {}
        """By object, where the new values add something to what the new chart renders."""
        self._namespace = namespace

    def of(self, item: KubeObject, leaf: Leaf) -> Cause:
        """Return what a difference of an object comes from."""
        if self._chart and (self._between is None or self._is_by_chart(item, leaf)):
            return Cause(self._chart)
        return self._in_spec(item, leaf)

    def _is_by_chart(self, item: KubeObject, leaf: Leaf) -> bool:
        """Tell whether the new chart alone makes the difference, so that the new values add nothing to it."""
        between = (self._between or {}).get(key_of(item, self._namespace))
        if not leaf.path:
            return (between is None) == (leaf.new is ABSENT)
        if between is None:
            return False
        key = key_of(item, self._namespace)
        if key not in self._left:
            self._left[key] = [one.path for one in differences(between.data, self._new.get(key, item).data)]
        return not any(path[: len(leaf.path)] == leaf.path for path in self._left[key])

    def _in_spec(self, item: KubeObject, leaf: Leaf) -> Cause:
        """Return the field of the spec; on the old side for what is gone, as nothing of it is left on the new one."""
        built, provenance = self._sides[0 if leaf.new is ABSENT else 1]
        usual = provenance.of_object(item, pointer_of(item.data, leaf.path))
        if not self._changed:
            return self._around()
        near = (path for path in self._changed if len(usual) > 1 and _is_near(path, usual))
        pointer = next(near, None) or self._by_value(leaf) or self._by_name(leaf)
        if pointer is None and len(self._changed) > 1:
            return self._somewhere()
        pointer = pointer or next(iter(self._changed))
        known = lookup(built.resolved.data, pointer)[0]
        return cause_at(dotted(pointer), pointer, built if known else self._sides[1][0])

    def _by_value(self, leaf: Leaf) -> Pointer | None:
        """Return the changed field whose old and new values a difference shows; None if no field, or more than one, does."""
        same = [path for path, one in self._changed.items() if _holds(leaf.old, one.old) and _holds(leaf.new, one.new)]
        return same[0] if len(same) == 1 else None

    def _by_name(self, leaf: Leaf) -> Pointer | None:
        """Return the changed field that is called like an item of a list, such as a variable; None without exactly one.

        The value of a secret tells nothing, as it is masked.
        """
        names = {str(part) for part in leaf.path if isinstance(part, Named)}
        same = [path for path in self._changed if path and str(path[-1]) in names]
        return same[0] if len(same) == 1 else None

    def _somewhere(self) -> Cause:
        """Return the file that has all fields that changed, or the spec: which of them it was is not known."""
        new = self._sides[1][0]
        files = {cause_at("", path, new).path for path in self._changed}
        return Cause("", files.pop() if len(files) == 1 else new.resolved.spec.source.path)

    def _around(self) -> Cause:
        """Return what else may have changed the values: the environment, or the profile of the chart."""
        old, new = (built for built, _ in self._sides)
        environments = [one.resolved.environment for one in (old, new)]
        if environments[0].spec != environments[1].spec:
            return Cause("", environments[1].source.path)
        return Cause(f"profile {new.profile.name}")


def cause_at(what: str, pointer: Pointer, built: Built) -> Cause:
    """Return a field of a service as a cause, in the file that sets it."""
    resolved = built.resolved
    found = place(Problem("", pointer, "", ""), Severity.NOTE, resolved.spec, resolved.environment, resolved.layers)
    path, line = (found.origin[0], found.origin[1].line) if found.origin else (found.path, found.span.line)
    return Cause(what, path, line)


def _is_near(path: Pointer, other: Pointer) -> bool:
    """Tell whether one of two pointers leads to the other."""
    least = min(len(path), len(other))
    return least > 0 and path[:least] == other[:least] and (least > 1 or path[0] != "values")


def _holds(whole: object, part: object) -> bool:
    """Tell whether a value of an object is made of one of a spec."""
    if part is ABSENT:
        return True  # the chart's default was there before
    if isinstance(part, dict | list):
        return whole == part
    return whole is not ABSENT and str(part) in str(whole)
