"""Several processes make exactly what one makes, and a process that dies loses nothing."""

from __future__ import annotations

import os
import random
import shutil
import time

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.system import parallel
from support.paths import ROOT


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
    assert [item.rule for item in alone.diagnostics if item.rule != "TP048"] == ["TP012", "TP012", "TP012", "TP036"]


@pytest.mark.parametrize("seed", range(5))
def test_whoever_takes_whichever_services_all_problems_are_told_once_and_in_order(seed, shop, monkeypatch):
    """Shared files that are at fault are complained about where they are first used, which differs from run to run."""
    (shop / "templates/profiles/broken").mkdir(parents=True)
    (shop / "templates/profiles/broken/profile.yaml").write_text("kind: [\n")
    for number, spec in enumerate(sorted(shop.glob("services/*/pipeline.yaml"))):
        text = spec.read_text()
        if number % 3 == 0:
            text = text.replace("requests: {cpu: ", "requests: {cpu: 1, cpu: ")
        else:
            text = text.replace("  environments:", "  chart: {profile: broken}\n  environments:")
        spec.write_text(text)
    alone = run(Request(str(shop), Mode.LINT))
    rules = [item.rule for item in alone.diagnostics]
    assert rules.count("TP007") > 2
    assert "templates/profiles/broken/profile.yaml" in {item.path for item in alone.diagnostics}, rules

    def in_any_order(work, items, number, meanwhile):
        meanwhile()
        order = list(range(len(items)))
        random.Random(seed).shuffle(order)
        found = {index: work(parallel.Piece(items[index : index + 1], index, True)) for index in order}
        return [found[index] for index in range(len(items))]

    monkeypatch.setattr(parallel, "share", in_any_order)
    assert run(Request(str(shop), Mode.LINT)).diagnostics == alone.diagnostics


def doubled(piece):
    return [item * 2 for item in piece.items]


@pytest.mark.parametrize("number", [1, 2, 3, 8])
@pytest.mark.parametrize("length", [1, 2, 7, 100, 1000])
def test_pieces_come_back_in_order_each_once_whoever_did_them(number, length):
    done = []
    parts = parallel.share(doubled, range(length), number, lambda: done.append(True))
    assert [item for part in parts for item in part] == [item * 2 for item in range(length)]
    assert done == [True]


def test_other_processes_have_begun_while_this_one_does_something_else(tmp_path):
    def work(piece):
        if not piece.here:
            (tmp_path / str(piece.start)).touch()
        return piece.start

    def wait():
        until = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < until:
            time.sleep(0.01)

    assert parallel.share(work, range(4), 2, wait) == [0, 1, 2, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3"], (
        "the first piece is done before any of them begins"
    )


def test_pieces_of_a_process_that_dies_are_done_again_here():
    def work(piece):
        if not piece.here and 30 in piece.items:
            os._exit(9)
        return doubled(piece)

    parts = parallel.share(work, range(60), 3, lambda: time.sleep(0.2))
    assert [item for part in parts for item in part] == [item * 2 for item in range(60)]


def test_an_error_in_a_piece_is_raised_where_it_can_be_told():
    def work(piece):
        if 4 in piece.items:
            raise RuntimeError("told")
        return piece.items

    with pytest.raises(RuntimeError, match="told"):
        parallel.share(work, [1, 2, 3, 4], 2, lambda: None)


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
