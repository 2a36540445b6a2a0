"""What a run must know of services that other shards check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Severity
from generator.pipeline.generated import Generated, joined
from generator.pipeline.services import ServiceGenerator
from generator.syntax.named_tuples import NamedTuple

if TYPE_CHECKING:
    from generator.pipeline.drift import Wanted
    from generator.pipeline.inputs import Inputs
    from generator.pipeline.request import Request
    from generator.pipeline.shards import Part

Generate = Callable[[ServiceGenerator, Sequence[str]], Mapping[str, Generated]]


class Beyond(NamedTuple):
    """The services of the workspace as this run sees them."""

    part: Part
    every: Generated
    """What the specs generate that this run reads, in the order of their paths."""
    is_elsewhere: Callable[[str], bool] = lambda _service: False
    """Tells of a service, or of the empty name of none, whether its files are checked by another shard."""
    problems: Sequence[Diagnostic] = ()
    """Problems of files that specs share, which show while services of other shards are built."""
    files: dict[str, Wanted] | None = {}  # noqa: RUF012 - never mutated
    """The files of services of other shards, without content; None where they are not all known."""
    broken: frozenset[str] = frozenset()
    """Specs of other shards with errors that prevent rules from running."""


def of_others(
    generate: Generate, inputs: Inputs, part: Part, request: Request, own: Mapping[str, Generated], generated: Generated
) -> Beyond:
    """Return what this run must know; `own` is what its own specs generate, which is joined in `generated`.

    The first shard builds what others check. Where suppressions in shared files, or a baseline, may be obsolete, it
    checks those services as well: any of them can have the finding.
    """
    if request.shard is None:
        return Beyond(part, generated)
    names = {name for name, _ in generated.names}
    if not part.is_first:
        return Beyond(part, generated, lambda service: service not in names, files=None)
    from generator.lint.catalogue import is_fixed

    quiet = request._replace(look=None, on_built=None)
    built = generate(ServiceGenerator(inputs, quiet, only_builds=True), part.others)
    units = {**own, **built}
    every = joined([units[path] for path in inputs.paths if path in units])
    parts, specs = list(built.values()), frozenset(inputs.paths)
    if _can_be_obsolete(inputs, every, request):
        parts += generate(ServiceGenerator(inputs, quiet), part.others).values()
    problems = [one for unit in parts for one in unit.problems]
    shared = [one for one in problems if one.path not in specs]
    broken = frozenset(one.path for one in problems if one.severity is Severity.ERROR and is_fixed(one.rule))
    elsewhere = {name for unit in built.values() for name, _ in unit.names} - names
    all_known = len(every.names) == len(inputs.paths)  # a spec that cannot be read may be the one of any file
    files = {path: file for unit in built.values() for path, file in unit.files.items()}

    def is_elsewhere(service: str) -> bool:
        return service in elsewhere or not (all_known or service in names)

    is_complete = all_known and not any(one.severity is Severity.ERROR for one in problems)
    return Beyond(part, every, is_elsewhere, shared, files if is_complete else None, broken)


def _can_be_obsolete(inputs: Inputs, every: Generated, request: Request) -> bool:
    """Tell whether something of shared files is unused where no service has a finding there."""
    from generator.lint.baseline import NONE

    specs = frozenset(inputs.paths)
    accepted = request.baseline or inputs.workspace.lint.get("baseline") or NONE
    return request.whole and (accepted != NONE or any(path not in specs for path in {**inputs.ignores, **every.ignores}))
