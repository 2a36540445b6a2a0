"""What an editor proposes and tells below `values` comes from the chart that they are for."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.editor.chart_schema import with_values
from generator.editor.protocol.answers import About, complete, tell
from generator.editor.protocol.documents import Document
from generator.editor.protocol.study import study
from generator.syntax.schema.errors import schema
from generator.verify.charts_at_hand import ChartsAtHand
from generator.workspace.load import Loader
from support.trees import write_tree
from support.workspace import SPEC, workspace

CASES = yaml.safe_load(Path(__file__).with_name("chart_values.yaml").read_text(encoding="utf-8"))
MARK = "‸"
CHART = {
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.0.0}]\n",
    "charts/shop/values.yaml": """\
log:
  # -- How much is logged,
  # over two lines.
  level: info
## @section Cache
## @param cache.size [number] Entries that are kept
cache:
  size: 100
token: ghp_16C7e42F292c6912E7710c838347Ae178B4a
plain:
""",
    "charts/shop/charts/redis/Chart.yaml": "apiVersion: v2\nname: redis\nversion: 1.0.0\n",
    "charts/shop/charts/redis/values.yaml": "memory: 1Gi\nreplicas: 1\n",
}


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = workspace(tmp_path_factory.mktemp("editor") / "w")
    write_tree(folder, CHART)
    return str(folder), study(str(folder), {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_below_values_the_chart_is_known(case, known):
    root, found = known
    before, _, after = case["text"].partition(MARK)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    kind = case.get("kind", "pipeline")
    path = SPEC if kind == "pipeline" else "environments/dev.yaml"
    document = Document(f"file://{root}/{path}", f"{root}/{path}", before + after, 1)
    one = About(document, root, path, kind, found, before + after)
    if "some" in case:
        proposed = complete(one, line, column)
        labels = {proposal.label for proposal in proposed[1]} if proposed else set()
        assert set(case["some"]) <= labels
        assert not labels & set(case.get("not", ()))
    said = tell(one, line, column, lambda path, _span: path) if "tells" in case or "untold" in case else None
    for part in case.get("tells", ()):
        assert said is not None
        assert part in said[0]
    assert not any(part in said[0] for part in case.get("untold", ()) if said)


ROUND = {
    "charts/shop/values.schema.json": '{"$defs": {"tree": {"properties": {"left": {"$ref": "#/$defs/tree"}}}, "a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},'
    ' "properties": {"tree": {"$ref": "#/$defs/tree"}, "log": {"$ref": "#/$defs/a"}}, "required": ["tree"]}'
}


def test_a_schema_that_refers_to_itself_becomes_part_of_that_of_a_spec(tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {**CHART, **ROUND})
    chart = ChartsAtHand(Loader(str(folder))).local("charts/shop", ("chart",))
    composed = with_values(schema("pipeline"), chart)
    jsonschema.Draft7Validator.check_schema(composed)
    values = composed["properties"]["spec"]["properties"]["values"]
    assert "required" not in values, "a layer holds only some of the values"
    validator = jsonschema.Draft7Validator({**values, "definitions": composed["definitions"]})
    assert validator.is_valid({"tree": {"left": {"left": None}}})
    assert not validator.is_valid([])


@pytest.mark.parametrize("odd", ["text", "[a]", "5", "{name: service, version: 5, repository: [x], valueFiles: 7}"])
@pytest.mark.parametrize("kind", ["pipeline", "environment"])
def test_a_chart_of_the_wrong_type_takes_no_answer_from_the_editor(kind, odd, known):
    root, found = known
    if kind == "pipeline":
        text = f"spec:\n  chart: {odd}\n  values:\n    serv\n  environments: {{dev: {{chart: {odd}}}}}\n"
    else:
        text = f"metadata: {{name: new}}\nspec:\n  chart: {odd}\n  defaults:\n    values:\n      serv\n"
    path = SPEC if kind == "pipeline" else "environments/new.yaml"
    line = text[: text.index("serv")].count("\n") + 1
    one = About(Document(f"file://{root}/{path}", f"{root}/{path}", text, 1), root, path, kind, found, text)
    for column in (3, 5, 8):
        complete(one, line, column)
        tell(one, line, column, lambda *_: "")
