"""Whether a profile fits a chart as each Application has it: with the fields of a spec, every object stays the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from generator.adopt import proof
from generator.adopt.grouping import Cell
from generator.adopt.lifting import Lifted, Lifter, MisfitError
from generator.adopt.model import UnavailableError
from generator.adopt.parts import FromHelm
from generator.adopt.rendering import Renderer
from generator.errors import Rejected
from generator.kubernetes.objects import KubeObject
from generator.syntax.alignment import canonical
from generator.syntax.emit import emit
from generator.syntax.template.templates import Template
from generator.system import parallel
from generator.verify.stream import is_test
from generator.verify.values_files import Layer
from generator.workspace.model import Profile

_PROBES = 3
"""Releases, spread over all, that are tried first: if a profile fits none of them, most often it fits no other."""


class Release(NamedTuple):
    """One chart of one Application, as far as it matters for the profile."""

    cell: Cell
    part: FromHelm
    kept: tuple[Layer, ...]
    """Values files that stay in the chart."""
    values: dict[str, Any]
    """All other values."""
    defaults: dict[str, Any]
    """The values of the chart with those of the kept files."""
    before: Sequence[KubeObject]


Fit = Lifted | MisfitError
"""The fields of a spec for one release, or why there are none."""


class Fitter:
    """Tries profiles on releases, several at a time."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def renders(self, one: Release) -> list[KubeObject] | None:
        """Return the objects of a release; None if Helm cannot render it."""
        return self.rendered(one, one.values)

    def rendered(self, one: Release, values: dict[str, Any]) -> list[KubeObject] | None:
        """Return the objects of a release with other values; None if Helm cannot render them."""
        try:
            return self._renderer.of_helm(one.part, [*one.kept, Layer("values.yaml", emit(values), values)])
        except (UnavailableError, ValueError):
            return None

    def gives(self, one: Release) -> bool:
        """Tell whether a release renders the objects that were there before."""
        objects = self.renders(one)
        return objects is not None and _same(objects, one.before)

    def fits(
        self, profile: Profile, find: Callable[[str], Template], releases: Sequence[Release], fixed: str = ""
    ) -> list[Fit]:
        """Return how a profile fits each release; of one that fits no probe, only how it fits the probes.

        `find` finds its templates; `fixed` is an image that only the chart itself names.
        """

        def fit(one: Release) -> Fit:
            chart = {"name": one.part.chart.name, "version": one.part.chart.version}
            lifter = Lifter(profile, find, chart, one.part.source.release, one.cell.service, fixed)
            return self._best(lifter, one)

        probes = releases[:: -(-len(releases) // _PROBES)]
        found = parallel.waiting(fit, probes, lambda _done, _total: None)
        if len(probes) == len(releases) or not any(isinstance(one, Lifted) for one in found):
            return found
        known = {id(one): fitting for one, fitting in zip(probes, found, strict=True)}
        rest = [one for one in releases if id(one) not in known]
        others = parallel.waiting(fit, rest, lambda _done, _total: None)
        known |= {id(one): fitting for one, fitting in zip(rest, others, strict=True)}
        return [known[id(one)] for one in releases]

    def _best(self, lifter: Lifter, one: Release) -> Fit:
        """Return the fields without what should have no effect, or else with it."""
        tidy = None
        try:
            tidy = lifter.lift(one.values, one.defaults, tidy=True)
            return self._proven(lifter, tidy, one)
        except MisfitError as error:
            misfit = error
        try:
            lifted = lifter.lift(one.values, one.defaults)
            return misfit if lifted == tidy else self._proven(lifter, lifted, one)
        except MisfitError as error:
            return error

    def _proven(self, lifter: Lifter, lifted: Lifted, one: Release) -> Lifted:
        """Return the fields of a spec; raises MisfitError unless they give what was there before."""
        try:
            values = lifter.rebuilt(lifted)
        except Rejected as rejected:
            raise MisfitError(rejected.diagnostics[0].message) from None
        if canonical(values) == canonical(one.values):
            return lifted
        objects = self.rendered(one, values)
        if objects is None:
            raise MisfitError("Helm cannot render what the profile makes of its values")
        if not _same(objects, one.before):
            first = next(proof.compared(one.cell, _deployed(one.before), _deployed(objects)), None)
            where = f"{first.object}: {first.path}" if first and first.path else first.object if first else "an object"
            raise MisfitError(f"{where} would differ")
        return lifted


def _same(one: Sequence[KubeObject], other: Sequence[KubeObject]) -> bool:
    first, second = (sorted(canonical(item.data) for item in _deployed(items)) for items in (one, other))
    return first == second


def _deployed(items: Sequence[KubeObject]) -> list[KubeObject]:
    return [item for item in items if not is_test(item)]
