"""What people get wrong in their first hour: the message is at the place of the mistake, and says what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.pipeline.run import Mode, Request, run
from generator.workspace.starting import files_of
from support.trees import write_tree

CASES = yaml.safe_load(Path(__file__).with_name("first_mistakes.yaml").read_text(encoding="utf-8"))
FILES = files_of("quickstart")
SPEC = "services/hello/pipeline.yaml"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_first_mistake_is_told_where_it_is_and_with_what_to_write_instead(case, tmp_path):
    text = FILES[SPEC].decode("utf-8")
    assert case["old"] in text
    files = {path: content for path, content in FILES.items() if not path.startswith("generated/")}
    write_tree(tmp_path, {**files, SPEC: text.replace(case["old"], case["new"], 1).encode("utf-8")})
    found = run(Request(str(tmp_path), Mode.LINT)).diagnostics
    told = [f"{one.span.line}:{one.span.column} {one.message}; {one.hint}" for one in found if one.path == SPEC]
    assert [one for one in told if one.startswith(f"{case['at']} ") and case["says"] in one], told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["migrate"], "Error: unknown command `migrate`\n"),
        (["new"], "did you mean `add`?"),
        (["update"], "did you mean `upgrade`?"),
        (["generate", "--check"], "use `tiphys check`"),
        (["generate", "--dry-run"], "`tiphys generate --diff`"),
        (["explain", "TP999"], "run `tiphys rules` for the list"),
        (["lint", "--select", "TP999"], "run `tiphys rules` for the list"),
        (["explain", "canary-weights-rize"], "did you mean `canary-weights-rise`?"),
    ],
)
def test_a_command_of_another_program_leads_to_ours_and_no_other(arguments, said, tiphys, tmp_path):
    assert tiphys("init", "w", cwd=tmp_path).returncode == 0
    done = tiphys(*arguments, cwd=tmp_path / "w")
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_the_rules_of_a_subject_are_listed_by_the_beginning_of_their_ids(tiphys, tmp_path):
    lines = tiphys("rules", "tp20", cwd=tmp_path).stdout.splitlines()
    assert [line[:5] for line in lines[:3]] == ["TP201", "TP202", "TP203"]
    assert all(line.startswith("TP20") for line in lines)
