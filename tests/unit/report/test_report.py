"""What the pages of the report show: lines, pictures and differences, each beside the slow way to find the same."""

from __future__ import annotations

import html
import re

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.report.site.documents import Shapes, Tracer
from generator.report.site.lines import marked, source
from generator.report.site.trail import NOWHERE, Links, Trail, voices_at, voices_of
from generator.report.site.view import Viewer
from generator.service.origins import origins
from generator.syntax.emit import lines_of
from generator.workspace.load import Loader
from support.hostile_workspace import hostile
from support.paths import DATA, ROOT

BOUTIQUE = ROOT / "examples" / "online-boutique"


CASES = sorted(path.parent for path in (DATA / "cases").glob("*/tiphys.yaml"))


@pytest.mark.parametrize("root", [BOUTIQUE, *CASES], ids=lambda path: path.name)
def test_every_line_leads_to_the_very_line_that_said_it(root):
    """The quick walk over all layers at once finds what asking for each value on its own finds."""
    loader = Loader(str(root))
    settings = loader.workspace()
    shapes, seen = Shapes(), []

    def look(spec, made, find, wanted):
        for built in made:
            links = Links(spec.source, {})
            tracer = Tracer(built, settings, links, shapes)
            for document in built.documents:
                if document.inline:  # its lines are those of the Application
                    continue
                text = wanted[document.path].content.decode("utf-8")
                assert len(tracer.links(document, find)) == text.count("\n"), document.path
            for field in ("values", "rollout", "image", "autoscaling"):
                data = built.resolved.data.get(field)
                if data:
                    trail = Trail()
                    trail.block(data, voices_at(built.resolved, voices_of(built.resolved, links), (field,)), NOWHERE)
                    expected = [line for line, again in said(built.resolved.layers, data, (field,)) for _ in range(again)]
                    assert [link.rpartition("#L")[2].partition('"')[0] for link in trail.lines] == expected, field
                    seen.extend(expected)
        return ()

    run(Request(str(root), Mode.REPORT, look=look, on_built=lambda _built: None))
    assert seen


def said(layers, node, pointer):
    """Yield the line at which each line of a block is said, and how many lines it takes, asking for one at a time."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        at = (*pointer, key)
        origin = next(origins(layers, at))
        nested = isinstance(value, dict | list) and value
        if not nested or isinstance(node, dict):
            yield str(origin.key.line), 1 if nested else lines_of(value)
        if nested:
            yield from said(layers, value, at)


def test_the_line_of_every_place_is_known_from_the_first_reading():
    from generator.syntax.reader import try_parse

    for path in (ROOT / "examples").rglob("*.yaml"):
        if "charts" in path.parts:  # templates of Helm are not YAML
            continue
        read, _ = try_parse(path.name, path.read_bytes())
        for pointer, place in read.places.items():
            if pointer:
                assert read.line_of(pointer) == place.key.line, (path, pointer)
                assert read.line_of((*pointer, "missing")) == place.key.line, (path, pointer)


@pytest.mark.parametrize(
    "line", ['a: "<b>&amp;"', "  - \u202e: x", "# <script>", '"a\\"b": c', "a: b: c", "\t", "- - a: 1", "'x: y'"]
)
def test_a_line_as_markup_reads_as_the_line(line):
    text = re.sub(r"</?[bi]>", "", marked(line))
    assert html.unescape(text) == line.replace("\u202e", "\\u{202e}").replace("\t", " ")


def test_lines_of_a_file_are_counted_as_everybody_counts_them():
    lines = '<li id="L1"><b>a</b>: 1\n<li id="L2" class=wrong> <a href="#f1">TP001</a>\n<li id="L3"><i># x</i>\n'
    assert source("a: 1\r\n\n# x", {2: [("f1", "TP001")]}) == lines


@pytest.mark.parametrize("root", [BOUTIQUE, *CASES], ids=lambda path: path.name)
def test_services_that_share_a_picture_would_each_have_had_the_same(root):
    """What is remembered of one release is what is drawn for every other that it stands for."""
    from generator.report.plans.of_built import basis_of, is_known
    from generator.report.site import view

    drawn = {}

    def look(built):
        if not is_known(built):
            return
        basis = basis_of(built)
        made = view._drawing(built, basis)
        shared = drawn.setdefault(view._likeness(basis), made)
        assert view._release(shared, basis) == view._release(made, basis)

    run(Request(str(root), Mode.LINT, on_built=look))
    assert drawn


def test_a_difference_that_nobody_wrote_is_told_apart_from_those_that_were_meant(tmp_path):
    root = hostile(tmp_path / "w")
    spec = root / "services/web/pipeline.yaml"
    text = spec.read_text()
    steps = text[text.index("  rollout:\n") : text.index("  environments:")]
    text = text.replace(steps, "  rollout: {preset: fast-canary, rollbackWindow: {revisions: 7}}\n")
    spec.write_text(
        text.replace('      image: {tag: "1.0.0"}\n', '      image: {tag: "1.0.0"}\n      rollout: {preset: blue-green}\n')
    )
    loader = Loader(str(root))
    settings = loader.workspace()
    outcome = run(Request(str(root), Mode.REPORT, look=Viewer(settings, ["dev", "prod"])))
    meant = {item.path: (item.meant, item.values) for item in outcome.seen[0].differences}
    assert meant["rollout.rollbackWindow.revisions"] == ("accidental", ("7", "3"))
    assert meant["rollout.strategy"][0] == "service"
    assert meant["values.env.HTML"][0] == "service"
    assert meant["rollout.preset"] == ("service", ("fast-canary", "blue-green"))
    assert "image.tag" not in meant, "versions are promoted, and have a page of their own"


def test_pods_that_nobody_knows_are_not_drawn_as_a_deployment_of_one():
    root = DATA / "cases" / "charts-from-anywhere"
    loader = Loader(str(root))
    outcome = run(Request(str(root), Mode.REPORT, look=Viewer(loader.workspace(), ["dev", "prod"])))
    views = {view.name: view for view in outcome.seen}
    for environment in views["queue"].deployed:
        assert (environment.kind, environment.replicas, environment.pods) == ("not planned", "replicas unknown", "–")
    assert "<svg" not in views["queue"].plans
    assert "the chart has no profile" in views["queue"].plans
    assert views["shop"].deployed[0].pods == "5 pods"
    assert "<svg" in views["shop"].plans
