"""ApplicationSets of a pull request cannot take the machine: all of a run share one budget of work, paid before it is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from generator.kubernetes.applicationsets.expansion import ApplicationSets
from generator.kubernetes.applicationsets.model import Tree
from generator.kubernetes.objects import KubeObject
from generator.syntax.budget import MOST_WORK, Budget
from support.paths import ROOT

MEMORY = 1_500_000_000
"""What a process may map. SECURITY.md promises 500 MB that are used."""

SMALL = MOST_WORK // 10
"""The budget of most tests, to which a larger one is in proportion."""

SECONDS = 20
"""A stop for what does not end; the promise of SECURITY.md is 5, on a machine that does nothing else."""


def the_set(template, generators, *, go=True, **more):
    spec = {"goTemplate": go, "generators": generators, "template": template, **more}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "s"}, "spec": spec}


def named(name, **source):
    place = {"repoURL": "https://example.com/a.git", "path": "a", "targetRevision": "main", **source}
    return {
        "metadata": {"name": name},
        "spec": {"project": "default", "destination": {"name": "in-cluster", "namespace": "x"}, "source": place},
    }


def elements(count, **more):
    return [{"list": {"elements": [{"a": f"x{index}", **more} for index in range(count)]}}]


def parameters(count, value):
    return {"helm": {"parameters": [{"name": f"p{index}", "value": value} for index in range(count)]}}


def often(value, call, times=9_000):
    return f"{{{{ $x := {value} }}}}{{{{ range until {times} }}}}{{{{ $y := {call} }}}}{{{{ end }}}}web"


LONG = 'repeat 1000000 "a"'
WORDS = 'repeat 500000 "a "'
NUMBERS = "until 10000"
PAIRS = r'repeat 100000 "a: b\n"'
JSON = 'printf "[%s1]" (repeat 200000 "1.5,")'
MAPS = r'printf "[%s1]" (repeat 50000 "{\"a\":{}},")'

LIMITED = {
    # a text costs its length each time that a function reads it, or makes it
    **{f"{name} of a long text": often(LONG, f"{name} $x") for name in ("nospace", "sha512sum", "upper", "quote", "len")},
    **{f"{name} of many words": often(WORDS, f"{name} $x") for name in ("title", "untitle", "slugify", "normalize", "trim")},
    **{f"{name} of a long text": often(LONG, f"{name} $x") for name in ("b32enc", "b64enc", "regexQuoteMeta", "urlquery")},
    "a long part in a long text": often(LONG, 'contains (printf "%sb" (repeat 3000 "a")) $x'),
    "letters at the ends": often('printf "%sa" (repeat 400000 "bc")', f"trimAll $x ({LONG})"),
    "letters that have to be escaped": often('repeat 500000 "é"', "regexQuoteMeta $x", 180),
    "a part that begins everywhere": often('repeat 290 (printf "%sb" (repeat 99 "a"))', f'contains "{"a" * 60}c" $x', 6_000),
    # each name of a chain is a step
    "a chain of fields": "{{ range until 9000 }}{{ $.z" + ".a" * 3_000 + " }}{{ end }}",
    "a chain in a loop": "{{ range until 9000 }}{{ $y := $.z" + ".a" * 3_000 + " }}{{ end }}web",
    # what is parsed costs more than its length
    "fromYaml": often(PAIRS, "fromYaml $x", 100),
    "fromYamlArray": often(JSON, "fromYamlArray $x", 100),
    "fromJson": often(MAPS, "fromJson $x"),
    "toYaml": often(NUMBERS, "toYaml $x"),
    "semverCompare": often('">=1.0.0 || 3.x || 4.x || 5.x || 6.x || 7.x"', 'semverCompare $x "1.0.0"', 9_999) * 9,
    # results are weighed, kept or not
    "splitList": f"{{{{ $x := {LONG} }}}}" + "".join(f'{{{{ $a{n} := splitList "" $x }}}}' for n in range(400)),
    "split": f"{{{{ $x := {LONG} }}}}" + "".join(f'{{{{ $a{n} := split "" $x }}}}' for n in range(400)),
    "lists of JSON": f"{{{{ $x := {MAPS} }}}}" + "".join(f"{{{{ $a{n} := fromJson $x }}}}" for n in range(400)),
    "a list that grows": "{{ $l := list }}{{ range until 9000 }}{{ $l = append $l 1 }}{{ end }}",
    "a list that doubles": "{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}",
    "a map that doubles": "{{ $d := dict }}{{ range until 60 }}{{ $d = dict `l` $d `r` $d }}{{ end }}{{ toJson $d }}",
    "a map in itself": "{{ $d := dict `a` 1 }}{{ $e := set $d `d` $d }}{{ $d }}",
    "deepCopy": often(NUMBERS, "deepCopy $x"),
    "sortAlpha": often('repeat 20000 "ab " | splitList " "', "sortAlpha $x"),
    # what multiplies pays first
    "indent": often(r'repeat 1000 "a\n"', "indent 1000 $x"),
    "replace": often('repeat 1000 "a"', 'replace "a" (repeat 1000 "b") $x'),
    "join": often("until 1000", 'join (repeat 1000 ",") $x'),
    "printf": often(NUMBERS, 'printf "%1000d%1000d%.1000f%.1000f%1000d%1000d" 1 2 1.5 1.5 3 4', 9_999) * 9,
    # loops, in sum
    "loops in loops": "{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}",
    "a number": "{{ range 9000000000 }}{{ end }}",
    "templates": '{{ define "a" }}{{ range until 10000 }}{{ end }}{{ end }}' + '{{ template "a" }}' * 200,
    # patterns
    "a pattern that goes back": f'{{{{ $x := {LONG} }}}}{{{{ regexReplaceAll "a+b" $x "" | trunc 5 }}}}',
    "a short text often": often('repeat 3000 "a"', 'regexReplaceAll "a+b" $x ""'),
    "a pattern with an end": often('repeat 5000 "a"', 'regexReplaceAll "a+$" $x ""'),
    "branches": often(LONG, 'regexMatch "(a|b)*c(a|b)*d" $x', 100),
    "an anchor": often('repeat 300000 "ab"', 'regexMatch "^(x?y?z?w?){50}c$" $x'),
    "patterns that are made": '{{ range $i := until 9000 }}{{ $y := regexMatch (printf "%db{900}$" $i) "a" }}{{ end }}',
    "patterns that are too large": '{{ range $i := until 9000 }}{{ with $y := regexMatch (printf "%db{1900}" $i) "a" }}{{ end }}{{ end }}',
}

REFUSED = {
    "precision": '{{ printf "%.2000000000f" 1.5 | trunc 5 }}',
    "precision of many digits": '{{ printf "%.' + "9" * 3_000 + 'f" 1.5 }}',
    "precisions": '{{ printf "' + "%.1001f" * 3 + '" 1.5 1.5 1.5 }}',
    "flags without a verb": '{{ printf "%' + "0" * 20_000 + '" 1 }}',
    "a range of a megabyte": '{{ semverCompare (printf ">=%s" (repeat 1000000 "1")) "1.0.0" }}',
    "a version of a megabyte": '{{ semverCompare ">=1.0.0" (repeat 1000000 "1") }}',
    "a failure of a megabyte": f"{{{{ fail ({LONG}) }}}}",
    "a pattern of a megabyte": f'{{{{ regexMatch ({LONG}) "a" }}}}',
    "a pattern to replace": f'{{{{ regexReplaceAll (printf "%s(" ({LONG})) "a" "" }}}}',
    "a type": f"{{{{ int64 1 | trunc ({LONG}) }}}}",
    "an order": f"{{{{ lt ({LONG}) 1 }}}}",
    "a number that overflows": "{{ 0x" + "f" * 2_000 + " }}",
    "octal digits": '{{ toDecimal (repeat 1000000 "7") }}',
    "variables": "".join(f"{{{{ $a{n} := 1 }}}}" for n in range(5_000)),
    "a parameter": "{{ .a." + "b" * 20_000 + " }}",
    "a function": "{{ " + "b" * 20_000 + " }}",
}
QUICK = {
    "uniq": "{{ $x := until 10000 | uniq }}web",
    "without": "{{ $x := without (until 10000) (until 10000 | toStrings) 1 2 3 }}web",
    "a long chain": "{{ $.z" + ".a" * 40_000 + " }}web",
    "has": "{{ $x := has 9999 (until 10000) }}web",
    "uniq of lists": "{{ $x := until 10000 | chunk 2 | uniq }}web",
}

SETS = {
    "loops in each Application": the_set(
        named("{{range until 6000}}{{end}}{{range until 6000}}{{end}}{{.a}}"), elements(3_000)
    ),
    "fields": the_set(named("{{a}}", **parameters(1_000, "{{a}}")), elements(5_000), go=False),
    "fields without placeholders": the_set(named("{{a}}", **parameters(1_000, "b")), elements(5_000), go=False),
    "fields of Go": the_set(named("{{.a}}", **parameters(500, "{{.a}}")), elements(5_000)),
    "long values": the_set(named("{{a}}", **parameters(2_000, "{{a}}" * 9)), elements(1, a="A" * 100_000), go=False),
    "a patch for each": the_set(
        named("{{a}}"),
        elements(3_000),
        go=False,
        templatePatch="metadata: {labels: {x: '{{a}}'}}\nspec:\n  info:\n"
        + "".join(f"  - {{name: a{n}, value: b}}\n" for n in range(500)),
    ),
    "a patch for all": the_set(
        named("{{a}}"),
        elements(5_000),
        go=False,
        templatePatch="spec:\n  info:\n" + "".join(f"  - {{name: a{n}, value: b}}\n" for n in range(500)),
    ),
    "generators": the_set(named("{{a}}"), elements(100) * 400, go=False),
    "elements as text": the_set(
        named("{{.a}}"), [{"list": {"elementsYaml": "".join(f"- a: x{n}\n" for n in range(4_000))}}] * 12
    ),
    "a selector": the_set(
        named("{{.a}}"),
        [{**elements(3_000)[0], "selector": {"matchLabels": {f"k{n}": "v" for n in range(5_000)}}}],
    ),
    "a merge": the_set(
        named("{{.a}}"), [{"merge": {"mergeKeys": ["a"], "generators": elements(2_000, m={str(n): 1 for n in range(9)}) * 20}}]
    ),
}


BATCH = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from generator.kubernetes.applicationsets.expansion import ApplicationSets
from generator.kubernetes.objects import KubeObject
from generator.syntax.budget import Budget
for line in sys.stdin:
    name, data = json.loads(line)
    resource.setrlimit(resource.RLIMIT_CPU, (int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + {SECONDS}, -1))
    budget = Budget(int(sys.argv[1]))
    found = ApplicationSets(budget).expansion(KubeObject(data))
    said = [[list(one.pointer), one.message] for one in found.problems]
    said += [[list(pointer), why] for pointer, why in found.unknown]
    print(json.dumps([name, len(found.applications), said, budget.is_spent]), flush=True)
"""


def batch(cases, most=SMALL):
    """Return what comes of sets, each within its own budget, in one process with little memory and time."""
    done = subprocess.run(
        [sys.executable, "-c", BATCH, str(most)],
        input="".join(json.dumps(case) + "\n" for case in cases.items()),
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    found = {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, (done.stderr[-2000:], list(found)[-1:])
    assert found.keys() == cases.keys()
    return found


def of(templates):
    return {name: the_set(named(text), elements(1)) for name, text in templates.items()}


NAME = ["spec", "template", "metadata", "name"]
IN_FULL = ("fromYaml", "toYaml", "loops in loops", "a short text often", "sortAlpha", "a list that grows")
"""One of each kind, with the budget of a run."""


def spent(most=MOST_WORK):
    return f"all ApplicationSets together take more than {most:,} units of work to expand, 100 % of them for this one"


def test_a_template_of_an_application_set_does_not_take_the_machine():
    found = batch(of(LIMITED))
    assert {name: rest for name, rest in found.items() if rest != [0, [[NAME, spent(SMALL)]], True]} == {}


def test_the_whole_budget_of_a_run_does_not_take_the_machine():
    found = batch(of({name: LIMITED[name] for name in IN_FULL}), MOST_WORK)
    assert {name: rest for name, rest in found.items() if rest != [0, [[NAME, spent()]], True]} == {}


def test_what_a_template_multiplies_is_refused_before_it_is_made_and_the_message_is_short():
    found = batch(of(REFUSED), MOST_WORK)
    assert not [name for name, (made, said, _) in found.items() if made > 1 or len(said) != 1]
    assert not [(name, said) for name, (_, said, _) in found.items() if len(said[0][1]) > 300]


def test_lists_are_compared_without_each_pair():
    found = batch(of(QUICK), MOST_WORK)
    assert {name: made for name, (made, _, spent) in found.items() if spent} == {}
    assert all(made == 1 for made, *_ in found.values())


def test_many_applications_with_large_templates_do_not_take_the_machine():
    found = batch(SETS)
    assert {name: rest for name, rest in found.items() if rest[0] or not rest[2] or rest[1][0][1] != spent(SMALL)} == {}
    assert all(
        rest[1][0][0][:2] in (["spec", "template"], ["spec", "templatePatch"], ["spec", "generators"])
        for rest in found.values()
    )


def test_a_name_of_gigabytes_is_refused_before_it_is_joined():
    text = "web-" + "{{a}}" * 30_000
    found = batch({"a name": the_set(named(text), elements(1, a="A" * 200_000), go=False)}, MOST_WORK)
    assert found == {"a name": [1, [[["spec", "generators", 0], "it makes a very long text"]], False]}


def expand(budget, *items, tree=None):
    sets = ApplicationSets(budget, lambda _address: tree)
    return [sets.expansion(KubeObject(item)) for item in items]


def test_a_matrix_over_a_large_file_that_a_selector_leaves_out_is_counted():
    reads = []

    def read(path):
        reads.append(path)
        return "".join(f"k{n}: v\n" for n in range(9_000)).encode()

    tree = Tree(lambda: ["x"], lambda: ["x/a.yaml"], read, str, {})
    files = {"git": {"repoURL": "u", "files": [{"path": "x/*.yaml"}]}, "selector": {"matchLabels": {"no": "no"}}}
    item = the_set(named("{{.a}}"), [{"matrix": {"generators": [*elements(5_000), files]}}])
    (found,) = expand(Budget(), item, tree=tree)
    assert [(one.pointer, one.message) for one in found.problems] == [(("spec", "generators", 0, "matrix"), spent())]
    assert reads == ["x/a.yaml"]


@pytest.mark.parametrize("entry", [{"directories": [{"path": "x/*"}]}, {"files": [{"path": "x/*/*.yaml"}]}])
def test_a_matrix_over_many_paths_is_counted(entry):
    paths = [f"x/{n}" for n in range(4_000)]
    tree = Tree(lambda: paths, lambda: [f"{path}/a.yaml" for path in paths], lambda _: b"", str, {})
    git = {"git": {"repoURL": "u", **entry}, "selector": {"matchLabels": {"no": "no"}}}
    item = the_set(named("{{.a}}"), [{"matrix": {"generators": [*elements(5_000), git]}}])
    (found,) = expand(Budget(), item, tree=tree)
    assert [one.message for one in found.problems] == [spent()]


def test_the_sets_of_a_run_share_one_budget_and_one_is_told():
    several = [the_set(named(f"w{number}-{{{{ .a }}}}"), elements(1_000)) for number in range(60)]
    found = expand(Budget(), *several)
    told = [one for one in found if one.problems]
    after = found[found.index(told[0]) + 1 :]
    assert len(told) == 1
    assert 10 < found.index(told[0]) < 50
    assert {why for one in after for _, why in one.unknown} == {
        "the ApplicationSets before it take all the work that a run may do"
    }
    assert not any(one.applications for one in after)


def test_what_real_sets_take_is_far_below_the_limit():
    source = {
        **parameters(10, '{{ printf "%s.%s" .a .env | lower | trunc 20 }}'),
        "targetRevision": "{{ .env | default `main` }}",
    }
    small, large = (Budget(), Budget())
    for budget, count in ((small, 20), (large, 1_000)):
        (found,) = expand(budget, the_set(named("web-{{ .a | normalize }}", **source), elements(count, env="prod")))
        assert len(found.applications) == count
    assert small.spent < MOST_WORK / 200
    assert large.spent < MOST_WORK / 4


@pytest.mark.parametrize(
    "command", [("lint", "--manifests", "s.json.yaml", "--format", "concise"), ("import", ".", "--no-cache")]
)
def test_a_command_ends_with_one_message(command, tmp_path):
    (tmp_path / "s.json.yaml").write_text(json.dumps(the_set(named(LIMITED["loops in loops"]), elements(1))))
    script = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-m', 'generator', *sys.argv[1:]], capture_output=True, text=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.stdout, done.stderr)\n"
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script, *command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=True
    )
    memory, _, said = done.stdout.partition(" ")
    assert said.count(spent()) == 1
    assert "Traceback" not in said
    assert int(memory) < 500_000
