"""Every form of a report is valid by its own specification, whatever a spec holds and however much is wrong."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft4Validator, Draft7Validator
from markdown_it import MarkdownIt

from generator.cli.main import program
from generator.diagnostics import START, Diagnostic, Severity, Span
from generator.pipeline.drift import Change, State, Wanted
from generator.pipeline.run import Outcome
from generator.report import FORMATS, Style, render
from generator.report.line_hash import line_hashes
from support.reports import report_validator
from support.workflow_commands import commands

HERE = Path(__file__).with_name("formats")
SARIF = Draft4Validator(json.loads((HERE / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")))

SPEC = "services/web/pipeline.yaml"
HOSTILE = [
    "a | pipe, `code`, *stars*, _lines_ and [a link](https://evil.example/)",
    "<script>alert(1)</script><img src=x onerror=alert(1)> & </pre></details>",
    "@everyone and @acme/owners, fixes #1, www.evil.example, https://evil.example",
    "::error file=x,line=1::owned",
    "##[error]owned ##[add-mask]a",
    "100% %0A::error::owned",
    "one: two, three; four",
    "`unbalanced",
    "{0} {{args.x}} {service} $x^2$",
    "control \x1b[31m\x07 \u202e text \u0000 \udc80 \uffff ]]>",
    "two\n::warning::lines\r\n::error::three",
    "é 猫 😀",
    "",
]


def diagnostic(message="m", path=SPEC, line=3, rule="TP201", severity=Severity.ERROR, **more):
    return Diagnostic(path, Span(line, 5, line, 9), rule, severity, message, **more)


def style(text="", **more):
    return Style(lambda _path: text, manual="https://docs.example.com/rules", **more)


def drifted():
    changes = [
        Change("generated/prod/web/values.yaml", State.DIFFERS, SPEC, "prod", "web", b"a: 2\n", b"a: 1\n"),
        Change("generated/prod/web/notes.txt", State.UNOWNED, "", "prod", "web", None, b"x"),
        Change(
            "generated/prod/applications/api.yaml", State.STALE, "services/api/pipeline.yaml", "prod", "api", None, b"x", True
        ),
        Change("generated/dev/web/values.yaml", State.MISSING, SPEC, "dev", "web", b"x"),
    ]
    wanted = {"generated/prod/web/values.yaml": Wanted(SPEC, "prod", "web", b"a: 2\n")}
    return Outcome(None, [], changes, wanted, services=1, compared=True)


OUTCOMES = {
    "nothing": Outcome(None, [], services=1, wanted={"g": Wanted(SPEC, "prod", "web", b"")}),
    "hostile": Outcome(
        None,
        [
            *(diagnostic(text, hint=text, pointer=(text,)) for text in HOSTILE),
            *(diagnostic("m", path=f"{text or 'empty'}/pipeline.yaml") for text in HOSTILE),
        ],
    ),
    "200 findings": Outcome(
        None,
        [
            diagnostic(f"finding {number}", line=number, severity=severity, rule=rule)
            for number in range(1, 101)
            for severity, rule in ((Severity.WARNING, "TP043"), (Severity.ERROR, "TP201"))
        ],
    ),
    "every kind": Outcome(
        None,
        [
            diagnostic("whole file", path="tiphys:templates/root.yaml", rule="TP040")._replace(span=START),
            diagnostic("many lines", severity=Severity.WARNING, rule="TP070")._replace(span=Span(2, 3, 4, 1)),
            diagnostic("a note", severity=Severity.NOTE, rule="TP606", service="web", environment="dev, prod"),
            diagnostic("nested", path="a b/ü,:.yaml", pointer=("spec", "a/b", 0)),
        ],
    ),
    "drift": drifted(),
}
EVERY = pytest.mark.parametrize("name", OUTCOMES)


@EVERY
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_can_say_everything_and_says_it_twice_alike(form, name):
    how = style("a: 1\n", on_github=True)
    text = render(OUTCOMES[name], form, how)
    assert text == render(OUTCOMES[name], form, how)
    assert text == "" or text.endswith("\n")
    text.encode("utf-8", "backslashreplace")


# JSON


@EVERY
def test_json_satisfies_the_schema_that_is_published_for_it_and_has_nothing_more(name):
    report_validator().validate(json.loads(render(OUTCOMES[name], "json", style())))


def test_the_schema_of_the_report_says_no_to_other_reports():
    schema = json.loads(CliRunner().invoke(program, ["schema", "report"]).stdout)
    report = json.loads(render(drifted(), "json", style()))
    assert Draft7Validator(schema).is_valid(report | {"more": 1}), "a report of a later version"
    for key in ("version", "diagnostics", "summary"):
        assert not Draft7Validator(schema).is_valid({name: value for name, value in report.items() if name != key})
    report["drift"][0]["state"] = "gone"
    assert not Draft7Validator(schema).is_valid(report)


# SARIF


def sarif(outcome, how=None):
    log = json.loads(render(outcome, "sarif", how or style()))
    SARIF.validate(log)
    (run,) = log["runs"]
    return run


@EVERY
def test_sarif_satisfies_its_schema_and_what_code_scanning_asks_for(name):
    run = sarif(OUTCOMES[name])
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://docs.example.com/rules/")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"([A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1
        braces = result["message"]["text"].replace("{{", "").replace("}}", "")
        assert "{" not in braces
        assert "}" not in braces
        assert "](" not in result["message"]["text"]
    marks = [result["partialFingerprints"]["tiphysFinding/v1"] for result in run["results"]]
    assert len(marks) == len(set(marks))
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_is_sorted_and_beyond_what_github_keeps_errors_come_first_and_it_is_said():
    few = OUTCOMES["200 findings"]
    assert [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in sarif(few)["results"]] == sorted(
        list(range(1, 101)) * 2
    )
    many = [
        diagnostic(f"{number}", line=number, severity=severity)
        for number in range(1, 13_001)
        for severity in (Severity.WARNING, Severity.ERROR)
    ]
    run = json.loads(render(Outcome(None, many), "sarif", style()))["runs"][0]
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error"] * 13_000 + ["warning"] * 12_000
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"] == (
        "26,000 results; GitHub keeps 5,000 per run, so errors come first, and 1,000 are omitted because it accepts at most 25,000"
    )


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_a_finding_is_known_again_after_lines_were_added_above_it(form):
    def marks(shift):
        found = [
            diagnostic("weight", line=3 + shift, pointer=("a", 0)),
            diagnostic("weight", line=4 + shift, pointer=("a", 1)),
            diagnostic("text", line=5 + shift),
            diagnostic("text", line=6 + shift),
        ]
        text = "# new\n" * shift + "".join(f"line {number}\n" for number in range(1, 20))
        if form == "gitlab":
            return [item["fingerprint"] for item in json.loads(render(Outcome(None, found), form, style(text)))]
        return [result["partialFingerprints"] for result in sarif(Outcome(None, found), style(text))["results"]]

    assert marks(0) == marks(7)
    assert len({str(mark) for mark in marks(0)}) == 4


LOREM = ["a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5"]
GREETINGS = "e9496ae3ebfced30:1 fb7c023a8b9ccb3f:1 ce8ba1a563dcdaca:1 e20e36e16fcb0cc8:1 b3edc88f2938467e:1 c8e28b0b4002a3a0:1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", [*GREETINGS.split(), "c129715d7a2bc9a3:1"]),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", [*GREETINGS.split(), "c129715d7a2bc9a3:1"]),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *LOREM,
                "a7f2ff13bc495cf2:6",
                *["a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1"],
                *["cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"],
            ],
        ),
    ],
)
def test_lines_are_known_to_github_by_the_hash_that_it_computes_itself(text, expected):
    """The expected hashes are those of GitHub's own tests, so no upload warns of inconsistent ones."""
    hashes = line_hashes(text)
    assert [hashes[line] for line in sorted(hashes)] == expected


@EVERY
def test_annotations_are_what_was_found_and_nothing_a_spec_says_is_a_command(name):
    outcome = OUTCOMES[name]
    text = render(outcome, "github", style("::error::owned\n##[error]owned\n"))
    found = commands(text)
    problems = [*outcome.diagnostics, *outcome.changes]
    assert len(found) <= min(len(problems), 30)
    assert {command for command, _, _ in found} <= {"error", "warning", "notice"}
    assert bool(found) == bool(problems)
    for _, properties, message in found:
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert properties["title"].startswith("TP")
        assert "owned" not in str(properties.keys())
        assert int(properties["line"]) >= 1
        assert message or name == "hostile"


def test_two_hundred_findings_keep_to_what_github_shows_errors_first_and_the_rest_is_counted():
    text = render(OUTCOMES["200 findings"], "github", style())
    assert [command for command, _, _ in commands(text)] == ["error"] * 10 + ["warning"] * 10
    assert [message for _, _, message in commands(text)][:2] == ["finding 1", "finding 2"]
    assert "180 more not annotated: GitHub shows 10 errors, 10 warnings and 10 notices a step\n" in text
    for number in range(1, 101):
        assert f"{SPEC}:{number}:5: error[TP201]: finding {number}\n" in text, "the normal text is printed too"


def test_an_annotation_says_place_and_hint_and_has_columns_only_within_one_line():
    text = render(OUTCOMES["every kind"], "github", style())
    assert commands(text) == [
        (
            "error",
            {"line": "1", "endLine": "1", "col": "1", "title": "TP040 template"},
            "tiphys:templates/root.yaml: whole file",
        ),
        (
            "error",
            {
                "file": "a b/ü,:.yaml",
                "line": "3",
                "endLine": "3",
                "col": "5",
                "endColumn": "9",
                "title": "TP201 canary-weights-rise",
            },
            "nested",
        ),
        ("warning", {"file": SPEC, "line": "2", "endLine": "4", "title": "TP070 yaml-style"}, "many lines"),
        (
            "notice",
            {"file": SPEC, "line": "3", "endLine": "3", "col": "5", "endColumn": "9", "title": "TP606 value-unknown"},
            "a note",
        ),
    ]
    assert "file=a b/ü%2C%3A.yaml," in text


@pytest.mark.parametrize("form", ["text", "concise"])
@EVERY
def test_in_a_workflow_plain_text_holds_no_command_either(form, name):
    lines = style("::error::owned\n  ::error::owned\n##[error]owned\n")
    outcome = OUTCOMES[name]
    change = Change(
        "generated/x.yaml", State.DIFFERS, SPEC, "", "", b"a: |\n  ::error::owned\n  b\n", b"a: |\n  ::error::owned\n  c\n"
    )
    for item in (outcome, outcome._replace(diagnostics=[], changes=[change], compared=True)):
        assert commands(render(item, form, lines._replace(on_github=True))) == []


# GitLab

GITLAB = Draft7Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string"},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)


@EVERY
def test_gitlab_gets_its_array_with_fingerprints_of_which_it_drops_none(name):
    data = json.loads(render(OUTCOMES[name], "gitlab", style()))
    GITLAB.validate(data)
    assert len(data) == len(OUTCOMES[name].diagnostics) + len(OUTCOMES[name].changes)
    assert len({item["fingerprint"] for item in data}) == len(data)


def test_gitlab_gets_an_empty_array_when_nothing_is_wrong():
    assert render(OUTCOMES["nothing"], "gitlab", style()) == "[]\n"


# JUnit


def suites(text):
    """Return [(suite, [(case, failure, output)])] of a JUnit report that keeps to the XSD that Jenkins reads it by."""
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    counts = {"tests", "failures", "errors", "skipped"}
    assert set(root.attrib) == {"name"} | counts
    found = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == {"name"} | counts
        cases = []
        for case in suite:
            assert case.tag == "testcase"
            assert set(case.attrib) == {"classname", "name"}
            tags = [child.tag for child in case]
            assert tags in ([], ["failure"], ["system-out"], ["failure", "system-out"])
            failure = case.find("failure")
            assert failure is None or set(failure.attrib) == {"message", "type"}
            cases.append(
                (case.get("name"), failure is not None and failure.get("type"), (case.findtext("system-out") or "").strip())
            )
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(sum(bool(failure) for _, failure, _ in cases))
        assert len({name for name, _, _ in cases}) == len(cases)
        found.append((suite.get("name"), cases))
    assert root.get("tests") == str(sum(len(cases) for _, cases in found))
    return found


@EVERY
def test_junit_is_xml_that_its_readers_take(name):
    suites(render(OUTCOMES[name], "junit", style()))


def test_junit_shows_what_is_green_and_what_only_warns():
    green = suites(render(OUTCOMES["nothing"], "junit", style()))
    assert [name for name, _ in green] == [
        f"tiphys.{about}" for about in ("reading", "workspace", "service", "values", "rollout", "analysis", "application")
    ]
    assert {case for _, cases in green for case in cases} == {(SPEC, False, "")}
    found = dict(suites(render(OUTCOMES["every kind"], "junit", style())))
    assert found["tiphys.rollout"] == [("a b/ü,:.yaml", "TP201", "")]
    assert (SPEC, False, f"{SPEC}:2:3: warning TP070 many lines") in found["tiphys.workspace"]
    assert found["tiphys.verify"] == [(SPEC, False, f"{SPEC}:3:5: note TP606 a note")]
    drift = dict(suites(render(drifted(), "junit", style())))["tiphys.drift"]
    assert [(name, failure) for name, failure, _ in drift] == [
        ("generated/dev/web/values.yaml", "TP901"),
        ("generated/prod/applications/api.yaml", "TP903"),
        ("generated/prod/web/notes.txt", "TP904"),
        ("generated/prod/web/values.yaml", "TP902"),
    ]


# Markdown


def shown(text):
    """Return the text that a reader of the Markdown sees, and every tag in it."""
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    page = re.sub(r"<!--.*?-->", "\0", page)
    return html.unescape(re.sub(r"<[^>]*>", "", page)), re.findall(r"<(/?[a-z0-9]+)", page)


TAGS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "br", "details", "summary", "pre"}


@EVERY
def test_markdown_shows_hostile_text_as_it_is_and_makes_nothing_of_it(name):
    text = render(OUTCOMES[name], "markdown", style("@everyone ::error::x <script>\n" * 9))
    seen, tags = shown(text)
    assert {tag.removeprefix("/") for tag in tags} <= TAGS
    links = re.findall(r'<a href="([^"]*)"', MarkdownIt("gfm-like", {"linkify": False}).render(text))
    assert all(re.fullmatch(r"https://docs\.example\.com/rules/[a-z]+\.md#tp\d{3}-[a-z-]+", link) for link in links)
    for trap in (r"@\w", r"#\d", "://", r"www\."):
        assert not re.search(trap, seen), "a forge would make a mention, an issue or a link of it"
    assert commands(text) == []
    if name == "hostile":
        plain = seen.replace("\0", "")
        assert "@\0everyone" in seen
        for said in ("a | pipe, code, *stars*, _lines_ and [a link](https://evil.example/)", "@everyone and @acme/owners"):
            assert said in plain
        rows = [line for line in text.split("\n") if line.startswith("| error |")]
        assert len(rows) == len(OUTCOMES[name].diagnostics)
        assert all(row.count(" | ") == 3 for row in rows), "every row has its four cells"


def test_markdown_begins_with_a_verdict():
    def first(outcome):
        return render(outcome, "markdown", style()).split("\n")[0]

    assert first(OUTCOMES["nothing"]) == "**tiphys: no problems in 1 service, 1 file**"
    assert first(OUTCOMES["every kind"]) == "**tiphys: 2 errors, 1 warning, 1 note**"
    assert first(drifted()) == "**tiphys: 4 files with drift**"


@pytest.mark.parametrize("number", [200, 2_000])
def test_markdown_fits_into_a_comment_and_says_what_does_not(number):
    found = [diagnostic(f"{'é' * 150} {index}", line=index) for index in range(1, number + 1)]
    text = render(Outcome(None, found), "markdown", style("a: 1\n" * number))
    assert len(text.encode("utf-16-le")) // 2 <= 65_536
    assert len(text) > 30_000
    rows = text.count("| error |")
    assert f"{number - rows:,} more are not shown" in text or (rows == number and "more are only in the table" in text)
    assert text.count("<details>") == text.count("</details>")
    assert text.count("<pre>") == text.count("</pre>")


# Drift


@pytest.mark.parametrize("form", FORMATS)
def test_drift_is_told_in_every_form(form):
    text = render(drifted(), form, style())
    for rule in ("TP901", "TP902", "TP903", "TP904"):
        assert rule in text
    assert "differs from what" in text
