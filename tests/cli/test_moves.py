"""Moves of versions: how often they parse a file, and that nobody modifies what all of them share."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.errors import ConfigError
from generator.syntax.reader import Source
from support.repositories import Repository, spec

pytestmark = pytest.mark.usefixtures("git")

WEB, SHOP = "services/web/pipeline.yaml", "services/shop/pipeline.yaml"


@pytest.fixture
def parsed(monkeypatch):
    """Return all that is parsed from now on, by path: the sources, each with a copy of its data as it was read."""
    found = defaultdict(list)
    make = Source.__init__

    def remember(self, path, text, data, **more):
        make(self, path, text, data, **more)
        found[path].append((self, deepcopy(data)))

    monkeypatch.setattr(Source, "__init__", remember)
    return found


@pytest.fixture
def repository(tmp_path, git):
    made = Repository(tmp_path / "r")
    made.write(WEB, spec("web", dev="1.1.0", prod="1.0.0"))
    made.write(SHOP, spec("shop", dev="2.1.0", prod="2.0.0"))
    made.write("strategies/careful.yaml", PRESET)
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    return made


PRESET = """\
apiVersion: tiphys/v1
kind: Strategy
metadata: {name: careful}
spec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}
"""


def call(repository, *words):
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0), done.output
    return done.output


MOVES = {
    "promote": ["promote", "web", "shop", "--from", "dev", "--to", "prod", "--offline", "--reason=test"],
    "promote all and commit": ["promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--commit"],
    "preview": ["diff", "--promote", "dev:prod"],
    "bump": ["bump", "web", "--env", "dev", "--image-tag", "1.2.0"],
}


@pytest.mark.parametrize("words", MOVES.values(), ids=MOVES)
def test_a_move_parses_each_file_once_and_an_edited_spec_once_more_for_its_new_content(words, repository, parsed):
    call(repository, *words)
    times = {path: len(sources) for path, sources in parsed.items() if path}
    edited = {WEB, SHOP} & times.keys()
    assert edited
    assert {path: number for path, number in times.items() if number > (2 if path in edited else 1)} == {}


@pytest.mark.parametrize("words", MOVES.values(), ids=MOVES)
def test_no_step_of_a_move_modifies_a_file_that_the_next_step_reads_from_memory(words, repository, parsed):
    call(repository, *words)
    assert [path for path, sources in parsed.items() for source, data in sources if source.data != data] == []


def test_served_pages_that_are_made_again_parse_only_the_spec_that_changed(repository, parsed):
    from generator.report.serve.playground import Playground

    playground = Playground(str(repository.root), "token")
    first = playground.pages()
    assert playground.pages() == first
    repository.write(WEB, spec("web", dev="1.2.0", prod="1.0.0"))
    assert playground.pages() != first
    assert "1.3.0" in playground.attempt(WEB, spec("web", dev="1.3.0", prod="1.0.0"))
    times = {path: len(sources) for path, sources in parsed.items() if path and not path.startswith("tiphys:")}
    assert times.pop(WEB) == 3, "as it was, as it is, and as it is tried out"
    assert {path: number for path, number in times.items() if number > 1} == {}
    assert [path for path, sources in parsed.items() for source, data in sources if source.data != data] == []


@pytest.mark.parametrize("text", ['{"\\ud800": "1"}', '[{"service": "\\udcff", "imageTag": "1"}]'])
def test_a_name_that_no_file_can_hold_is_an_unknown_service(text, repository, tmp_path, monkeypatch):
    monkeypatch.chdir(repository.root)
    (tmp_path / "versions").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(program, ["bump", "--env", "dev", "--from", str(tmp_path / "versions")])
    assert isinstance(done.exception, ConfigError)
    assert "unknown service" in done.exception.message
