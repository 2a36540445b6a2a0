"""What the templates of a chart call that gives a different answer each time, or another one in a cluster than here.

It is a look at the templates alone, so that only charts that may differ are rendered again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from generator.system.charts.package import NoPackageError, identity, opened
from generator.system.files import Folder
from generator.verify.template_calls import Calls, is_random, of_template

_PACKED = (".tgz", ".tar.gz")
_DOCUMENTATION = (".md", "NOTES.txt")
_NOT_PACKED = ("ci", "tests", "test")
"""Folders with files for tests of a chart."""
_MOST_TEXT = 5 * 1024 * 1024
_MOST_PACKAGE = 20 * 1024 * 1024


@cache
def calls_of(folder: str) -> Calls:
    """Return what the templates of a chart call, and those of the charts in it; read once."""
    chart = Folder(folder)
    found: list[Calls] = []
    others: list[str] = []
    for path in chart.walk(""):
        if _is_template(path):
            found.append(of_template(path, chart.text(path, _MOST_TEXT)))
        elif is_packed(path):
            found += _of_package(path.rpartition("/")[0], chart.read(path, _MOST_PACKAGE))
        elif path.split("/")[0] not in _NOT_PACKED and not path.endswith(_DOCUMENTATION):
            others.append(path)
    whole = _together(found)
    asks = whole.evaluates and any(is_random(chart.text(path, _MOST_TEXT)) for path in others)
    return whole._replace(unknown=whole.unknown or asks)


def is_packed(path: str) -> bool:
    """Tell whether a file of a chart is the package of a chart in it."""
    return path.endswith(_PACKED) and f"/{path}".rpartition("/")[0].endswith("/charts")


def _is_template(path: str) -> bool:
    return "templates" in path.split("/")[:-1] and not path.endswith(_DOCUMENTATION)


def _of_package(charts: str, content: bytes) -> Iterator[Calls]:
    """Yield what the files of a packed chart call, as if it was not packed."""
    try:
        files = opened(content)
        name = identity(files).name
    except NoPackageError:
        yield Calls(unknown=True)
        return
    for path, raw in files.items():
        if _is_template(path):
            yield of_template(f"{charts}/{name}/{path}", raw.decode("utf-8", "replace"))


def _together(found: Sequence[Calls]) -> Calls:
    includes: dict[str, frozenset[str]] = {}
    for one in found:
        includes |= {scope: names | includes.get(scope, frozenset()) for scope, names in one.includes.items()}
    return Calls(
        tuple(call for one in found for call in one.random),
        tuple(call for one in found for call in one.unordered),
        tuple(call for one in found for call in one.cluster),
        any(one.evaluates for one in found),
        any(one.unknown for one in found),
        tuple(edit for one in found for edit in one.edits),
        tuple(order for one in found for order in one.orders),
        includes,
        frozenset(scope for one in found for scope in one.free),
    )
