"""While somebody types, an editor shows what a first look at the same texts would show, and looks at one service."""

from __future__ import annotations

import random
import time

import pytest

from generator.editor.protocol.study import Kept, Study, study
from generator.system import clock
from support.edited import NAMES, TEXTS, Area
from support.fleet import fleet
from support.repositories import Repository, spec

EDITS = 90


def shown(found: Study) -> dict[str, object]:
    """Return what an editor can show of it."""
    return {
        "findings": found.findings,
        "names": found.names,
        "complaint": found.complaint,
        "shared": found.shared_at_fault,
        "built": {path: [built.documents for built in every] for path, every in found.built.items()},
    }


@pytest.mark.parametrize("chain", range(2))
def test_no_sequence_of_edits_makes_a_kept_study_differ_from_a_first_one(chain, tmp_path, monkeypatch, request):
    chooser = random.Random(chain)
    area = Area(tmp_path / "w", chooser)
    monkeypatch.setattr(clock, "nanoseconds", lambda: time.time_ns() + (3_600_000_000_000 if area.old else 0))
    root, kept, held, done, same = str(area.root), Kept(str(area.root)), dict[str, bytes](), list[str](), 0
    for _ in range(EDITS * (10 if request.config.getoption("--exhaustive") else 1)):
        what = area.one("disk", "type", "type", "type", "type", "open", "close", "none")
        if what == "disk":
            what = area.edit(is_broken=False)
        elif what == "close" and held:
            held.pop(area.one(*sorted(held)))
        elif what in ("open", "type"):
            path = area.one(*held) if held and what == "type" else f"services/{area.one(*NAMES)}/pipeline.yaml"
            if chooser.random() < 0.1:
                path = "environments/prod.yaml"
            file = area.root / path
            text = held.get(path) or (file.read_bytes() if file.is_file() else b"")
            if what == "type":
                text = area.one(
                    text.replace(b"replicas: 1", b"replicas: 2"),
                    text.replace(b"replicas: 2", b"replicas: 1"),
                    text + b"  # end\n",
                    text[:-7],
                    area.one(*TEXTS).encode(),
                )
            held[path] = text
        done.append(what)
        found = study(root, dict(held), kept)
        same += bool(kept.memory.settled_paths)
        assert shown(found) == shown(study(root, dict(held))), done[-9:]
    assert same >= EDITS // 10, "hardly anything was kept"


def test_a_keystroke_generates_the_service_that_is_open_and_no_other(tmp_path, generated):
    repository = fleet(tmp_path / "r")
    path = "services/plain/pipeline.yaml"
    text = (repository.root / path).read_bytes()
    root, kept = str(repository.root), Kept(str(repository.root))
    study(root, {path: text}, kept)
    everything = len(generated)
    for typed in (text + b"# a", text[:-9], b"nonsense: [", text):
        generated.clear()
        found = study(root, {path: typed}, kept)
        assert generated == [path]
        assert found.built.keys() <= {path}
    assert everything > 2


@pytest.mark.parametrize("holds", [False, True])
def test_a_service_whose_chart_has_the_spec_of_another_is_looked_at_when_that_is_edited(holds, tmp_path):
    made = Repository(tmp_path / "r")
    text, path = spec("b", dev="1.0.0"), "services/b/pipeline.yaml"
    made.write(path, text)
    made.write("services/b/Chart.yaml", "apiVersion: v2\nname: service\nversion: 1.0.0\n")
    made.write(
        "services/b/values.schema.json", '{"properties": {"metadata": {"properties": {"labels": {"maxProperties": 0}}}}}'
    )
    chart = "{name: service, path: services/b, valueFiles: [pipeline.yaml]}"
    made.write("services/a/pipeline.yaml", spec("a", dev=f'{{image: {{tag: "1"}}, chart: {chart}}}'))
    root, edited = str(made.root), text.replace("{name: b}", "{name: b, labels: {team: x}}")
    kept, held = Kept(root), {path: text.encode()} if holds else {}
    assert study(root, held, kept).findings == {}
    if holds:
        held = {path: edited.encode()}
    else:
        made.write(path, edited)
    found = study(root, held, kept)
    assert found.findings.keys() == {"services/a/pipeline.yaml"}
    assert shown(found) == shown(study(root, held))


def test_services_that_are_open_are_not_shown_as_they_were_while_the_settings_are_broken(tmp_path):
    repository = fleet(tmp_path / "r")
    root, path = str(repository.root), "services/plain/pipeline.yaml"
    kept, text = Kept(root), (repository.root / path).read_bytes()
    assert study(root, {path: text}, kept).built
    held = {path: text + b"# typed\n", "tiphys.yaml": b"spec: ["}
    assert shown(study(root, held, kept)) == shown(study(root, held))
