"""A pattern that somebody writes never keeps a run busy: each is matched in linear time, or refused at its line."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import warnings

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.syntax.globs import Glob, widened
from generator.syntax.globs import Pattern as ArgoGlob
from generator.syntax.patterns import LargePatternError, Pattern, PatternError, UnsupportedPatternError
from generator.system.git.read import glob_paths
from support.paths import ROOT

SECONDS = 1.0

ATOM = st.sampled_from(
    [
        "a",
        "b",
        "A",
        "0",
        "_",
        "-",
        " ",
        "\n",
        ".",
        "é",
        "[ab]",
        "[^a]",
        "[a-c]",
        r"[^\d]",
        r"[\w-]",
        r"\.",
        "^",
        "$",
        *(f"\\{letter}" for letter in "dwsDWSbBAZ"),
    ]
)
QUANTIFIER = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}"])
SCOPE = st.sampled_from(["(?:%s)", "(%s)", "(?i:%s)", "(?s:%s)", "(?m:%s)", "(?-i:%s)", "(?P<x>%s)"])


def larger(inner):
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join).map("(?:{})".format),
        st.tuples(SCOPE, inner).map(lambda pair: pair[0] % pair[1]),
        st.tuples(inner, QUANTIFIER).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(
    st.sampled_from(["", "(?i)", "(?m)", "(?s)", "(?im)", "(?a)", "(?x)"]),
    st.recursive(ATOM, larger, max_leaves=8),
    st.text(alphabet="abAB0_- \nczé.K", max_size=7),
)
def test_a_pattern_means_what_it_means_to_python(flags, pattern, text):
    try:
        python = re.compile(flags + pattern)
    except re.error:
        assume(False)
    ours = Pattern(flags + pattern)
    assert ours.fullmatch(text) == (python.fullmatch(text) is not None)
    assert ours.search(text) == (python.search(text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|a)*b", "(a*)*b", "(a+)+$", "(a|aa)+$", "(.*)*x", "(.*a){20}b", "(?:a?){60}a{60}b", "([a-z]+)*!", "(a|b|ab)*c", "(((a*)*)*)*b",
        ".*.*.*.*.*.*.*.*=", "(?i:(a|A)*)b", r"(\w+\s?)*$x", r"^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y|(a+a+)+b", "a{0,60}a{0,60}a{0,60}b",
        "(|a)*b", "(a??)*?b", "(?:a*|b*|c*)*d", r"(a|\w|[a-z]|.)*\d\b!", "v?(a+.?)*-(rc)?", "(?s:.*)*x", "(a$|a)*b", "(^a*)*b", "([^b]|a)*b",
        "(a*?)+?b", "((a{1,10}){1,10})*b", "(a|b?|c??)+d", r"(\b|a)*b", "(?m:^|a)*b",
    ],
)  # fmt: skip
def test_no_pattern_takes_longer_than_its_length_times_the_text(pattern):
    start = time.process_time()
    ours = Pattern(pattern)
    for text in ("a" * 128, "a" * 127 + "!", "aA " * 40, ""):
        ours.fullmatch(text)
        ours.search(text)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("pattern", "kind", "said"),
    [
        (r"(a)\1", UnsupportedPatternError, "a backreference"),
        (r"(?P<x>a)(?P=x)", UnsupportedPatternError, "a backreference"),
        ("(a)(?(1)b|c)", UnsupportedPatternError, "a conditional"),
        ("(?=a)a", UnsupportedPatternError, "lookahead"),
        ("(?<=a)b", UnsupportedPatternError, "lookbehind"),
        ("(?!a)b", UnsupportedPatternError, "negative lookahead"),
        ("a*+b", UnsupportedPatternError, "possessive"),
        ("(?>a*)b", UnsupportedPatternError, "atomic"),
        ("a{5000}", LargePatternError, "repeats too much"),
        ("((a{0,30}){0,30}){0,30}", LargePatternError, "repeats too much"),
        ("(){0,1000000000}", LargePatternError, "repeats too much"),
        ("a" * 501, LargePatternError, "501 characters"),
        ("a{99999999999999999999}", PatternError, "too large"),
        ("(", PatternError, "missing )"),
        ("[z-a]", PatternError, "bad character range"),
        ("*", PatternError, "nothing to repeat"),
        ("\\", PatternError, "bad escape"),
    ],
)
def test_a_pattern_that_cannot_be_matched_in_linear_time_is_refused_with_the_reason(pattern, kind, said):
    with pytest.raises(kind) as error:
        Pattern(pattern)
    assert type(error.value) is kind
    assert said in str(error.value)


def test_repeating_nothing_a_billion_times_takes_no_time():
    assert Pattern("(){1000000000}b").fullmatch("b")
    assert Pattern("(?:){1000000000,}b").fullmatch("b")


def by_python(glob: str) -> re.Pattern[str]:
    """Return what a glob means; `**` is any depth where it is the whole name of a folder."""
    names = [
        r"(?:[^/]+/)*" if name == "**" else re.escape(name).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") + "/"
        for name in glob.split("/")[:-1]
    ]
    last = re.escape(glob.split("/")[-1]).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile("".join(names) + last + r"\Z")


NAMES = st.lists(st.sampled_from(["a", "b", "ab", "abba", "ba", ".a"]), min_size=1, max_size=5).map("/".join)
GLOBS = st.lists(st.sampled_from(["a", "b", "*", "?", "**/", "/", "**", "ab"]), max_size=8).map("".join)


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(GLOBS, NAMES)
def test_a_glob_means_what_it_meant_and_git_is_given_nothing_narrower(glob, path):
    matches = Glob(glob).match(path)
    assert matches == (by_python(glob).match(path) is not None)
    if matches:
        wide = widened(glob)
        assert Glob(f"{wide}/*" if wide.endswith("**") else wide).match(path) or wide == "**"


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(st.text(alphabet="ab*?/\n", max_size=8), st.text(alphabet="ab/\n", max_size=8), st.sampled_from(["", "/"]))
def test_a_pattern_of_an_app_project_means_what_it_meant(pattern, text, separator):
    one = "[^/]" if separator else "."
    parts = {"**": ".*", "*": f"{one}*", "?": one}
    pieces = re.split(r"(\*\*|\*|\?)", re.sub(r"\*{2,}", "**", pattern))
    python = re.compile("".join(parts.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)
    assert ArgoGlob(pattern, separator).fullmatch(text) == (python.fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("services/" + "*a" * 150 + "b/x.yaml", "services/" + "a" * 250 + "/x.yaml"),
        ("services/" + "**/" * 130 + "q.yaml", "services/" + "d/" * 1_900 + "x.yaml"),
        ("**/" + "a/**/" * 60 + "q.yaml", "a/" * 1_900 + "x.yaml"),
        ("**/" + "*?a/**/" * 50 + "q.yaml", "aa/" * 1_300 + "x.yaml"),
        ("**/" + "*a*a*a*/" * 40 + "**/q.yaml", ("a" * 250 + "/") * 16 + "x.yaml"),
        ("**/" + "*?a*?a*?/" * 40 + "**/q.yaml", ("a" * 250 + "/") * 16 + "x.yaml"),
        ("*" * 400, "a" * 4_000),
        ("*a*" * 130 + "b", "a" * 4_000),
        ("?*" * 200 + "b", "a" * 4_000),
        ("**/" * 130, "a/" * 1_900),
        ("a**/" * 90 + "b", "a/" * 1_900 + "a"),
        ("**a" * 130 + "b", "a" * 250),
        ("**/*/" * 80 + "b", "a/" * 1_900 + "a"),
        ("**/?*/" * 60 + "b", "a/" * 1_900 + "a"),
    ],
)  # fmt: skip
def test_no_glob_takes_longer_than_its_length_times_the_path(glob, path):
    start = time.process_time()
    assert not Glob(glob).match(path) or "b" not in glob
    ArgoGlob(glob, "/").fullmatch(path)
    assert time.process_time() - start < SECONDS


def test_git_is_given_no_glob_that_its_own_matcher_tries_out_for_ever():
    assert glob_paths(["services/**/pipeline.yaml", "a/*/b*.yaml"]) == [
        ":(glob)services/**/pipeline.yaml",
        ":(glob)a/*/b*.yaml",
    ]
    assert glob_paths(["services/**/**/**/**/**/x.yaml"]) == [":(glob)services/**/x.yaml"]
    assert glob_paths(["services/" + "**/a/" * 14 + "x.yaml"]) == [":(glob)services/**"]
    assert glob_paths(["s/" + "*a" * 14 + "/x.yaml"]) == [":(glob)s/**"]


def write_workspace(folder, *, pattern: str = "", tag: str = "1.0.0", specs: str = "services/*.yaml", paths: str = "") -> None:
    (folder / "services").mkdir()
    (folder / "environments").mkdir()
    lint = f"\n  lint: {{overrides: [{{paths: ['{paths}'], ignore: [TP714]}}]}}" if paths else ""
    (folder / "tiphys.yaml").write_text(
        f"apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/x.git\n  specs: ['{specs}']{lint}\n"
    )
    policy = f"  policy: {{imageTag: {{pattern: '{pattern}'}}}}\n" if pattern else ""
    (folder / "environments" / "dev.yaml").write_text(
        "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\nspec:\n"
        "  argocd: {project: default, destination: {namespace: x}}\n  chart: {repository: https://charts.example.com}\n"
        + policy
    )
    (folder / "services" / "web.yaml").write_text(
        "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\nspec:\n  chart: {name: service, version: 1.0.0}\n"
        f'  image: {{repository: ghcr.io/acme/web, tag: "{tag}"}}\n  replicas: 3\n  environments: {{dev: {{}}}}\n'
    )


def lint(folder) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", "lint"]
    environment = {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("pattern", ["(a|a)*b", "(a*)*b", "(a+)+$x", "(.*)*=", r"(\w|a)*!"])
def test_a_tag_policy_of_a_pull_request_does_not_hang_lint(tmp_path, pattern):
    write_workspace(tmp_path, pattern=pattern, tag="a" * 120 + "c")
    done = lint(tmp_path)
    assert (done.returncode, "TP111" in done.stdout + done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"(a)\1", "a backreference is not supported"),
        ("(?!latest).*", "a negative lookahead or lookbehind is not supported"),
        ("v{5000}", "it repeats too much"),
        ("(", "is not a regular expression: missing )"),
    ],
)
def test_a_tag_policy_that_is_refused_says_why_at_its_line(tmp_path, pattern, said):
    write_workspace(tmp_path, pattern=pattern)
    done = lint(tmp_path)
    assert done.returncode == 1
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "error[TP023]" in line]
    assert line.startswith("environments/dev.yaml:7:32: ")
    assert said in line


@pytest.mark.parametrize(
    "glob", ["services/" + "*a" * 14 + "b/x.yaml", "services/" + "**/" * 14 + "q.yaml", "**/" * 60 + "*a*" * 40]
)
def test_globs_of_a_workspace_file_do_not_hang_lint(tmp_path, glob):
    write_workspace(tmp_path, specs=glob, paths=glob)
    deep = tmp_path / "services" / "/".join("d" * 60)
    deep.mkdir(parents=True)
    wide = tmp_path / "services" / ("a" * 200)
    wide.mkdir()
    for folder in (deep, wide):
        (folder / "x.yaml").write_text("x: 1\n")
    assert lint(tmp_path).returncode in (0, 1, 2)


def test_metric_names_of_an_analysis_do_not_hang_lint(tmp_path, tiphys):
    metrics = "".join(f"    - {{name: {'a' * 200}{number}, provider: {{job: {{spec: {{}}}}}}}}\n" for number in range(40))
    rules = "".join(
        f"    - {{metricName: '{pattern}'}}\n" for pattern in ("(a|a)*b", "(a*)*b", r"(a)\1", "(a+)+$x", "a{1,900}b") * 20
    )
    text = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: x}\nspec:\n"
    (tmp_path / "a.yaml").write_text(f"{text}  metrics:\n{metrics}  dryRun:\n{rules}")
    start = time.monotonic()
    done = tiphys("lint", "--manifests", tmp_path / "a.yaml")
    assert time.monotonic() - start < 20
    assert done.returncode == 1
    assert "a backreference is not supported" in done.stdout + done.stderr


def test_a_pattern_that_python_warns_of_prints_nothing(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Pattern("[[:alpha:]]")
    assert capfd.readouterr() == ("", "")
