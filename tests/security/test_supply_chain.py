"""What a recipe, a hint or CI installs and runs is what somebody has looked at: no name that anyone may own, no moving tag."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {"runtime": (), "extras": ("lsp", "verify"), "ci": ("test", "dev")}
"""The locks, and the extras that each has."""
ALLOWED = {"pre-commit", "uv"}
"""Distributions of others that a reader may be told to install by name."""
PAGES = [
    *(
        ROOT / name
        for name in (
            "README.md",
            "CONTRIBUTING.md",
            "RELEASING.md",
            "SECURITY.md",
            "Dockerfile",
            "action.yml",
            ".ci/run",
            "benchmarks/README.md",
        )
    ),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "tools").glob("*.sh")),
    *sorted(path for path in (ROOT / "examples").rglob("*") if path.is_file() and "generated" not in path.parts),
    *sorted((ROOT / "templates").rglob("*.md")),
    *sorted(path for path in (ROOT / "generator").rglob("*.py") if path.parent.name != "compiled"),
]
WORKFLOWS = ["docs/ci.md", "docs/pull-requests.md", "action.yml", "examples/quickstart/.github/workflows/tiphys.yaml"]


def installs(text: str) -> list[str]:
    """Return what each `pip install`, `pipx` and `uv tool` in a text is given, without options."""
    found = []
    for arguments in re.findall(r"(?:pip3?|pipx|uv tool|uv pip)\"? (?:install|download|run) ([^\n`]*)", text):
        words = re.findall(r"'[^']*'|\"[^\"]*\"|[^\s'\"]+", re.split(r" && | \|\| |; |,? (?:where|and) ", arguments)[0])
        takes_file = False
        for word in words:
            bare = word.strip("'\"()*,")
            if not takes_file and bare and not bare.startswith("-"):
                found.append(bare)
            takes_file = bare in ("-r", "-d", "-c", "--outdir", "--target")
    return found


def is_ours_or_allowed(what: str) -> bool:
    """Tell whether what is installed is a path, a URL or a variable that holds one, or a distribution that we name on purpose."""
    if re.match(r"^[A-Za-z0-9-]+(\[[a-z,]+\])? @ (\$TIPHYS|git\+https://|<the URL that you installed tiphys from>|\{)", what):
        return True
    return what in ALLOWED or what.startswith((".", "$", "git+https://", "/", "{where", "tiphys[{name}] @ <the URL"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_is_told_to_run_the_program_of_whoever_owns_a_name_in_an_index(path):
    text = path.read_bytes().decode("utf-8", "replace")
    assert [what for what in installs(text) if not is_ours_or_allowed(what)] == []
    for value in re.findall(r"TIPHYS: *\"?([^\s\"}]+)", text):
        assert value == "git+https://<host>/<owner>/tiphys@<commit>", "no value may be one that somebody can own"


def test_the_rule_about_names_sees_what_it_is_for():
    bad = "pip install tiphys\n`pip install 'tiphys[lsp]'`\n\"$x/bin/pip\" install -q -r a.txt tiphys==0.1.0\nuv tool install tiphys\npipx run tiphys"
    assert [what for what in installs(bad) if not is_ours_or_allowed(what)] == [
        "tiphys",
        "tiphys[lsp]",
        "tiphys==0.1.0",
        "tiphys",
        "tiphys",
    ]
    good = 'pip install -e \'.[test,dev]\'\npip install "$TIPHYS"\npip install "tiphys[verify] @ $TIPHYS"\npip install pre-commit && x'
    assert [what for what in installs(good) if not is_ours_or_allowed(what)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_moved_tag_of_an_action_runs_in_the_ci_of_a_user(name):
    for used in re.findall(r"uses: ([^\n]+)", (ROOT / name).read_text(encoding="utf-8")):
        if used.startswith("<owner>/tiphys@<commit>"):
            continue
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def workflows():
    text = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("ci.md", "pull-requests.md"))
    blocks = re.findall(r"```yaml\n(# \.github/workflows/.*?)```", text, re.DOTALL)
    blocks.append((ROOT / "examples/quickstart/.github/workflows/tiphys.yaml").read_text(encoding="utf-8"))
    return [yaml.safe_load(block) for block in blocks]


@pytest.mark.parametrize("workflow", workflows(), ids=lambda workflow: workflow["name"])
def test_a_job_that_pushes_nothing_has_no_credentials_that_a_pull_request_could_use(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        scripts = " ".join(step.get("run", "") for step in job["steps"])
        pushes = "--push" in scripts
        assert job.get("permissions", {}).get("contents", "read") == ("write" if pushes else "read")
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert pushes or step["with"]["persist-credentials"] is False


def scripts():
    yield from (("action.yml", step["run"]) for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"])
    for workflow in workflows():
        for job in workflow["jobs"].values():
            yield from ((workflow["name"], step["run"]) for step in job["steps"] if "run" in step)


@pytest.mark.parametrize(("name", "script"), list(scripts()))
def test_a_module_in_a_pull_request_is_not_imported_in_the_ci_of_a_user(name, script):
    """`python3 -c` and `python3 -m` look for modules in the working directory first: json.py there would run."""
    lines = [line.partition(" #")[0] for line in script.splitlines()]
    for number, line in enumerate(lines):
        for options in re.findall(r"python3?((?: -\w+)+)", line):
            elsewhere = any(above.startswith('cd "$RUNNER_TEMP"') for above in lines[:number])
            assert "-I" in options or elsewhere, line


def test_the_action_runs_no_file_of_the_checkout_while_it_installs(tmp_path):
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("venv", "ensurepip", "json", "pip"):
        (checkout / f"{name}.py").write_text("open('owned', 'w')\n")
    for name, wanted in (("", "runtime"), ("verify", "extras")):
        temp = tmp_path / (name or "plain")
        temp.mkdir()
        script = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][0]["run"]
        # pip is not run here: what it would be given is what counts.
        script = script.replace('"$RUNNER_TEMP/tiphys/bin/pip"', "echo pip").replace("-m venv", "-m venv --without-pip")
        environment = {"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(temp), "GITHUB_ACTION_PATH": "/action", "EXTRAS": name}
        done = subprocess.run(
            ["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            f"pip install --quiet --require-hashes -r /action/requirements/{wanted}.txt",
            "pip install --quiet --no-deps --no-build-isolation /action",
        ]
    assert not (checkout / "owned").exists()


def locked(name: str) -> dict[str, Requirement]:
    """Return the entries of a lock by name; each has hashes and one version."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)):
        wanted, *hashes = entry.replace("\\\n", "").split("--hash=")
        requirement = Requirement(wanted.strip())
        assert hashes, f"{requirement.name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one.strip()) for one in hashes)
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier))
        found[canonicalize_name(requirement.name)] = requirement
    return found


def version(requirement: Requirement) -> str:
    return str(requirement.specifier).removeprefix("==")


def wanted(extras: tuple[str, ...]) -> list[Requirement]:
    """Return what pyproject.toml asks for, with some extras and those that these ask for."""
    found = [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"])]
    for extra in extras:
        for requirement in map(Requirement, PROJECT["project"]["optional-dependencies"][extra]):
            found += wanted(tuple(requirement.extras)) if requirement.name == "tiphys" else [requirement]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_ci_and_the_action_get_the_packages_that_were_tested(name):
    lock = locked(name)
    for requirement in wanted(LOCKS[name]):
        entry = lock.get(canonicalize_name(requirement.name))
        assert entry is not None, f"{requirement.name} is not in {name}.txt: run tools/lock.sh"
        assert requirement.specifier.contains(version(entry), prereleases=True), "run tools/lock.sh"
    everything = locked("ci")
    assert {key: str(entry.specifier) for key, entry in lock.items()}.items() <= {
        key: str(entry.specifier) for key, entry in everything.items()
    }.items(), "all locks have the same versions: run tools/lock.sh"


def test_a_lock_leaves_out_nothing_that_its_packages_need():
    lock = locked("ci")
    for key in lock:
        try:
            needs = distribution(key).requires or []
        except PackageNotFoundError:  # it is for another platform
            continue
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                assert canonicalize_name(need.name) in lock, f"{key} needs {need.name}: run tools/lock.sh"


def test_a_release_is_built_with_the_tools_that_ci_has_tested():
    lock, everything = locked("release"), locked("ci")
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert lock[canonicalize_name(requirement.name)] == everything[canonicalize_name(requirement.name)]
    common = lock.keys() & everything.keys()
    assert len(common) > 5
    assert {key: version(lock[key]) for key in common} == {key: version(everything[key]) for key in common}


def test_ci_fetches_by_hash_alone():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    fetch = text.index("--require-hashes")
    assert "export PIP_NO_INDEX=1" in text
    before = text[: text.index("export PIP_NO_INDEX=1")]
    assert fetch < len(before)
    assert before.count('/pip" ') == 1, "nothing is fetched before"
