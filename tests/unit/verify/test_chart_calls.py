"""Which charts are rendered a second time: those whose templates may give another answer, and no others."""

from __future__ import annotations

import pytest

from generator.system.charts.package import packed
from generator.verify.chart_calls import calls_of
from generator.verify.template_calls import is_template_of_random
from support.trees import write_tree


def calls(folder, files):
    return calls_of(str(write_tree(folder, {"Chart.yaml": "name: c\n", **files})))


@pytest.mark.parametrize(
    "files",
    [
        {"templates/a.yaml": "a: {{ randAlphaNum 5 }}"},
        {
            "templates/_a.tpl": '{{ define "a" }}{{ .x | default (uuidv4) }}{{ end }}',
            "templates/a.yaml": '{{ include "a" . }}',
        },
        {
            "templates/_a.tpl": '{{ define "one.a" }}{{ uuidv4 }}{{ end }}',
            "templates/a.yaml": '{{ include (printf "one.%s" .Values.a) . }}',
        },
        {
            "templates/init.yaml": "{{ $_ := set .Values `password` (randAlphaNum 8) }}",
            "templates/a.yaml": "{{ .Values.password }}",
        },
        {"templates/a.yaml": "{{ $ca := genCA `a` 1 }}"},
        {"templates/a.yaml": "{{ if true }}{{ now.Unix }}{{ end }}"},
        {"charts/inner/templates/deep/a.yaml": "{{ htpasswd `a` `b` }}"},
        {"charts/inner-1.0.0.tgz": "packed"},
        {"templates/a.yaml": "{{ keys .Values.a | first }}"},
        {"templates/a.yaml": "{{ range values .Values.a }}{{ end }}"},
        {"templates/a.yaml": "{{ unreadable"},
        {"templates/a.yaml": "{{ tpl (.Files.Get `files/a.txt`) . }}", "files/a.txt": "{{ randInt 1 5 }}"},
        {"templates/a.yaml": "{{ tpl .Values.a . }}", "values.yaml": "a: '{{ randInt 1 5 }}'"},
    ],
)
def test_a_chart_that_may_differ_each_time_is_not_cleared(files, tmp_path):
    assert calls(tmp_path, files).may_differ(["templates/a.yaml", *files])[0]


@pytest.mark.parametrize(
    "files",
    [
        {"templates/a.yaml": "a: now, {{ .Values.now }} and {{ .Values.keys }}"},
        {"templates/a.yaml": "{{/* randAlphaNum 5 */}}{{ $now := 1 }}{{ quote `now` }}"},
        {"templates/a.yaml": '{{ keys .Values.a | sortAlpha | join "," }}{{ len (keys .Values.b) }}'},
        {"templates/NOTES.txt": "installed {{ now }}"},
        {"templates/a.yaml": "{{ .Values.a }}", "values.yaml": "a: '{{ randInt 1 5 }}'"},
        {"templates/a.yaml": "{{ tpl .Values.a . }}", "README.md": "`{{ randInt 1 5 }}`"},
        {"files/a.yaml": "{{ randAlphaNum 5 }}"},
        {"templates/_a.tpl": '{{ define "a" }}{{ uuidv4 }}{{ end }}', "templates/a.yaml": '{{ include "b" . }}'},
        {"templates/a.yaml": "{{ tpl .Values.a . }}", "ci/values.yaml": "a: '{{ randInt 1 5 }}'"},
    ],
)
def test_a_chart_that_cannot_differ_is_not_rendered_again(files, tmp_path):
    assert not calls(tmp_path, files).may_differ(["templates/a.yaml", *files])[0]


def test_a_call_is_found_with_its_line_its_key_and_the_values_that_take_its_place(tmp_path):
    text = "a: 1\nb: {key: {{ .Values.auth.key | default (randAlphaNum 5) }}}\n"
    (call,) = calls(tmp_path, {"templates/a.yaml": text}).random
    assert (call.path, call.line, call.name, call.key, call.values) == (
        "templates/a.yaml",
        2,
        "randAlphaNum",
        "key",
        ("auth.key",),
    )


def test_what_a_template_includes_is_followed_over_helpers_and_files(tmp_path):
    found = calls(
        tmp_path,
        {
            "templates/_a.tpl": '{{ define "one" }}{{ include "two" . }}{{ end }}{{ define "two" }}{{ uuidv4 }}{{ end }}',
            "templates/a.yaml": '{{ template "one" . }}',
            "templates/b.yaml": 'sum: {{ include (print $.Template.BasePath "/a.yaml") . | sha256sum }}',
            "templates/c.yaml": '{{ include "other" . }}',
        },
    )
    assert {call.scope for call in found.random} == {"two"}
    assert "two" in found.reached(["templates/a.yaml"]) & found.reached(["templates/b.yaml"])
    assert "two" not in found.reached(["templates/c.yaml"])


def test_what_is_asked_of_the_cluster_is_told_from_what_is_made_up(tmp_path):
    text = '{{ lookup "v1" "Secret" "a" "b" }}{{ if $.Release.IsUpgrade }}{{ .Release.Name }}{{ end }}'
    found = calls(tmp_path, {"templates/a.yaml": text})
    assert [call.name for call in found.cluster] == ["lookup", ".Release.IsUpgrade"]
    assert not found.may_differ(["templates/a.yaml"])[0]


@pytest.mark.parametrize(("text", "random"), [("{{ uuidv4 }}", True), ("uuidv4", False), ("{{ .uuidv4 }}", False)])
def test_a_value_that_is_evaluated_may_be_made_up_as_well(text, random):
    assert is_template_of_random(text) is random


def test_a_template_that_rendered_nothing_does_not_count(tmp_path):
    found = calls(tmp_path, {"templates/a.yaml": "a", "templates/auth.yaml": "{{ if .Values.auth }}{{ uuidv4 }}{{ end }}"})
    assert not found.may_differ(["templates/a.yaml"])[0]
    assert found.may_differ(["templates/a.yaml", "templates/auth.yaml"])[0]


@pytest.mark.parametrize(("call", "differs"), [("uuidv4", True), (".Values.a", False)])
def test_a_packed_chart_is_read_like_any_other(call, differs, tmp_path):
    inner = {"Chart.yaml": b"apiVersion: v2\nname: inner\nversion: 1.0.0\n", "templates/a.yaml": f"{{{{ {call} }}}}".encode()}
    write_tree(tmp_path, {"Chart.yaml": "name: c\n", "charts/x": ""})
    (tmp_path / "charts" / "inner-1.0.0.tgz").write_bytes(packed("inner", inner))
    assert calls_of(str(tmp_path)).may_differ(["charts/inner/templates/a.yaml"])[0] is differs


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{ keys .a }}", "{{ keys .a| }}"),
        ("{{- range $k := keys .a.b -}}", "{{- range $k := keys .a.b| -}}"),
        ("{{ first (keys (dict `a` 1)) }}", "{{ first (keys (dict `a` 1)|) }}"),
        ("{{ .a | keys | first }}", "{{ .a | keys| | first }}"),
        ('{{ keys .a | join "," }}', '{{ keys .a| | join "," }}'),
    ],
)
def test_an_order_is_written_at_the_end_of_the_command(text, wanted, tmp_path):
    ((path, at),) = calls(tmp_path, {"templates/a.yaml": text}).orders
    assert (path, f"{text[:at]}|{text[at:]}") == ("templates/a.yaml", wanted)
