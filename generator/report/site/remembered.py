"""What the report shows of a service, as data that is kept for the next one."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Named
from generator.history.images import Image
from generator.pipeline.memory.units import Extras
from generator.report.site.deployed import Deployed
from generator.report.site.lines import source
from generator.report.site.on_call import Command, Link
from generator.report.site.parity import Difference
from generator.report.site.view import ServiceView
from generator.service.dependencies import Dependency
from generator.syntax.reader.characters import UnreadableError, decode
from generator.syntax.tagged import Tagged
from generator.system.files import Folder, UnreadableFileError

_TAGGED = Tagged(ServiceView, Deployed, Difference, Image, Command, Link, Dependency, Named)


def extras(root: str) -> Extras:
    """Return what is kept of each service for the report of a workspace: all but the text of its spec, which may have secrets."""

    def seen(data: Any) -> ServiceView:
        view: Any = _TAGGED.value(data)
        if not isinstance(view, ServiceView):
            raise TypeError(type(view).__name__)
        try:
            text = decode(Folder(root).read(view.path))
        except (UnreadableFileError, UnreadableError) as error:
            raise ValueError(view.path) from error  # it has changed by now, so nothing is known of it
        return view._replace(text=text, lines=source(text))

    def data(view: Any) -> Any:
        return _TAGGED.data(view._replace(text="", lines=""))

    return Extras(seen, data)
