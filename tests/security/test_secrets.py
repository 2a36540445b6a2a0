"""Secrets that somebody wrote down are shown by nothing, in no format, and stop what would spread them."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from generator.diagnostics import Diagnostic, Severity, Span
from generator.report import FORMATS
from generator.syntax.secrets import masking
from generator.syntax.secrets.redaction import MOST_READ, redacted, shown, told
from support.language_client import Client
from support.paths import ROOT
from support.serving import Served
from support.trees import read_tree, write_tree
from support.workspace import workspace

HEAD = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  image: {repository: ghcr.io/acme/web}
"""
TAIL = """\
  environments:
    dev: {image: {tag: "1.1.0"}}
    prod: {image: {tag: "1.0.0"}, values: {extra: {apiToken: sEcr3tK0}}}
"""
VALUES = """\
  values:
    env: {DB_PASSWORD: sEcr3tA0, GH: ghp_sEcr3tB0123456789012345678901, URL: 'postgres://u:sEcr3tC0@db/x'} # old TOKEN: sEcr3tL0
    below: {password: {a: [sEcr3tD0, {b: "sEcr3tE0"}]}}
    list: [{name: API_TOKEN, value: sEcr3tF0}, {value: "sEcr3tG0", name: DB_PASSWORD}]
    args: ["--token=sEcr3tH0", --password, sEcr3tM0]
    conf: "token: x\\npass:\\n  - sEcr3tQ0\\n  - a: sEcr3tR0\\n"
    command: ["sh", "-c", "export API_TOKEN=sEcr3tS0; curl -H 'Authorization: Bearer sEcr3tT0' -u user:sEcr3tU0 http://x"]
    file: |
      password: sEcr3tV0
      Authorization: Bearer sEcr3tW0
    json: '{"client_secret":["sEcr3tX0","sEcr3tY0"]}'
    secret: >-
      sEcr3tI0
      and sEcr3tN0
    # the old password: sEcr3tO0
    tls:
      key: |
        -----BEGIN RSA PRIVATE KEY-----
        sEcr3tJ0sEcr3tJ0
        -----END RSA PRIVATE KEY-----
"""
SPEC = HEAD + VALUES + TAIL
SECRET = re.compile(r"sEcr3t[A-Z]0")

BROKEN = {
    "a line that is not YAML": SPEC.replace("    tls:\n", "    tls: [\n"),
    "a flow map that never ends": SPEC.replace("sEcr3tF0}", "sEcr3tF0"),
    "a tab": SPEC.replace("    below:", "\tbelow:"),
    "a number for a password": HEAD + "  values: {password: 0123456, token: 1e5, apiKey: yes}\n" + TAIL,
    "an anchor": SPEC.replace("sEcr3tA0", "&a sEcr3tA0").replace('"sEcr3tE0"', "*a"),
    "a key twice": SPEC.replace("{DB_PASSWORD: sEcr3tA0,", "{DB_PASSWORD: sEcr3tA0, DB_PASSWORD: sEcr3tP0,"),
    "a tag": SPEC.replace("DB_PASSWORD: sEcr3tA0", "DB_PASSWORD: !!str sEcr3tA0"),
    "a map over a value": SPEC.replace(
        "extra: {apiToken: sEcr3tK0}", "secret: {a: sEcr3tK0}, env: {DB_PASSWORD: {x: sEcr3tQ0}}"
    ),
    "a null in a list": SPEC.replace("[sEcr3tD0,", "[null, sEcr3tD0,"),
    "a secret where a field is": SPEC.replace("  environments:\n", '  password: "sEcr3tR0"\n  environments:\n'),
}


def shows(text):
    return sorted({*SECRET.findall(text), *re.findall("0123456|1e5", text)})


@pytest.fixture
def folder(tmp_path):
    return write_tree(workspace(tmp_path / "w"), {"services/web/pipeline.yaml": SPEC})


def lowered(folder, word="warning"):
    path = folder / "tiphys.yaml"
    text = path.read_text(encoding="utf-8").rstrip()
    path.write_text(f"{text}\n  lint: {{severity: {{TP103: {word}}}}}\n", encoding="utf-8")
    for environment in (folder / "environments").iterdir():  # a chart that is not at hand, so that its values can be anything
        environment.write_text(environment.read_text().replace('"1.1.0"', '"99.0.0"'))
    return folder


def test_a_secret_in_plain_text_keeps_everything_from_being_written(folder, tiphys):
    before = read_tree(folder)
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.count(" error TP103 ") >= 9, done.stdout
    assert read_tree(folder) == before


def test_a_workspace_can_lower_the_rule_that_its_own_services_break(folder, tiphys):
    assert tiphys("generate", cwd=lowered(folder)).returncode == 0
    assert tiphys("check", cwd=folder).returncode == 0


@pytest.mark.parametrize("command", ["lint", "check", "generate"])
def test_no_format_shows_a_secret(command, folder, tiphys):
    wanted = [argument for name in FORMATS for argument in ("--format", f"{name}=out.{name}")]
    done = tiphys(command, *wanted, cwd=folder)
    assert done.returncode == 1
    texts = {name: (folder / f"out.{name}").read_text(encoding="utf-8") for name in FORMATS}
    assert [name for name, text in texts.items() if shows(text)] == []
    assert shows(done.stdout + done.stderr) == []
    assert "(masked)" in texts["text"]
    assert "(masked)" in texts["markdown"]
    assert "DB_PASSWORD" in texts["json"], "people must still learn which one it is"


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_file_is_told_without_the_secrets_in_it(text, folder, tiphys):
    write_tree(folder, {"services/web/pipeline.yaml": text})
    wanted = [argument for name in FORMATS for argument in ("--format", f"{name}=out.{name}")]
    done = tiphys("lint", *wanted, cwd=folder)
    assert done.returncode == 1
    for name in FORMATS:
        said = (folder / f"out.{name}").read_text(encoding="utf-8")
        assert shows(said) == [], (name, [line for line in said.splitlines() if shows(line)])


def test_what_is_printed_on_github_and_in_the_summary_of_a_step_shows_no_secret(folder, tiphys, tmp_path):
    summary = tmp_path / "summary.md"
    done = tiphys("lint", cwd=folder, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
    assert "::error " in done.stdout
    assert shows(done.stdout + done.stderr + summary.read_text(encoding="utf-8")) == []


def test_a_difference_of_generated_files_shows_that_a_secret_changed_and_not_to_what(folder, tiphys):
    lowered(folder)
    done = tiphys("generate", "--diff", cwd=folder)
    assert shows(done.stdout) == []
    assert "+++ b/generated/prod/web/values.yaml" in done.stdout
    tiphys("generate", cwd=folder)
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(
        spec.read_text(encoding="utf-8").replace("sEcr3tA0", "sEcr3tZ0").replace("sEcr3tJ0", "sEcr3tY0"), encoding="utf-8"
    )
    for command in (["check"], ["generate", "--diff"], ["check", "--format", "markdown"], ["check", "--format", "json"]):
        done = tiphys(*command, cwd=folder)
        assert done.returncode == 1
        assert shows(done.stdout + done.stderr) == [], command
    assert "-  DB_PASSWORD: (masked)" in tiphys("check", cwd=folder).stdout


def test_the_other_commands_that_tell_of_values_show_no_secret(folder, tiphys, tmp_path):
    lowered(folder)
    tiphys("generate", cwd=folder)
    for path in (
        "values",
        "values.env",
        "values.env.DB_PASSWORD",
        "values.below.password.a[0]",
        "values.tls.key",
        "values.list[0].value",
    ):
        for form in ("text", "json"):
            done = tiphys("explain", "web", "--env", "prod", path, "--format", form, cwd=folder)
            assert done.returncode == 0, done.stderr
            assert shows(done.stdout) == [], (path, form)
    for command in (["plan", "web", "--env", "prod"], ["lint", "--fix"], ["affected"]):
        done = tiphys(*command, cwd=folder)
        assert shows(done.stdout + done.stderr) == [], command
    assert tiphys("report", "-o", tmp_path / "site", cwd=folder).returncode in (0, 1)
    pages = read_tree(tmp_path / "site")
    assert pages
    assert {path: found for path, content in pages.items() if (found := shows(content.decode("utf-8")))} == {}
    assert b"(masked)" in pages["services/web.html"]


def test_the_diff_of_two_revisions_shows_no_secret(folder, tiphys):
    lowered(folder)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}

    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
            cwd=folder,
            env=kept,
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "before")
    text = SECRET.sub(lambda match: match[0].replace("0", "1"), SPEC)
    write_tree(folder, {"services/web/pipeline.yaml": text})
    git("commit", "-qam", "after")
    for form in ("text", "json", "markdown"):
        done = tiphys("diff", "HEAD~1", "--format", form, cwd=folder)
        assert done.returncode in (0, 1), done.stderr
        assert not re.search(r"sEcr3t[A-Z]", done.stdout), form


def test_the_playground_and_a_served_page_show_no_secret(folder):
    served = Served(lowered(folder))
    try:
        assert shows(served.ask("GET", "/services/web.html")[1]) == []
        answer, content = served.attempt(SPEC)
        assert answer.status == 200
        assert "(masked)" in content
        assert shows(content) == []
        assert shows(served.attempt(BROKEN["a key twice"])[1]) == []
        assert shows(served.attempt(BROKEN["a line that is not YAML"])[1]) == []
    finally:
        served.process.terminate()
        with served.process as process:
            process.communicate(timeout=30)


def test_an_editor_shows_no_secret_in_findings_and_hovers(folder):
    client = Client(folder)
    try:
        client.start(folder)
        spec = folder / "services/web/pipeline.yaml"
        found = client.open(spec, BROKEN["a number for a password"])
        assert any("(masked)" in one["message"] for one in found)
        assert shows(json.dumps([(one["message"], one.get("relatedInformation")) for one in found])) == []
        client.change(spec, SPEC)
        line = SPEC.split("\n").index(
            "    env: {DB_PASSWORD: sEcr3tA0, GH: ghp_sEcr3tB0123456789012345678901, URL: 'postgres://u:sEcr3tC0@db/x'} # old TOKEN: sEcr3tL0"
        )
        told_of = client.at("textDocument/hover", spec, line + 1, 12)
        assert shows(json.dumps(told_of)) == []
    finally:
        client.stop()


MANIFESTS = """\
apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  conf: |
    sEcr3tA0
    more sEcr3tB0
data: {x: sEcr3tC0}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: c}}
    spec:
      containers: [{name: c, image: x, env: [{name: DB_PASSWORD, value: sEcr3tD0}], ports: [{containerPort: 700000, name: e}]}]
      imagePullSecrets: [{name: f
"""


def test_manifests_that_are_linted_show_no_secret_in_any_format(tiphys, tmp_path):
    whole = MANIFESTS.replace("[{name: f\n", "[{name: f}]\n")
    write_tree(tmp_path, {"broken.yaml": MANIFESTS, "whole.yaml": whole})
    for name in ("broken.yaml", "whole.yaml"):
        for form in FORMATS:
            done = tiphys("lint", "--manifests", name, "--format", form, cwd=tmp_path)
            assert done.returncode == 1
            assert shows(done.stdout + done.stderr) == [], (name, form)
    assert " error TP645 " in tiphys("lint", "--manifests", "whole.yaml", "--format", "concise", cwd=tmp_path).stdout


ADDRESSES = {
    "the config repository": ("tiphys.yaml", "repoURL: .*", 'repoURL: "https://bot:sEcr3tA0@git.example.com/x.git"'),
    "a token alone": ("tiphys.yaml", "repoURL: .*", "repoURL: https://sEcr3tA0@git.example.com/x.git"),
    "a password over ssh": ("tiphys.yaml", "repoURL: .*", "repoURL: ssh://git:sEcr3tA0@git.example.com/x.git"),
    "a token in a query": ("tiphys.yaml", "repoURL: .*", "repoURL: https://git.example.com/x.git?private_token=sEcr3tA0"),
    "a chart repository": ("environments/prod.yaml", 'repository: "oci://', 'repository: "oci://ci:sEcr3tA0@'),
    "the API of a cluster": ("environments/prod.yaml", "destination: {", 'destination: {server: "https://ci:sEcr3tA0@10.0.0.1", '),
    "a link of an Application": ("services/web/pipeline.yaml", "  values:\n", '  argocd: {info: [{name: a, value: "https://u:sEcr3tA0@h/"}]}\n  values:\n'),
    "an address by escapes": ("services/web/pipeline.yaml", "  values:\n", '  argocd: {annotations: {a: "https:\\\\x2f\\\\x2fu:sEcr3tA0@h/"}}\n  values:\n'),
    "an annotation of an environment": ("environments/prod.yaml", "    project: shop\n", '    project: shop\n    annotations: {a: "http://u:sEcr3tA0@h"}\n'),
    "a template": ("templates/root.yaml", 'repoURL: "{{ root.repoURL }}"', "repoURL: https://u:sEcr3tA0@h/x.git"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new"), ADDRESSES.values(), ids=ADDRESSES)
def test_credentials_in_an_address_reach_no_application_and_no_report(path, old, new, tiphys, tmp_path):
    plain = HEAD + "  values:\n    a: b\n" + TAIL.replace(", values: {extra: {apiToken: sEcr3tK0}}", "")
    folder = write_tree(workspace(tmp_path / "w"), {"services/web/pipeline.yaml": plain})
    if path.startswith("templates/"):
        write_tree(folder, {path: (ROOT / path).read_bytes()})
    text = (folder / path).read_text(encoding="utf-8")
    changed = re.sub(old, new, text) if path == "tiphys.yaml" else text.replace(old, new.replace("\\\\", "\\"))
    assert changed != text
    write_tree(folder, {path: changed})
    before = read_tree(folder)
    done = tiphys("generate", "--format", "text", cwd=folder)
    assert done.returncode in (1, 2)
    assert "error[TP051]" in done.stdout, done.stdout
    assert shows(done.stdout + done.stderr) == []
    assert read_tree(folder) == before


@pytest.mark.parametrize(
    "address", ["git@git.example.com:acme/x.git", "ssh://git@git.example.com/x.git", "https://git.example.com/@acme/x.git"]
)
def test_an_address_without_credentials_is_fine(address, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    text = (folder / "tiphys.yaml").read_text(encoding="utf-8")
    write_tree(folder, {"tiphys.yaml": re.sub("repoURL: .*", f"repoURL: {address}", text)})
    assert tiphys("generate", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"password": {"a": ["x", {"b": 1}]}}, {"password": {"a": ["(masked)", {"b": "(masked)"}]}}),
        (
            {"token": {"secretName": "x", "key": "y", "audience": "z"}},
            {"token": {"secretName": "x", "key": "y", "audience": "z"}},
        ),
        ({"credentials": {"username": "u", "x": "y"}}, {"credentials": {"username": "u", "x": "(masked)"}}),
        ({"args": ["--password", "x", "--port", "80"]}, {"args": ["--password", "(masked)", "--port", "80"]}),
        ({"a": "https://tok@h/x"}, {"a": "https://(masked)@h/x"}),
        ({"a": "amqp://u:p@w@h/x"}, {"a": "amqp://u:(masked)@h/x"}),
        ({"secretKeyRef": {"name": "a", "key": "password"}}, {"secretKeyRef": {"name": "a", "key": "password"}}),
        ({"secret": {"create": True, "annotations": {"a": "b"}}}, {"secret": {"create": True, "annotations": {"a": "b"}}}),
    ],
)
def test_masking_goes_through_lists_and_maps_and_leaves_what_only_refers(data, said):
    assert masking.masked(data) == said


def test_a_masked_text_has_as_many_lines_as_the_text_and_a_caret_stays_at_its_word():
    for text in (SPEC, SPEC.replace("\n", "\r\n"), "\ufeff" + SPEC, MANIFESTS, *BROKEN.values()):
        assert shown(text).count("\n") == text.count("\n")
        assert shows(shown(text)) == []
    line = SPEC.split("\n")[6]
    column = line.index("GH:")
    text, start, end = redacted(SPEC).excerpt(Span(7, column + 1, 7, column + 3))
    assert text[start:end] == "GH"
    column = line.index("sEcr3tA0")
    text, start, end = redacted(SPEC).excerpt(Span(7, column + 1, 7, column + 9))
    assert text[start:end] == "(masked)"


def test_a_message_quotes_no_secret_however_it_is_cut_or_escaped():
    long = "sEcr3tA0" + "x" * 80
    text = f'a: {{password: "{long}", token: "two\\nsEcr3tB0\\nlines", password2: 4711}}\n'
    for message in (
        f"`{long[:57]}…` is not a date",
        f"{long!r} is odd",
        'the string "two\\nsEcr3tB0\\nlines"',
        '"sEcr3tB0" is',
        "`4711` is",
    ):
        item = Diagnostic("x", Span(1, 5, 1, 200), "TP020", Severity.ERROR, message, f"write {message}")
        found = told(item, text)
        assert shows(found.message + found.hint) == [], message
        assert "4711" not in found.message
    other = Diagnostic("x", Span(1, 1, 1, 2), "TP020", Severity.ERROR, "`staging` is not a date", "")
    assert told(other, "password: dev\n") is other


def test_a_file_that_is_too_large_to_be_looked_at_shows_none_of_its_lines():
    text = "password: |\n" + "  sEcr3tA0\n" * (MOST_READ // 10)
    assert shows(shown(text)) == []
    assert redacted(text).excerpt(Span(2, 1, 2, 5)).text == ""
