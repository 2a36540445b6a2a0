"""The language server as an editor meets it: the real process, asked over stdin and stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from support.language_client import ABILITIES, AnswerError, Client, places, uri
from support.paths import ROOT
from support.workspace import FALLS, SPEC, workspace

HEAD = "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
SHIP = "🚢"


@pytest.fixture
def folder(tmp_path):
    return workspace(tmp_path / "my w")


@pytest.fixture
def client(folder):
    one = Client(folder)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.gone()


@pytest.fixture
def spec(folder):
    return folder / SPEC


@pytest.fixture
def started(client, folder):
    client.start(folder)
    return client


def place_of(text, word, nth=0):
    """Return the line and column, in UTF-16 from 0, at which a word stands."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    line = text.count("\n", 0, at)
    return line, len(text[text.rfind("\n", 0, at) + 1 : at].encode("utf-16-le")) // 2


def hover(client, path, text, word, nth=0):
    told = client.at("textDocument/hover", path, *place_of(text, word, nth))
    return told["contents"]["value"] if told else ""


def labels(answer):
    return [item["label"] for item in answer["items"]] if answer else []


def applied(text, action):
    """Return a text after a change that the server offers, as an editor makes it."""
    (change,) = action["edit"]["documentChanges"]
    lines = text.split("\n")
    for edit in sorted(
        change["edits"], key=lambda one: (one["range"]["start"]["line"], one["range"]["start"]["character"]), reverse=True
    ):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]].encode("utf-16-le")
        new = line[: 2 * start["character"]] + edit["newText"].encode("utf-16-le") + line[2 * end["character"] :]
        lines[start["line"]] = new.decode("utf-16-le")
    return "\n".join(lines)


def actions(client, path, line, *, only=None):
    between = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1000}}
    context = {"diagnostics": [], **({"only": only} if only else {})}
    return client.ask("textDocument/codeAction", textDocument={"uri": uri(path)}, range=between, context=context)


def test_findings_are_those_of_lint_and_go_when_they_are_solved(started, folder, spec, tiphys):
    good = spec.read_text()
    assert started.open(spec) == []
    found = started.change(spec, FALLS)
    done = tiphys("lint", "-", "--stdin-filename", SPEC, "--format", "json", cwd=folder, stdin=FALLS)
    lint = json.loads(done.stdout)["diagnostics"]
    assert len(lint) > 1
    assert places(found) == [(one["rule"], one["line"] - 1, one["column"] - 1, one["endColumn"] - 1) for one in lint]
    assert {one["source"] for one in found} == {"tiphys"}
    assert [one["message"].split("\n")[0] for one in found] == [one["message"] for one in lint]
    assert [one["severity"] for one in found] == [{"error": 1, "warning": 2, "note": 3}[one["severity"]] for one in lint]
    assert all("codeDescription" not in one for one in found), "a link that leads nowhere"
    assert started.change(spec, good) == []
    assert started.change(spec, FALLS) == found
    assert started.close(spec) == []
    assert started.stop() == 0
    assert started.errors == []


def test_a_value_of_another_layer_is_pointed_at_where_it_is_set(started, folder, spec):
    prod = folder / "environments/prod.yaml"
    steps = "[{setWeight: 50}, {setWeight: 20}]"
    text = prod.read_text().replace("replicas: 4", f"rollout: {{strategy: {{canary: {{steps: {steps}}}}}}}")
    assert started.open(spec) == []
    started.open(prod)
    started.change(prod, text)
    (falls,) = started.rules(spec, "TP201")
    (there,) = falls["relatedInformation"]
    assert there["location"]["uri"] == uri(prod)
    line, column = place_of(text, "20}")
    assert there["location"]["range"]["start"] == {"line": line, "character": column}
    assert there["location"]["range"]["end"] == {"line": line, "character": column + 2}


def test_specs_that_are_not_open_are_told_of_while_what_they_depend_on_is(started, folder, spec):
    prod = folder / "environments/prod.yaml"
    good = prod.read_text()
    assert started.open(prod) == []
    started.change(prod, good.replace("name: prod", "name: prd"))
    prod_broken = started.change(prod, good + "  policy2: {}\n")
    assert [one["code"] for one in prod_broken] == ["TP021"]
    started.change(prod, good.replace("deny: [latest]", 'deny: [latest, "1.0.0"]'))
    started.rules(spec, "TP111")
    assert started.change(prod, good) == []
    started.rules(spec)
    started.change(prod, good.replace("deny: [latest]", 'deny: [latest, "1.0.0"]'))
    started.rules(spec, "TP111")
    started.close(prod)
    started.rules(spec)


def test_the_workspace_s_own_file_keeps_everything_else_from_being_judged_and_says_so(started, folder, spec):
    started.open(spec)
    own = folder / "tiphys.yaml"
    started.open(own)
    assert [one["code"] for one in started.change(own, own.read_text() + "nonsense: 1\n")] == ["TP021"]
    assert started.findings(spec) == []
    assert [one["code"] for one in started.change(spec, HEAD + "spec: {replicas: x}\n")] == ["TP020", "TP022"]
    assert started.change(own, own.read_text()) == []


def test_what_cannot_be_run_at_all_is_shown_once_and_files_are_still_read(started, folder, spec):
    (folder / ".yamllint").write_text("rules: {nonsense: enable}\n")
    found = started.open(spec, spec.read_text() + "\n\n\n\n\n")
    said = started.take(lambda message: message.get("method") == "window/showMessage")["params"]["message"]
    assert ".yamllint" in said
    assert "not a valid yamllint configuration" in said
    assert found == []
    assert [one["code"] for one in started.change(spec, HEAD)] == ["TP022"]
    assert started.stop() == 0
    assert not [one for one in started.held if one.get("method") == "window/showMessage"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("dress", ["lf", "crlf", "bom"])
def test_places_are_right_behind_characters_of_every_size(client, folder, spec, encoding, dress):
    assert client.start(folder, abilities={"general": {"positionEncodings": [encoding]}})["positionEncoding"] == encoding
    text = f'# {SHIP}\n{HEAD}spec: {{values: {{"{SHIP}é": "{SHIP}"}}, image: {{repository: x, tag: 1.10}}, environments: {{dev: {{}}}}}}\n'
    text = text.replace("\n", "\r\n") if dress == "crlf" else "\ufeff" + text if dress == "bom" else text
    found = client.open(spec, text)
    wanted = [one for one in found if one["code"] == "TP012"]
    line = text.split("\n")[4]
    before = line[: line.index("1.10")]
    units = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}[encoding]
    assert places(wanted) == [("TP012", 4, units, units + 4)]
    told = client.at("textDocument/hover", spec, 4, units + 1)
    assert "TP012" in told["contents"]["value"]
    assert told["range"]["start"] == {"line": 4, "character": units}


def test_a_hover_says_what_a_field_means_and_where_its_value_is_from_in_each_environment(started, folder, spec):
    prod = folder / "environments/prod.yaml"
    prod.write_text(prod.read_text().replace("replicas: 4", "replicas: 5"))
    text = HEAD + (
        "spec:\n  image: {repository: ghcr.io/acme/web}\n  replicas: 3\n  environments:\n"
        '    dev: {image: {tag: "1.1.0"}}\n    prod: {image: {tag: "1.0.0"}, replicas: 4}\n'
    )
    assert started.open(spec, text) == []
    told = hover(started, spec, text, "replicas")
    assert "**`replicas`**: an integer" in told
    assert "The number of pods." in told
    assert "From 0 to 10,000." in told
    assert "- **dev**: `3` from here" in told
    assert "- **prod**: `4` from spec.environments.prod (" in told
    assert (
        f"[services/web/pipeline.yaml:9]({uri(spec)}#L9)); over `3` from here; over `5` from environment prod: defaults ("
        in told
    )
    assert f"]({uri(prod)}#L" in told
    assert "merged from" in hover(started, spec, text, "image")
    assert "environment, [environments/dev.yaml:1](" in hover(started, spec, text, "dev")
    assert started.at("textDocument/hover", spec, 99, 0) is None


def test_a_hover_on_a_finding_shows_the_page_of_its_rule(started, spec):
    started.open(spec, FALLS)
    told = hover(started, spec, FALLS, "setWeight: 20")
    assert "TP201 canary-weights-rise" in told
    assert "Source: " in told
    assert "](http" not in told, "a link that leads nowhere"


OWNER = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: owner}
spec:
  message: an Application needs the label owner
  description: "![x](http://a.example/x.png)"
  match: {kinds: [{group: argoproj.io, kind: Application}]}
  expression: has(object.metadata.labels) && has(object.metadata.labels.owner)
  cases: [{object: {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {labels: {owner: a}}}, passes: true}]
"""


def test_a_rule_of_the_workspace_is_shown_completed_and_let_stand_like_a_shipped_one(started, folder, spec):
    rule = folder / "rules" / "owner.yaml"
    rule.parent.mkdir()
    rule.write_text(OWNER)
    text = spec.read_text()
    found = [one for one in started.open(spec, text) if one["code"] == "TP691"]
    assert found
    line = found[0]["range"]["start"]["line"]
    told = started.at("textDocument/hover", spec, line, found[0]["range"]["start"]["character"])["contents"]["value"]
    assert "TP691 owner" in told
    assert "A rule of this workspace about `Application`" in told
    assert "](http" not in told, "an editor would load the image"
    (ignore,) = [one for one in actions(started, spec, line) if one["title"] == "Ignore TP691 (owner) here, because …"]
    assert "# tiphys: ignore[owner] because" in applied(text, ignore)
    started.change(spec, "# tiphys: ignore[\n" + text, wait=False)
    assert "owner" in labels(started.at("textDocument/completion", spec, 0, 17))
    told = started.open(rule, OWNER.replace("has(object.metadata.labels) &&", "has(object.metadata.labels) &"))
    assert [one["code"] for one in told] == ["TP692"]


def test_a_definition_is_the_file_of_a_name_and_the_line_that_wins(started, folder, spec):
    (folder / "strategies").mkdir(exist_ok=True)
    shipped = (ROOT / "templates/strategies/gradual-canary.yaml").read_text()
    own = folder / "strategies/slow.yaml"
    own.write_text(shipped.replace("name: gradual-canary", "name: slow"))
    prod = folder / "environments/prod.yaml"
    prod.write_text(prod.read_text().replace("replicas: 4", "replicas: 5"))
    text = HEAD + (
        "spec:\n  image: {repository: ghcr.io/acme/web}\n  replicas: 3\n  rollout: {preset: slow}\n  environments:\n"
        '    dev: {image: {tag: "1.1.0"}, rollout: {preset: gradual-canary}}\n'
        '    prod: {image: {tag: "1.0.0"}, replicas: 4, chart: {profile: service}}\n'
    )
    started.open(spec, text)

    def define(word, nth=0):
        found = started.at("textDocument/definition", spec, *place_of(text, word, nth)) or []
        return [(one["uri"], one["range"]["start"]["line"], one["range"]["start"]["character"]) for one in found]

    assert define("slow") == [(uri(own), 0, 0)]
    assert define("prod") == [(uri(prod), 0, 0)]
    assert define("gradual-canary") == [(uri(ROOT / "templates/strategies/gradual-canary.yaml"), 0, 0)]
    assert define("service}") == [(uri(ROOT / "templates/profiles/service/profile.yaml"), 0, 0)]
    assert define("replicas: 3") == [(uri(spec), *place_of(text, "3")), (uri(spec), *place_of(text, "4"))]
    lost = place_of(prod.read_text(), "5")
    assert define("replicas: 4") == [(uri(spec), *place_of(text, "3")), (uri(prod), *lost)], (
        "the winner itself asks whom it overrode"
    )
    assert define("Pipeline") == []


@pytest.mark.parametrize("path", ["../../../secret.yaml", "/etc/hostname", "../../..", "a/../../../../secret.yaml"])
@pytest.mark.parametrize("field", ["  manifests: [PATH]", "  chart: {path: PATH}", "  analysisTemplates: [{file: PATH}]"])
def test_nothing_links_to_a_file_outside_of_the_workspace(started, spec, field, path):
    text = HEAD + f"spec:\n{field.replace('PATH', json.dumps(path))}\n  environments: {{dev: {{}}}}\n"
    started.open(spec, text)
    at = place_of(text, path)
    assert not started.at("textDocument/definition", spec, *at)
    assert "](file:" not in (started.at("textDocument/hover", spec, *at) or {}).get("contents", {}).get("value", "")


def test_completion_goes_on_while_the_document_is_broken_and_knows_the_names_of_the_workspace(started, spec):
    text = HEAD + f'spec:\n  values: {{a: "{SHIP}"}}\n  environments:\n    dev: {{rollout: {{preset: \n  ima\n'
    assert started.open(spec, text)
    found = started.at("textDocument/completion", spec, 6, len(text.split("\n")[6]))
    assert {"gradual-canary", "fast-canary", "blue-green"} <= set(labels(found))
    found = started.at("textDocument/completion", spec, 7, 5)
    item = next(one for one in found["items"] if one["label"] == "image")
    assert item["textEdit"] == {
        "range": {"start": {"line": 7, "character": 2}, "end": {"line": 7, "character": 5}},
        "newText": "image:\n  $0",
    }
    assert (item["insertTextFormat"], item["insertTextMode"]) == (2, 2)
    assert "The container image." in item["documentation"]["value"]
    text = HEAD + "spec:\n  environments:\n    dev: {}\n    \n"
    started.change(spec, text, wait=False)
    assert labels(started.at("textDocument/completion", spec, 6, 4)) == ["prod"]
    assert labels(started.at("textDocument/completion", spec, 99, 99)) == []


def test_an_editor_without_placeholders_gets_none(client, folder, spec):
    client.start(folder, abilities={})
    client.open(spec, HEAD + "spec:\n  ima\n")
    item = next(one for one in client.at("textDocument/completion", spec, 4, 5)["items"] if one["label"] == "image")
    assert (item["textEdit"]["newText"], item["insertTextFormat"]) == ("image:", 1)
    assert item["documentation"]["kind"] == "plaintext"


def test_a_fix_writes_what_lint_fix_would(started, spec):
    text = (
        HEAD + f'spec: {{values: {{env: {{A: "{SHIP}"}}}}, image: {{repository: x, tga: 1.10}}, environments: {{dev: {{}}}}}}\n'
    )
    assert {one["code"] for one in started.open(spec, text)} >= {"TP012", "TP021"}
    offered = {one["title"]: one for one in actions(started, spec, 3)}
    safe, guess = offered['Write "1.10"'], offered["Write tag"]
    assert (safe["isPreferred"], guess["isPreferred"]) == (True, False)
    assert safe["edit"]["documentChanges"][0]["textDocument"] == {"uri": uri(spec), "version": 1}
    text = applied(text, safe)
    assert 'tga: "1.10"' in text
    found = started.change(spec, text)
    assert [one["code"] for one in found] == ["TP021"]
    (guess,) = [one for one in actions(started, spec, 3) if one["title"] == "Write tag"]
    assert [one["code"] for one in guess["diagnostics"]] == ["TP021"]
    text = applied(text, guess)
    assert 'tag: "1.10"' in text
    assert started.change(spec, text) == []
    assert actions(started, spec, 3) == []


def test_all_that_can_be_nothing_else_is_fixed_at_once_if_the_editor_asks_for_that(started, spec):
    text = HEAD + "spec:\n  image: {repository: x, tag: 1.10}\n  replicas: '3'\n  environments: {dev: {}}\n"
    started.open(spec, text)
    (action,) = actions(started, spec, 0, only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.tiphys"
    text = applied(text, action)
    assert ('"1.10"' in text, "replicas: 3\n" in text) == (True, True)
    assert started.change(spec, text) == []
    assert actions(started, spec, 0, only=["refactor"]) == []


@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_finding_can_be_let_stand_by_a_comment_once_its_reason_is_written(started, spec, eol):
    text = FALLS.replace("\n", eol)
    found = started.open(spec, text)
    (falls,) = [one for one in found if one["code"] == "TP201"]
    line = falls["range"]["start"]["line"]
    (ignore,) = [one for one in actions(started, spec, line) if one["title"].startswith("Ignore TP201")]
    text = applied(text, ignore)
    left = {one["code"] for one in started.change(spec, text)}
    assert {"TP201", "TP002"} <= left, "no reason is given yet"
    text = text.replace("because" + eol, "because we drain by hand" + eol)
    assert not {"TP201", "TP002"} & {one["code"] for one in started.change(spec, text)}


def test_what_no_spec_may_let_stand_is_not_offered_to_be(started, spec):
    text = spec.read_text().replace('tag: "1.0.0"', "tag: latest")
    found = started.open(spec, text)
    assert found
    line = found[0]["range"]["start"]["line"]
    assert not [one for one in actions(started, spec, line) if one["title"].startswith("Ignore")], found


def test_the_outline_nests_like_the_document(started, spec):
    text = HEAD + f'spec:\n  values: {{"{SHIP}": [1, 2]}}\n  environments: {{dev: {{}}}}\n'
    started.open(spec, text)
    tree = started.ask("textDocument/documentSymbol", textDocument={"uri": uri(spec)})
    assert [one["name"] for one in tree] == ["apiVersion", "kind", "metadata", "spec"]
    assert [one["name"] for one in tree[3]["children"]] == ["values", "environments"]
    (ship,) = tree[3]["children"][0]["children"]
    assert (ship["name"], [one["name"] for one in ship["children"]]) == (SHIP, ["[0]", "[1]"])
    assert ship["selectionRange"] == {"start": {"line": 4, "character": 11}, "end": {"line": 4, "character": 15}}
    started.change(spec, "a: [", wait=False)
    assert started.ask("textDocument/documentSymbol", textDocument={"uri": uri(spec)}) is None


def test_without_a_workspace_a_file_is_still_read_and_completed_by_its_kind(client, tmp_path):
    alone = tmp_path / "alone" / "pipeline.yaml"
    client.start(tmp_path)
    assert [one["code"] for one in client.open(alone, HEAD + "spec: {replicas: x}\n")] == ["TP020", "TP022"]
    assert {"replicas", "image"} <= set(labels(client.at("textDocument/completion", alone, 3, 7)))
    assert "The number of pods." in client.at("textDocument/hover", alone, 3, 8)["contents"]["value"]
    assert client.change(alone, HEAD + "spec: {environments: {dev: {}}}\n") == []
    assert client.at("textDocument/definition", alone, 3, 24) is None
    assert client.close(alone) == []
    other = tmp_path / "alone" / "values.yaml"
    assert client.open(other, "a: [\n") == [], "what is not ours is not judged"
    assert client.at("textDocument/completion", other, 0, 4) is None
    assert client.open("untitled:Untitled-1", HEAD + "spec: {replicas: x}\n")
    assert client.stop() == 0
    assert client.errors == []


def test_each_file_belongs_to_the_workspace_above_it(client, folder, tmp_path, spec):
    other = workspace(tmp_path / "other")
    (other / "environments/dev.yaml").rename(other / "environments/test.yaml")
    (other / "environments/test.yaml").write_text(
        (other / "environments/test.yaml").read_text().replace("name: dev", "name: test")
    )
    client.start(folder, other)
    text = HEAD + "spec:\n  environments:\n    \n"
    client.open(spec, text)
    client.open(other / SPEC, text)
    assert labels(client.at("textDocument/completion", spec, 5, 4)) == ["dev", "prod"]
    assert labels(client.at("textDocument/completion", other / SPEC, 5, 4)) == ["prod", "test"]


def test_a_change_on_disk_is_seen_when_the_editor_tells_of_it(started, folder, spec):
    watched = started.take(lambda message: message.get("method") == "client/registerCapability")["params"]
    assert watched["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"
    assert started.open(spec) == []
    (folder / "environments/dev.yaml").unlink()
    gone = {"uri": uri(folder / "environments/dev.yaml"), "type": 3}
    written = {"uri": uri(folder / "generated/dev/web/values.yaml"), "type": 2}
    started.tell("workspace/didChangeWatchedFiles", changes=[written])
    started.tell("workspace/didChangeWatchedFiles", changes=[gone])
    started.rules(spec, "TP031")


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "a: [", "{" * 5000, "- " * 3000, "\ud800: x", "a: &a [*a]", "\r\r\r", "%YAML 1.1\n---\n", "spec: |\n\t"],
)
def test_no_text_stops_the_server(started, spec, text):
    good = spec.read_text()
    started.open(spec, good)
    started.change(spec, text)
    for method in ("completion", "hover", "definition"):
        started.at(f"textDocument/{method}", spec, 0, 3)
        started.at(f"textDocument/{method}", spec, 7, 999)
    actions(started, spec, 0)
    started.ask("textDocument/documentSymbol", textDocument={"uri": uri(spec)})
    assert started.change(spec, good) == []
    assert started.stop() == 0
    assert started.errors == []


@pytest.mark.parametrize(
    "odd",
    [
        "file:///%00",
        "file:///a%00b/services/web/pipeline.yaml",
        "file:///\ud800/pipeline.yaml",
        "file:///%ed%a0%80/pipeline.yaml",
        "file://[::1/x",
        "file://host\x00/tiphys.yaml",
        "untitled:\x00",
        "",
        "::::",
    ],
)
def test_a_document_that_is_no_file_here_takes_no_findings_from_the_others(started, folder, spec, odd):
    started.tell(
        "textDocument/didOpen", textDocument={"uri": odd, "languageId": "yaml", "version": 1, "text": "kind: Pipeline\n"}
    )
    started.tell("workspace/didChangeWatchedFiles", changes=[{"uri": odd, "type": 2}])
    assert started.at("textDocument/hover", odd, 0, 0) is None or odd
    good = spec.read_text()
    assert started.open(spec, good.replace("image:", "imaeg:", 1)) != []
    assert started.change(spec, good) == []
    assert hover(started, spec, good, "image")
    assert started.errors == []


def test_what_the_server_does_not_know_is_refused_and_it_goes_on(started, spec):
    with pytest.raises(AnswerError, match="-32601"):
        started.ask("textDocument/formatting", textDocument={"uri": uri(spec)}, options={"tabSize": 2, "insertSpaces": True})
    started.send(id="bad", method="textDocument/hover", params={"nonsense": True})
    started.tell("textDocument/didChange", textDocument={"uri": uri(spec), "version": 9}, contentChanges=[])
    started.tell("textDocument/didClose", textDocument={"uri": "file:///never/opened.yaml"})
    assert started.at("textDocument/hover", "file:///never/opened.yaml", 0, 0) is None
    assert started.open(spec) == []


def test_an_editor_that_goes_away_without_a_goodbye_takes_the_server_with_it(started):
    started.process.stdin.close()
    assert started.process.wait(60) == 1


def test_exit_without_shutdown_is_a_failure(started):
    started.tell("exit")
    assert started.gone() == 1


def test_an_interrupt_ends_the_server_without_a_traceback(started):
    os.kill(started.process.pid, signal.SIGINT)
    assert started.gone() == -signal.SIGINT
    assert started.errors == []


def test_without_the_extra_the_command_says_how_to_get_it(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Hide:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('pygls', 'lsprotocol'):\n"
        "            raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, Hide())\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "generator", "lsp"]
    done = subprocess.run(command, env=environment, input="", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'tiphys[lsp] @ <the URL that you installed tiphys from>'" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_other_command_loads_the_protocol(folder):
    probe = "import sys; from generator.cli.main import program; program(['lint', '--quiet'], standalone_mode=False); print(sorted(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    loaded = done.stdout
    assert "generator.pipeline.run" in loaded
    assert not [name for name in ("pygls", "lsprotocol", "asyncio", "generator.editor") if f"'{name}'" in loaded]


def test_editors_that_name_the_transport_are_served(folder, spec):
    one = Client(folder, "--stdio")
    one.start(folder, abilities=ABILITIES)
    assert one.open(spec) == []
    assert one.stop() == 0
