"""What a pull request makes a run say, and compute to say it, does not grow out of all proportion."""

from __future__ import annotations

import json
import resource
import time

import pytest

from generator.diagnostics import Diagnostic, Severity, Span
from generator.editor import edits
from generator.syntax import pattern_states, patterns
from generator.syntax.secrets.known import known_of
from generator.syntax.secrets.messages import hidden
from generator.syntax.secrets.redaction import redacted, told
from generator.syntax.wording import closest, renew_suggestions
from support.trees import write_tree
from support.workspace import workspace

SECONDS = 6
"""Of processor time; the promise of SECURITY.md is 5."""


@pytest.fixture
def limited(tiphys):
    """Return a function that runs a command and insists on its limits."""

    def run(*words, **how):
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = tiphys(*words, **how)
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < SECONDS
        assert done.returncode in (0, 1), done.stderr
        assert len(done.stdout) < 2_000_000
        return done

    return run


def definition(schema):
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {
        "group": "example.com",
        "names": {"kind": "Thing", "plural": "things"},
        "scope": "Namespaced",
        "versions": [version],
    }
    head = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
    }
    return json.dumps({**head, "spec": names})


def things(specs):
    head = {"apiVersion": "example.com/v1", "kind": "Thing"}
    return "\n---\n".join(
        json.dumps({**head, "metadata": {"name": f"a{number}"}, "spec": spec}) for number, spec in enumerate(specs)
    )


def of(spec):
    return {"type": "object", "properties": {"spec": spec}}


NAMES = [f"name{number}" for number in range(20_000)]
CUSTOM = {
    "required in a list": (
        of({"type": "array", "items": {"type": "object", "required": NAMES}}),
        [[{}] * 60_000],
    ),
    "required": (of({"type": "object", "required": NAMES[:500]}), [{}] * 1_500),
    "values": (of({"type": "object", "properties": {"a": {"type": "string", "enum": NAMES}}}), [{"a": "b"}] * 1_500),
    "lists as values": (of({"type": "array", "items": {"enum": [[n] for n in range(10_000)]}}), [[[1]] * 12_000]),
    "unknown fields": (
        of({"type": "object", "properties": {name: {} for name in NAMES[:500]}}),
        [{f"nameb{number}": 1 for number in range(12_000)}],
    ),
    "unknown fields of many": (
        of({"type": "object", "properties": {name: {} for name in NAMES[:500]}}),
        [{f"nameb{number}": 1} for number in range(1_500)],
    ),
}


@pytest.mark.parametrize("kind", CUSTOM)
def test_the_schema_of_a_custom_resource_takes_no_machine(kind, limited, tmp_path):
    schema, specs = CUSTOM[kind]
    write_tree(tmp_path, {"crds/c.yaml": definition(schema), "o.yaml": things(specs)})
    limited("lint", "--manifests", "o.yaml", "--crds", "crds", cwd=tmp_path)


def test_an_object_with_hundreds_of_problems_says_that_there_are_more(limited, tmp_path):
    schema = of({"type": "object", "properties": {"a": {}}})
    write_tree(tmp_path, {"crds/c.yaml": definition(schema), "o.yaml": things([{f"b{number}": 1 for number in range(300)}])})
    done = limited("lint", "--manifests", "o.yaml", "--crds", "crds", "--format", "concise", cwd=tmp_path)
    assert done.stdout.count("unknown field") == 100
    assert "more than 100 parts violate the schema" in done.stdout


def test_a_thousand_findings_on_one_line_show_a_part_of_it(limited, tmp_path):
    metrics = [
        {"name": f"m{n}", "successCondition": f"resulx{n} > 1", "provider": {"web": {"url": "http://x"}}} for n in range(1_800)
    ]
    head = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "a"}}
    write_tree(tmp_path, {"a.yaml": json.dumps({**head, "spec": {"metrics": metrics}})})
    done = limited("lint", "--manifests", "a.yaml", cwd=tmp_path)
    lines = done.stdout.splitlines()
    shown = [(line, lines[number + 1].index("^")) for number, line in enumerate(lines) if line.startswith("  1 | …")]
    (about,) = [line for line, at in shown if line[at:].startswith('"resulx900 > 1"')]
    assert about.endswith("…")


@pytest.mark.parametrize("field", ["schedule", "timeZone"])
def test_a_value_of_a_hundred_kilobytes_is_not_the_message(field, limited, tmp_path):
    spec = {"schedule": "0 3 * * *", field: "x" * 100_000}
    write_tree(
        tmp_path, {"a.yaml": json.dumps({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a"}, "spec": spec})}
    )
    done = limited("lint", "--manifests", "a.yaml", "--format", "json", cwd=tmp_path)
    assert 0 < max(len(one["message"]) for one in json.loads(done.stdout)["diagnostics"]) <= 1_000


def test_thousands_of_time_zones_that_are_slips_are_no_hang(limited, tmp_path):
    jobs = (
        f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: a{n}}}\nspec: {{timeZone: Europ/Berlim{n}, schedule: '0 3 * * *'}}\n"
        for n in range(1_200)
    )
    write_tree(tmp_path, {"a.yaml": "---\n".join(jobs)})
    limited("lint", "--manifests", "a.yaml", "--format", "concise", cwd=tmp_path)


@pytest.mark.parametrize("indent", [None, 0], ids=["one line", "a line each"])
def test_thousands_of_secrets_in_a_spec_are_no_hang(indent, limited, tmp_path):
    root = workspace(tmp_path / "w")
    spec = {
        "image": {"repository": "ghcr.io/acme/web", "tag": "1.0.0"},
        "values": {f"k{number}": {"password": f"Sup3rS3cret{number}"} for number in range(4_000)},
        "environments": {"dev": {}},
    }
    text = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": "web"}, "spec": spec}
    write_tree(root, {"services/web/pipeline.yaml": json.dumps(text, indent=indent)})
    done = limited("-C", root, "lint")
    assert "Sup3rS3cret" not in done.stdout


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("c{1999}", True), ("(((a{9}){9}){9}){9}", True), ("a(", False), ("(a)\\1", False), ("(?=a)", False)],
)
def test_a_pattern_is_checked_without_the_states_that_it_takes_to_match_it(text, is_one, monkeypatch):
    monkeypatch.setattr(pattern_states, "MAX_STATES", 20)
    if is_one:
        patterns.check(text)
    else:
        with pytest.raises(patterns.PatternError):
            patterns.check(text)


def test_of_many_known_words_those_with_the_same_first_letter_are_near():
    known = [f"{letter}-name{number}" for letter in "abcdef" for number in range(100)]
    assert closest("b-nane7", known) == "b-name7"
    assert closest("x-name7", known) == ""
    assert closest("C-NAME77", known) == "c-name77"
    assert closest("nane7", NAMES) == ""


SECRETS = [f"Sup3rS3cret{number}" for number in range(1_000)]


@pytest.mark.parametrize(
    "message",
    [
        "`Sup3rS3cret7` and Sup3rS3cret77, xSup3rS3cret8",
        "Sup3rS3cret999",
        "a/Sup3rS3cret1/b=Sup3rS3cret2",
        "",
        "Sup3rS3cret1000",
    ],
)
def test_a_message_loses_the_same_secrets_whether_there_are_few_or_many(message):
    few = [secret for secret in SECRETS if secret in message]
    assert hidden(message, [known_of(SECRETS)]) == hidden(message, [known_of(few)])


def test_a_secret_at_the_end_of_what_is_said_is_hidden_before_the_message_is_cut():
    text = "password: hunter2-hunter2\n"
    for at in range(980, 1_005):
        item = Diagnostic("a.yaml", Span(9, 1, 9, 1), "TP000", Severity.ERROR, " " * at + "hunter2-hunter2" + " b" * 900)
        said = told(item, text).message
        assert len(said) <= 1_000
        assert "hunter" not in said


@pytest.mark.parametrize("at", [1, 80, 81, 150, 300, 395, 399])
def test_the_caret_is_below_its_place_in_a_long_line_with_secrets(at):
    line = "a: " + "x" * 77 + " password=hunter2-hunter2 " + "".join(chr(0x4E00 + n) for n in range(300))
    text, start, end = redacted(line).excerpt(Span(1, at, 1, at + 1))
    assert "hunter" not in text
    assert len(text) <= 252
    if "(masked)" not in text[start:end]:
        assert text[start:end] == line[at - 1 : at]


def analysis(name, arguments, metrics):
    spec = {"args": [{"name": one} for one in arguments], "metrics": metrics}
    return json.dumps(
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": name}, "spec": spec}
    )


def ingress(backends):
    paths = [
        {"path": f"/{n}", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}
        for n, name in enumerate(backends)
    ]
    return json.dumps(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "a"},
            "spec": {"rules": [{"http": {"paths": paths}}]},
        }
    )


def service(name):
    spec = {"selector": {"app": name}, "ports": [{"port": 80}]}
    return json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})


JOB = {"name": "m", "provider": {"job": {"spec": {"template": {"spec": {"containers": []}}}}}}
NEARLY = {
    "arguments in a condition": [
        analysis(
            "a",
            [f"args{n:x}" for n in range(3_500)],
            [{**JOB, "successCondition": "".join(f"{{{{args.arg{n:x}}}}}" for n in range(8_000))}],
        )
    ],
    "arguments in counts": [
        analysis(
            "a",
            [f"args{n}" for n in range(6_000)],
            [{**JOB, "name": f"m{n}", "count": f"{{{{args.arg{n}}}}}"} for n in range(1_400)],
        )
    ],
    "names of templates": [
        *(analysis(f"t-{n:x}a", [], [JOB]) for n in range(2_000)),
        json.dumps(
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Rollout",
                "metadata": {"name": "r"},
                "spec": {
                    "strategy": {
                        "canary": {"steps": [{"analysis": {"templates": [{"templateName": f"t-{n:x}"} for n in range(5_000)]}}]}
                    }
                },
            }
        ),
    ],
    "names of Services": [*(service(f"svc-{n}a") for n in range(1_800)), ingress(f"svc-{n}" for n in range(1_400))],
    "names of volumes": [
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "p"},
                "spec": {
                    "volumes": [{"name": f"vol-{n}a", "emptyDir": {}} for n in range(3_000)],
                    "containers": [
                        {
                            "name": "c",
                            "image": "i",
                            "volumeMounts": [{"name": f"vol-{n}", "mountPath": f"/{n}"} for n in range(3_000)],
                        }
                    ],
                },
            }
        )
    ],
}


@pytest.mark.parametrize("name", NEARLY)
def test_thousands_of_names_that_are_nearly_right_are_no_hang(name, limited, tmp_path):
    write_tree(tmp_path / "m", {f"{number}.json": text for number, text in enumerate(_joined(NEARLY[name]))})
    limited("lint", "--manifests", "m")


def _joined(texts):
    """Return texts as files that are small enough to be read."""
    files, size = [""], 0
    for text in texts:
        if size + len(text) > 200_000:
            files.append("")
            size = 0
        files[-1] += f"---\n{text}\n"
        size += len(text)
    return files


def test_a_long_run_of_an_editor_keeps_making_suggestions():
    known = [f"name{number}" for number in range(250)]
    for _ in range(2):
        renew_suggestions()
        assert closest("name24x", known) == "name24"
        for _ in range(1_000):
            closest("nam", known)
        assert closest("name24x", known) == ""
    renew_suggestions()


@pytest.mark.parametrize("secrets", [1, 20_000])
def test_a_program_that_says_all_its_secrets_is_no_hang_and_shows_none(secrets):
    message = " ".join(f"v{n}x" for n in range(max(secrets, 300)))
    began = time.process_time()
    said = hidden(message, [known_of(f"v{n}x" for n in range(secrets))])
    assert time.process_time() - began < 2
    assert len(said) < 10_000
    assert "v0x" not in said
    assert ("v1x" in said) == (secrets == 1)


@pytest.mark.parametrize("length", [60, 99, 100, 101, 123, 400, 5_000])
@pytest.mark.parametrize("at", [1_700, 1_860, 1_900, 1_901, 1_980, 1_999, 2_000])
def test_a_secret_where_a_message_is_cut_is_hidden_whole(at, length):
    secret = "".join(chr(97 + n * 7 % 26) + "w-" * (n % 3) for n in range(length))
    said = hidden(f"{'- ' * (at // 2)}{secret} and {'more ' * 900}", [known_of([secret])])
    assert secret[:5] not in said


def test_fixes_of_a_long_spec_do_not_stop_an_editor_or_the_run(limited, tmp_path):
    root = workspace(tmp_path / "w")
    text = "".join(f"  envirnments{n}: x\n" for n in range(10_000)) + "  repilcas: 3\n" * 1
    (root / "services/web/pipeline.yaml").write_text(
        f"apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {{name: web}}\nspec:\n{text}"
    )
    limited("lint", "--fix", cwd=root)
    spec = (root / "services/web/pipeline.yaml").read_text()
    one = Diagnostic("a.yaml", Span(4, 1, 4, 5), "TP021", Severity.ERROR, "a", "b", ())
    began = time.process_time()
    assert len(list(edits.ignores("a.yaml", spec, [one] * 12_000))) <= 20
    assert time.process_time() - began < SECONDS
