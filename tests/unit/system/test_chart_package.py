"""A package is known by its files: the same chart gives the same bytes, and any change is named."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.system.charts import limits as chart_limits
from generator.system.charts import package as chart_package
from generator.system.charts.limits import Paths
from generator.system.charts.package import NoPackageError, Package

CHART = {"Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n", "values.yaml": b"a: 1\n"}
NAMES = st.from_regex(r"[a-zA-Z0-9_.ü-]{1,60}(/[a-zA-Z0-9_.-]{1,90}){0,3}", fullmatch=True).filter(
    lambda path: not {".", ".."} & set(path.split("/"))
)


def may_be_together(files) -> bool:
    """Tell whether the paths are files of their own on every file system."""
    paths = Paths()
    try:
        for path in {**files, **CHART}:
            paths.add(path)
    except NoPackageError:
        return False
    return True


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=6).filter(may_be_together))
def test_what_is_packed_comes_out_again_and_packs_to_the_same_bytes(files):
    files = {**files, **CHART}
    content = chart_package.packed("web", files)
    assert chart_package.opened(content) == files
    shuffled = dict(reversed(files.items()))
    assert chart_package.packed("web", shuffled) == content


def test_no_time_user_or_mode_is_in_a_package():
    content = chart_package.packed("web", CHART)
    assert content[4:8] == b"\0\0\0\0", "the time in the header of gzip"
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode) == (0, 0, 0, "", "", 0o644)
    assert Package("web", "1.0.0", content).digest == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize(
    ("path", "ours", "theirs", "same"),
    [
        ("values.yaml", b"a: 1\n", b"a:  1\n", False),
        ("Chart.yaml", b"name: web\nversion: 1.0.0\n", b"version: '1.0.0'\nname: web\n", True),
        ("Chart.yaml", b"name: web\nversion: 1.0.0\n", b"name: web\nversion: 1.0.1\n", False),
        ("Chart.yaml", b"name: [\n", b"name: {\n", False),
        ("charts/db/Chart.yaml", b"name: db\n", b"name:   db\n", True),
        ("templates/a.yaml", b"", None, False),
        ("templates/a.yaml", None, b"x", False),
    ],
)
def test_content_is_what_differs_and_not_how_a_version_of_helm_writes_metadata(path, ours, theirs, same):
    left, right = ({path: content} if content is not None else {} for content in (ours, theirs))
    assert chart_package.differing(left, right) == ([] if same else [path])


def archive(members) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as made:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return raw.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        gzip.compress(b"no tar"),
        archive([("web/values.yaml", b"")]),
        chart_package.packed("web", CHART)[:-20],
        chart_package.packed("web", {**CHART, "big": os.urandom(5000)})[:3000],
    ],
    ids=["empty", "a page", "no tar", "no metadata", "cut short", "cut in the middle"],
)
def test_what_is_no_package_is_refused_in_words(content):
    with pytest.raises(NoPackageError) as caught:
        chart_package.opened(content)
    assert str(caught.value)


def test_a_package_cannot_fill_the_memory(monkeypatch):
    monkeypatch.setattr(chart_limits, "MAX_BYTES", 1000)
    with pytest.raises(NoPackageError, match="more than"):
        chart_package.opened(archive([("web/Chart.yaml", b"x" * 600), ("web/values.yaml", b"x" * 600)]))


@pytest.mark.parametrize("name", ["web/../../etc/passwd", "/etc/x"])
def test_a_package_with_files_outside_of_the_chart_is_refused(name):
    with pytest.raises(NoPackageError, match=r"leads out of the chart|is not in the chart's directory"):
        chart_package.opened(archive([("web/Chart.yaml", b"name: web\n"), (name, b"x")]))
