"""Text that makes the search for secrets, or for suppressions, slow: it is bounded whatever a file contains."""

from __future__ import annotations

import base64
import resource
import time

import pytest

from generator.diagnostics import Span
from generator.editor.positions import Text
from generator.syntax.secrets import looks, masking
from generator.syntax.secrets.addresses import holds_credentials
from generator.syntax.secrets.messages import without
from support.workspace import workspace

SECONDS = 5
"""What SECURITY.md promises for a workspace of ordinary size."""

TEXTS = {
    "addresses with a user and no end": "postgres://u:" * 13_000,
    "addresses without a host": "://" * 55_000,
    "the start of addresses": "https://" * 20_000,
    "addresses with passwords": "://u:p@" * 20_000,
    "tokens": "eyJaaaaaaaa." * 14_000,
    "the start of tokens": "eyJ-" * 40_000,
    "assignments": "password=x " * 14_000,
    "names with dashes": "x-y_" * 40_000,
    "names with dots": "a.b" * 50_000,
    "a scheme without end": "a-" * 80_000 + "://",
}
HAYSTACKS = {
    "a value": 'x: "TEXT"\n',
    "a comment of a file with an error": "x: [ # TEXT\n",
}


def processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("where", HAYSTACKS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_nearly_a_secret_does_not_stop_the_review_of_a_pull_request(name, where, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text() + HAYSTACKS[where].replace("TEXT", TEXTS[name]))
    before = processor_time()
    done = tiphys("lint", cwd=folder)
    assert processor_time() - before < SECONDS
    assert done.returncode == 1, done.stdout + done.stderr


SUPPRESSIONS = {
    "a comment a line": "# tiphys: ignore[TP1] because x\n" * 7_000,
    "an unknown name a line": "".join(f"# tiphys: ignore[x{n}] because x\n" for n in range(6_500)),
    "unknown names in one line": f"# tiphys: ignore[{','.join(f'x{n}' for n in range(30_000))}] because x\n",
}


@pytest.mark.parametrize("name", SUPPRESSIONS)
def test_suppressions_without_end_do_not_stop_the_review_of_a_pull_request(name, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text() + SUPPRESSIONS[name])
    before = processor_time()
    done = tiphys("lint", "--format", "concise", cwd=folder)
    assert processor_time() - before < SECONDS
    assert "unknown rule" in done.stdout


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgres://u:p@h and redis://:q@h", "postgres://u:(masked)@h and redis://:(masked)@h"),
        ("a://u:p@h,b://v:q@r@i/x@y", "a://u:(masked)@h,b://v:(masked)@i/x@y"),
        ("--db-password=x my.api_key: y", "--db-password=(masked) my.api_key: (masked)"),
        ("password=x;token='y z'", "password=(masked);token=(masked)"),
    ],
)
def test_what_is_masked_stays_masked_where_the_search_is_bounded(text, left):
    assert looks.without_looks(text) == left
    assert len(list(looks.looks(text, assigned=True))) == left.count("(masked)")


def test_a_text_with_more_secrets_than_are_told_apart_is_masked_as_a_whole():
    text = " ".join(f"password=x{n}" for n in range(500))
    assert masking.pieces(text, looks.without_looks(text)) == [text]


def test_credentials_are_found_behind_a_long_text():
    assert holds_credentials("a-" * 10_000 + " https://u:p@h/x")


WORKLOAD = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w{0}}}\nspec:\n  selector: {{matchLabels: {{app: a}}}}\n"
    "  template: {{metadata: {{labels: {{app: a}}}}, spec: {{containers: [{{name: a, image: 'a/b:1'}}]}}}}\n"
)
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: s{0}}}\nspec: {{selector: {{app: a}}, ports: [{{port: 80}}]}}\n"


def test_workloads_and_services_that_all_select_each_other_do_not_stop_the_review(tiphys, tmp_path):
    parts = [WORKLOAD.format(n) for n in range(500)] + [SERVICE.format(n) for n in range(700)]
    (tmp_path / "all.yaml").write_text("---\n".join(parts))
    before = processor_time()
    done = tiphys("lint", "--manifests", "all.yaml", "--format", "concise")
    assert processor_time() - before < SECONDS
    assert "TP635" in done.stdout


@pytest.mark.parametrize("letter", ["x", "\N{GRINNING FACE}"])
def test_an_editor_shows_the_outline_of_a_file_that_is_one_long_line(letter):
    line = "".join(f"{letter}{number % 10}: {{}}, " for number in range(40_000))
    text = Text(line)
    before = time.process_time()
    found = [text.range(Span(1, column, 1, column + 1)) for column in range(1, len(line), 8)]
    assert time.process_time() - before < SECONDS
    units = 2 if ord(letter) > 0xFFFF else 1
    assert found[10][0].column == 80 + 10 * (units - 1)
    assert text.place(found[10][0]) == (1, 81)


@pytest.mark.parametrize(
    "change", [lambda raw: base64.b64encode(raw).decode(), lambda raw: raw.hex(), lambda raw: raw.decode().upper()]
)
def test_a_long_secret_that_a_template_changed_is_hidden_to_its_end(change):
    secret = "".join(f"k{number}Secret" for number in range(4_000))
    said = without(f"error: {change(secret.encode())} in x", [secret])
    assert said.startswith("error: (masked)")
    assert "3999" not in said
    assert change(secret[-300:].encode())[-40:] not in said
