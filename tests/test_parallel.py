"""Several processes make exactly what one makes, and a process that dies loses nothing."""

from __future__ import annotations

import os
import shutil

import pytest
from conftest import ROOT

from generator import parallel
from generator.pipeline import Mode, Request, run


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "online-boutique", folder)
    return folder


@pytest.mark.parametrize("number", [2, 3, 8, 11])
def test_any_number_of_processes_gives_the_same_files_and_problems(number, shop, monkeypatch):
    for name, old, new in (
        ("adservice", "tag: v0.10.6", "tag: 1.0"),
        ("shippingservice", "name: shippingservice", "name: cartservice"),
    ):
        spec = shop / "services" / name / "pipeline.yaml"
        spec.write_text(spec.read_text().replace(old, new))
    monkeypatch.setattr(parallel, "workers", lambda _items: 1)
    alone = run(Request(str(shop), Mode.CHECK))
    monkeypatch.setattr(parallel, "workers", lambda _items: number)
    together = run(Request(str(shop), Mode.CHECK))
    assert together.diagnostics == alone.diagnostics
    assert together.wanted == alone.wanted
    assert together.services == alone.services
    assert [item.rule for item in alone.diagnostics] == ["MR012", "MR012", "MR012", "MR036"]


def test_a_part_whose_process_dies_is_done_again_here():
    parent = os.getpid()

    def work(part, _here):
        if os.getpid() != parent and 3 in part:
            os._exit(9)
        return [item * 2 for item in part]

    assert parallel.split(work, [1, 2, 3, 4, 5], 3, lambda: None) == [[2], [4, 6], [8, 10]]


def test_an_error_in_a_part_is_raised_where_it_can_be_told():
    def work(part, _here):
        if 4 in part:
            raise RuntimeError("told")
        return part

    with pytest.raises(RuntimeError, match="told"):
        parallel.split(work, [1, 2, 3, 4], 2, lambda: None)


def test_few_items_are_not_worth_a_process():
    assert parallel.workers(10) == 1
    assert 1 <= parallel.workers(100_000) <= parallel.MAX_WORKERS


def test_work_that_is_begun_aside_gives_its_result_or_its_error_where_it_is_asked_for(monkeypatch):
    assert parallel.aside(lambda: {"found": 1})() == {"found": 1}

    def fails():
        raise ValueError("in Git")

    with pytest.raises(ValueError, match="in Git"):
        parallel.aside(fails)()
    monkeypatch.setattr(parallel, "_cores", lambda: 1)
    assert parallel.aside(lambda: 2)() == 2
