"""What the playground of the site is made of."""

from __future__ import annotations

import importlib.util
import zipfile
from io import BytesIO

import pytest
import rpds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.browsers import needed
from support.paths import ROOT

WORDS = st.sampled_from("abcd")


def stand_in():
    spec = importlib.util.spec_from_file_location("rpds_of_browsers", ROOT / "tools/browser/rpds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OURS = stand_in()
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine on which other tests run is no reason to fail."""


@unhurried
@given(st.dictionaries(WORDS, st.integers()), WORDS, st.integers(), st.dictionaries(WORDS, st.integers()))
def test_schemas_in_a_browser_are_looked_up_as_they_are_elsewhere(start, key, value, more):
    real, ours = rpds.HashTrieMap.convert(start), OURS.HashTrieMap.convert(start)
    assert OURS.HashTrieMap.convert(ours) is ours
    for theirs, mine in (
        (real.insert(key, value), ours.insert(key, value)),
        (real.update(more), ours.update(more)),
        (real.update(rpds.HashTrieMap(more)), ours.update(OURS.HashTrieMap(more))),
        (rpds.HashTrieMap(more.items()), OURS.HashTrieMap(more.items())),
        (rpds.HashTrieMap(), OURS.HashTrieMap()),
    ):
        assert isinstance(mine, OURS.HashTrieMap)
        assert dict(theirs.items()) == dict(mine.items())
        assert (len(theirs), key in theirs, theirs.get(key)) == (len(mine), key in mine, mine.get(key))
        assert set(theirs) == set(mine)
    assert dict(ours) == start, "a copy was changed"
    if key in start:
        assert dict(real.remove(key).items()) == dict(ours.remove(key))
    else:
        for one in (real, ours):
            with pytest.raises(KeyError):
                one.remove(key)


@unhurried
@given(st.lists(WORDS), WORDS, st.lists(WORDS))
def test_what_is_yet_to_be_read_in_a_browser_is_what_is_elsewhere(start, value, more):
    real, ours = rpds.HashTrieSet(start), OURS.HashTrieSet(start)
    for theirs, mine in (
        (real.insert(value), ours.insert(value)),
        (real.discard(value), ours.discard(value)),
        (real.update(more), ours.update(more)),
        (real.update(rpds.HashTrieSet(more)), ours.update(OURS.HashTrieSet(more))),
    ):
        assert isinstance(mine, OURS.HashTrieSet)
        assert (set(theirs), len(theirs), bool(theirs)) == (set(mine), len(mine), bool(mine))
    assert list(rpds.List(start).push_front(value)) == list(OURS.List(start).push_front(value))
    assert list(rpds.List()) == list(OURS.List())


def test_the_archive_has_all_that_tiphys_imports_and_nothing_that_no_browser_can_load():
    needed("mkdocs")
    from tools import playground

    packed = playground.archive()
    assert packed == playground.archive(), "the same files are the same bytes"
    names = zipfile.ZipFile(BytesIO(packed)).namelist()
    assert {"workspace.py", "rpds.py", "generator/cli/main.py", "yaml/__init__.py", "referencing/_core.py"} <= set(names)
    packages = {name.partition("/")[0] for name in names if name.endswith(".dist-info/METADATA")}
    licensed = {name.partition("/")[0] for name in names if "LICEN" in name.upper().partition("/")[2] or "COPYING" in name}
    assert packages - licensed == set(), "it is passed on without its licence"
    assert [name for name in names if name.endswith((".so", ".pyc"))] == []
    assert "rpds/__init__.py" not in names


@pytest.fixture
def without_pyodide(monkeypatch, tmp_path):
    needed("mkdocs")
    from tools import playground

    monkeypatch.setenv("TIPHYS_PYODIDE", str(tmp_path))
    return playground


def test_a_laptop_without_network_gets_a_site_that_says_why_it_has_no_playground(without_pyodide, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.delenv("CI", raising=False)
    assert without_pyodide.on_files([], None) == []
    page = SimpleNamespace(file=SimpleNamespace(src_uri="playground.md"))
    shown = without_pyodide.on_post_page(f"<p>{without_pyodide.MARK}</p>", page, None)
    assert "no playground</strong>: Pyodide 314.0.7 is not installed; run `npm ci" in shown


def test_a_build_in_ci_never_leaves_the_playground_out(without_pyodide, monkeypatch):
    from mkdocs.exceptions import PluginError

    monkeypatch.setenv("CI", "true")
    with pytest.raises(PluginError, match="the playground cannot be built: Pyodide"):
        without_pyodide.on_files([], None)


def test_another_version_of_pyodide_than_the_pinned_one_is_refused(without_pyodide, tmp_path):
    (tmp_path / "package.json").write_text('{"version": "0.29.5"}', encoding="utf-8")
    with pytest.raises(without_pyodide.MissingError, match=r"0\.29\.5 is installed and .* is needed"):
        without_pyodide.pyodide()
