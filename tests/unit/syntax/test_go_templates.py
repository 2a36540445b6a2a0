"""Go templates give what Go gives: recorded results of text/template with Sprig."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from generator.syntax.budget import Budget, SpentError
from generator.syntax.gotemplate.evaluating import Templates
from generator.syntax.gotemplate.functions import FUNCTIONS
from generator.syntax.gotemplate.problems import ExecutionError, TemplateSyntaxError, UnevaluatedError
from generator.syntax.gotemplate.values import Strings, Words, from_json

RECORDED = yaml.safe_load(Path(__file__).with_name("go_templates.yaml").read_text())
OPTIONS = ("default", "error", "zero")


def rendered(template, parameters, missing="default"):
    return Templates(Budget()).rendered(template, parameters, missing=missing)


def outcome(template, missing):
    data = from_json(RECORDED["parameters"]) | {"values": Strings(RECORDED["values"])}
    data["path"]["segments"] = Words(data["path"]["segments"])
    try:
        return rendered(template, data, missing=missing)
    except TemplateSyntaxError:
        return {"refused": "parse"}
    except ExecutionError:
        return {"refused": "execute"}


@pytest.mark.parametrize("row", RECORDED["templates"], ids=lambda row: row["template"][:60])
def test_a_template_gives_what_go_gives(row):
    same = row["gives"] if "gives" in row else {"refused": row.get("refused")}
    for missing in OPTIONS:
        assert outcome(row["template"], missing) == (row["missingkey"][missing] if "missingkey" in row else same)


@pytest.mark.parametrize(
    ("template", "gives"),
    [
        (
            '{{ slugify "Test Name, with dots.and more-than-fifty-characters-in-it-x" }}',
            "test-name-with-dots-and-more-than-fifty-characters",
        ),
        ("{{ slugify 9 true .name }}", "web-app-1"),
        ("{{ toYaml .nums | fromYamlArray | len }}", "3"),
        ("{{ (toYaml .m | fromYaml).y.z }}", "deep"),
    ],
)
def test_the_functions_of_argo_cd(template, gives):
    assert outcome(template, "error") == gives


@pytest.mark.parametrize("name", ["env", "expandenv", "getHostByName", "lookup", "include", "tpl", "toToml", "required"])
def test_what_argo_cd_takes_away_and_what_only_helm_has_does_not_exist(name):
    assert name not in FUNCTIONS
    with pytest.raises(TemplateSyntaxError, match=name):
        rendered(f'{{{{ {name} "x" }}}}', {})


@pytest.mark.parametrize(
    "template",
    [
        "{{ now }}",
        "{{ randAlphaNum 5 }}",
        "{{ genPrivateKey `rsa` }}",
        '{{ regexReplaceAll "(a+)+b" .env "" }}',
        "{{ range 99999999 }}{{ end }}",
        '{{ repeat 99999999 "x" }}',
        '{{ printf "%9999999d" 1 }}',
        '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    ],
)
def test_what_is_by_chance_or_without_end_is_not_guessed(template):
    with pytest.raises((UnevaluatedError, SpentError)):
        rendered(template, from_json(RECORDED["parameters"]))


def test_a_deep_template_is_refused_and_not_a_traceback():
    for text in ("{{" + "(" * 5000, "{{ if . }}" * 5000, "{{ if . }}" + "{{ else if . }}" * 5000):
        with pytest.raises(TemplateSyntaxError):
            rendered(text, {})


@pytest.mark.parametrize("template", ["{{ .a }}", "{{ int .a }}", "{{ add .a 1 }}", "{{ until (int .a) }}", "{{ toJson . }}"])
@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["large", "small"])
def test_a_number_that_no_float_holds_is_no_traceback(number, template):
    with suppress(ExecutionError, UnevaluatedError, SpentError):
        assert isinstance(rendered(template, from_json({"a": number})), str)
