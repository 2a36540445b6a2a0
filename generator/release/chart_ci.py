"""Chart CI: pack a chart, and check the package as its users will get it."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.errors import Rejected
from generator.release import chart_dependencies, stamp
from generator.release.sources import UNFIT, Source, line_of, unfit
from generator.system import bounded
from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.folder import UnfitFolderError
from generator.system.charts.package import METADATA, NoPackageError, Package
from generator.system.disk import UnreadableFileError, read_bytes
from generator.system.helm import Helm, said
from generator.verify.linting import complaints_by_chart

LINT = "TP653"
RENDERS = "TP654"
DEPENDS = "TP655"

_MOST_CASES = 100


class Stamp(NamedTuple):
    """The values that the spec of a service sets in its own chart."""

    version: str
    app_version: str
    values: Mapping[str, Any]


def copied(root: str, source: Source, folder: str) -> Source:
    """Copy a chart of the workspace to a separate folder; raises Rejected.

    Helm follows links, and would pack files from outside the workspace.
    """
    if source.shipped:
        return source
    copy = os.path.join(folder, "source", source.name)
    try:
        files = chart_folder.read(root, source.shown)
        chart_package.check(files)
        chart_folder.write(files, copy)
    except UnfitFolderError as error:
        raise Rejected([unfit(source.shown, error)]) from None
    except NoPackageError as error:
        message = f"the chart cannot be used: {error}"
        raise Rejected([_at(source, METADATA, START, UNFIT, message, "fix the chart")]) from None
    return source._replace(folder=copy)


def pack(helm: Helm, source: Source, filled: Stamp | None, folder: str) -> tuple[Package, dict[str, bytes]]:
    """Pack a chart in a separate folder; return the package and its files.

    Helm applies .helmignore. Raises Rejected if Helm does not pack the chart.
    """
    chart, flags = source.folder, []
    if filled:
        chart = _stamped(source, filled, os.path.join(folder, "stamped"))
        flags = [f"--version={filled.version}", f"--app-version={filled.app_version}"]
    done = helm.run("package", f"--destination={os.path.join(folder, 'packed')}", *flags, operands=[chart])
    if not done.ok:
        raise Rejected([_refused(source, said(done))])
    (file,) = os.listdir(os.path.join(folder, "packed"))
    try:
        files = chart_package.opened(read_bytes(os.path.join(folder, "packed", file)))
        version = chart_package.identity(files).version
    except (NoPackageError, UnreadableFileError) as error:
        message = f"the package of the chart cannot be used: {error}"
        raise Rejected([_at(source, METADATA, START, UNFIT, message, "fix the chart")]) from None
    return Package(source.name, version, chart_package.packed(source.name, files)), files


def _stamped(source: Source, filled: Stamp, folder: str) -> str:
    """Return a copy of a chart with the values of its release."""
    chart = os.path.join(folder, source.name)
    path = os.path.join(chart, "values.yaml")
    try:
        shutil.copytree(source.folder, chart, ignore_dangling_symlinks=True)
        text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
        text = stamp.with_values(text, filled.values)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        words = f"the image of the spec cannot be written into the values of the chart: {error}"
        raise Rejected([_at(source, "values.yaml", START, UNFIT, words, "fix it; it must be valid YAML")]) from None
    return chart


def _refused(source: Source, words: str) -> Diagnostic:
    missing = re.search(r"missing in charts/ directory: (.+)", words)
    if missing:
        return _at_dependencies(source, f"charts/ lacks {missing[1]}", f"run `helm dependency build {source.shown}`")
    return _at(source, METADATA, START, UNFIT, f"helm package: {words}", "fix the chart")


def dependencies(source: Source, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Yield the problems of the dependencies of a packed chart: its contents must match Chart.lock."""
    for message, hint in chart_dependencies.problems(source.shown, files):
        yield _at_dependencies(source, message, hint)


def examine(helm: Helm, source: Source, chart: str) -> list[Diagnostic]:
    """Return what Helm reports on a chart in a folder, alone and with each values file in ci/.

    Values files in ci/ are the supported uses of a chart. If there are any, the defaults alone need not
    render: a chart may require an image.
    """
    cases = _cases(source.folder)
    if len(cases) > _MOST_CASES:
        message = f"ci/ has {len(cases):,} values files; the maximum is {_MOST_CASES}"
        return [_at(source, METADATA, START, LINT, message, "keep one for each case that matters")]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool, bounded.interruptible(pool):
        linted = [pool.submit(_lint, helm, source, chart, case) for case in ("", *cases)]
        rendered = [pool.submit(_template, helm, source, chart, case) for case in cases or ("",)]
        complaints = [problem for future in linted for problem in future.result()]
        refusals = [problem for future in rendered for problem in future.result()]
    return list(dict.fromkeys(complaints or refusals))  # `helm lint` and `helm template` report the same problem


def _cases(folder: str) -> Sequence[str]:
    """Return the values files of chart CI, named as chart-testing requires."""
    try:
        names = os.listdir(os.path.join(folder, "ci"))
    except OSError:
        return ()
    return [f"ci/{name}" for name in sorted(names) if name.endswith("-values.yaml")]


def _lint(helm: Helm, source: Source, chart: str, case: str) -> list[Diagnostic]:
    done = helm.run("lint", "--strict", *_values(source, case), operands=[chart])
    complaints = [one for each in complaints_by_chart(done.out.decode("utf-8", "replace")).values() for one in each]
    if done.ok:
        return []
    if not complaints:
        return [_of_helm(source, LINT, said(done), case)]
    return [_of_helm(source, LINT, one.text, case) for one in complaints]


def _template(helm: Helm, source: Source, chart: str, case: str) -> list[Diagnostic]:
    done = helm.run("template", *_values(source, case), operands=[source.name, chart])
    return [] if done.ok else [_of_helm(source, RENDERS, said(done), case)]


def _values(source: Source, case: str) -> list[str]:
    return [f"--values={os.path.join(source.folder, case)}"] if case else []


_PLACE = re.compile(r"(?P<path>templates/[^\s:()]+)(?::(?P<line>\d{1,6}))?(?::(?P<column>\d{1,6}))?")


def _of_helm(source: Source, rule: str, words: str, case: str) -> Diagnostic:
    """Return Helm's message, placed at the template that it names."""
    text = " ".join(words.split())
    where = _PLACE.search(text)
    path = where["path"] if where and _is_in(source.folder, where["path"]) else METADATA
    line, column = (int(where[name] or 1) for name in ("line", "column")) if where and path != METADATA else (1, 1)
    hint = f"reported with {case}" if case else "reported with the chart's default values"
    return _at(source, path, Span(line, column, line, column + 1), rule, f"helm: {text}", hint)


def _is_in(folder: str, path: str) -> bool:
    """Tell whether a path in Helm's output is a file of the chart; a template can make Helm print any path."""
    return posixpath.normpath(path) == path and os.path.isfile(os.path.join(folder, path))


def _at_dependencies(source: Source, message: str, hint: str) -> Diagnostic:
    with open(os.path.join(source.folder, METADATA), encoding="utf-8", errors="replace") as file:
        return _at(source, METADATA, line_of(file.read(), "dependencies"), DEPENDS, message, hint)


def _at(source: Source, path: str, span: Span, rule: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(f"{source.shown}/{path}", span, rule, Severity.ERROR, message, hint)
