"""What a run asks of those who remember earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.pipeline.drift import Change
    from generator.pipeline.generated import Generated
    from generator.pipeline.inputs import Inputs
    from generator.system.files.watching import Watch


class Remembers(Protocol):
    """What is kept from one run to the next: on disk for another process, or in an editor's server."""

    watch: Watch

    def forget(self) -> None:
        """Begin from nothing, as files have changed since they were looked at."""

    def specs(self, of: str) -> list[str] | None:
        """Return the paths of specs that an earlier run has found, if it would find the same; None if that is not known.

        `of` says what else than the folders on disk they follow from.
        """

    def found(self, of: str, paths: list[str]) -> None:
        """Take the paths of specs that this run has found, besides which there was nothing to report."""

    def settled(self, inputs: Inputs, *, on_disk: bool) -> dict[str, Generated]:
        """Return what the specs generate that need not be looked at again, by path."""

    def listed(self, output: str) -> frozenset[str] | None:
        """Return all files below the output; None if that is not known."""

    @property
    def files(self) -> frozenset[str]:
        """The generated files that are known to be on disk as they are wanted."""

    def learn(self, inputs: Inputs, units: Mapping[str, Generated], *, is_sound: bool) -> None:
        """Take what a run has made, by the paths of specs; it `is_sound` without errors."""

    def wrote(self, changes: Iterable[Change]) -> None:
        """Take what the run has written since."""
