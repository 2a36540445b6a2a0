"""A service in one environment, as plain data for its page and for the matrix."""

from __future__ import annotations

from typing import NamedTuple

from generator.history.images import Images
from generator.report.site.on_call import Command, Link
from generator.syntax.labels import label_parts


class File(NamedTuple):
    """One generated file: its path, its lines as markup, and how many there are."""

    path: str
    lines: str
    length: int


class Deployed(NamedTuple):
    """A service in one environment."""

    environment: str
    """With the destination after a slash, if it has several."""
    tag: str
    digest: str
    chart: str
    chart_version: str
    application: str
    kind: str
    """How it is released; this and the next three are as the plan has them."""
    replicas: str
    pods: str
    takes: str
    images: Images = ()
    commands: tuple[Command, ...] = ()
    """What stops or undoes a release."""
    links: tuple[Link, ...] = ()

    @property
    def environment_name(self) -> str:
        """The name of the environment alone."""
        return label_parts(self.environment)[0]

    @property
    def more(self) -> str:
        """The further images, short; empty without any."""
        return ", ".join(image.shown for image in self.images)

    @property
    def image(self) -> str:
        """Which image it is, short."""
        return self.tag or self.digest[:19] or "–"
