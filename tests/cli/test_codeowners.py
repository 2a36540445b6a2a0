"""Owners in specs and environments become lines of CODEOWNERS: the right people are asked about each file, by both forges."""

from __future__ import annotations

import fnmatch
import json
import subprocess

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.errors import TiphysError
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

API, SHOP = "services/api/pipeline.yaml", "services/shop/pipeline.yaml"
BEGIN, END = "# BEGIN tiphys codeowners (`tiphys codeowners --write` writes these lines)", "# END tiphys codeowners"


def owned(text: str, *owners: str) -> str:
    return text.replace("metadata: {name: ", f"metadata: {{owners: {json.dumps(owners)}, name: ")


@pytest.fixture(params=["", "deploy"])
def repository(request, tmp_path):
    """Return a workspace, at the root of a repository or below, with owners of a service and of prod."""
    made = Repository(tmp_path / "r", request.param)
    if request.param:
        (made.root / ".git").rename(made.folder / ".git")
    made.write(
        "tiphys.yaml", "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: 'https://example.com/r', codeowners: true}\n"
    )
    made.write("environments/prod.yaml", owned(environment("prod", more="  promotion: {from: dev}\n"), "@acme/sre", "@ops"))
    made.write(API, owned(spec("api", dev="0.2.0", prod="0.1.0"), "@acme/api"))
    made.write(SHOP, spec("shop", dev="0.2.0", prod="0.1.0"))
    made.below = f"{request.param}/" if request.param else ""
    assert called(made, "generate")[0] == 0
    return made


def called(repository, *words):
    """Return the exit code of a command, and all that it says."""
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    if isinstance(done.exception, TiphysError):
        return done.exception.exit_code, f"{done.output}{done.exception.message}\n{done.exception.hint}"
    assert done.exception is None, done.exception
    return done.return_value, done.output


def lines(repository):
    code, output = called(repository, "codeowners")
    assert code == 0, output
    return output.splitlines()


def test_a_release_to_prod_needs_the_service_and_prod_and_one_to_dev_the_service_alone(repository):
    of, below = (": deploy" if repository.below else ""), f"/{repository.below}"
    assert lines(repository) == [
        BEGIN.replace("owners (", f"owners{of} ("),
        f"{below}services/api/ @acme/api",
        f"{below}generated/dev/api/ @acme/api",
        f"{below}generated/dev/applications/api.yaml @acme/api",
        f"{below}environments/prod.yaml @acme/sre @ops",
        f"{below}generated/prod/ @acme/sre @ops",
        END + of,
    ]


def by_git(repository, rules, path):
    """Return who is asked on GitHub, which matches as .gitignore does and lets the last match decide."""
    patterns = [rule.rpartition(" @")[0].partition(" @")[0] for rule in rules]
    (repository.folder / "patterns").write_text("".join(f"{pattern}\n" for pattern in patterns))
    command = ["git", "-c", "core.excludesFile=patterns", "check-ignore", "--no-index", "-v", path]
    done = subprocess.run(command, cwd=repository.folder, capture_output=True, text=True, check=False)
    return rules[int(done.stdout.split(":")[1]) - 1].partition(" ")[2] if done.returncode == 0 else ""


def by_gitlab(rules, path):
    """Return who is asked on GitLab: a folder matches all below it, `*` does not match a slash, the last match decides."""
    owners = ""
    for rule in rules:
        pattern, _, names = rule.partition(" ")
        matches = f"/{path}".startswith(pattern) if pattern.endswith("/") else fnmatch.fnmatchcase(f"/{path}", pattern)
        owners = names if matches else owners
    return owners


def test_github_and_gitlab_ask_the_same_people_about_every_file(repository):
    rules = lines(repository)[1:-1]
    files = [path.relative_to(repository.folder).as_posix() for path in repository.root.rglob("*.yaml")]
    asked = {}
    for path in files:
        asked[path.removeprefix(repository.below)] = by_git(repository, rules, path)
        assert by_git(repository, rules, path) == by_gitlab(rules, path), path
    prod = {path for path in asked if path.startswith("generated/prod/")} | {"environments/prod.yaml"}
    mine = {API, "generated/dev/api/values.yaml", "generated/dev/applications/api.yaml"}
    assert {path for path, who in asked.items() if who == "@acme/sre @ops"} == prod
    assert {path for path, who in asked.items() if who == "@acme/api"} == mine & asked.keys()
    assert {who for path, who in asked.items() if path not in prod | mine} == {""}
    assert len(prod) >= 5


def test_a_stale_file_fails_check_with_the_command_and_the_command_repairs_it(repository):
    code, output = called(repository, "check")
    assert (code, "TP905" in output, "CODEOWNERS does not exist" in output) == (1, True, True)
    assert called(repository, "codeowners", "--write") == (0, "wrote CODEOWNERS\n")
    file = repository.folder / "CODEOWNERS"
    file.write_text(f"# ours\n* @all\n{file.read_text()}")
    assert called(repository, "check")[0] == 0
    assert called(repository, "codeowners", "--write") == (0, "CODEOWNERS is up to date\n")
    repository.write(SHOP, owned(spec("shop", dev="0.2.0", prod="0.1.0"), "@acme/shop"))
    code, output = called(repository, "check")
    assert (code, f"`/{repository.below}services/shop/ @acme/shop`" in output) == (1, True)
    assert "1 error in 1 file; no drift" in output
    assert called(repository, "check", "api")[0] == 0, "a part of a workspace says nothing of the whole"
    assert called(repository, "codeowners", "--write")[0] == 0
    assert called(repository, "check")[0] == 0
    assert file.read_text().startswith("# ours\n* @all\n# BEGIN ")


def test_without_the_setting_nothing_is_asked(repository):
    repository.write("tiphys.yaml", "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: 'https://example.com/r'}\n")
    assert called(repository, "check")[0] == 0


@pytest.mark.parametrize(
    ("there", "written"),
    [
        ([".github/workflows/x.yaml"], [".github/CODEOWNERS"]),
        ([".gitlab-ci.yml"], [".gitlab/CODEOWNERS"]),
        (["docs/CODEOWNERS", ".github/workflows/x.yaml"], ["docs/CODEOWNERS"]),
        ([".github/CODEOWNERS", "docs/CODEOWNERS"], [".github/CODEOWNERS", "docs/CODEOWNERS"]),
        (["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"], ["CODEOWNERS"]),
    ],
)
def test_the_file_that_each_forge_reads_is_the_one_that_is_written(repository, there, written):
    for path in there:
        (repository.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.folder / path).write_text("* @all\n")
    assert called(repository, "codeowners", "--write") == (0, "".join(f"wrote {path}\n" for path in written))
    assert called(repository, "check")[0] == 0
    for path in set(there) - set(written):
        assert (repository.folder / path).read_text() == "* @all\n"


def test_a_file_behind_a_link_or_with_torn_marks_is_left_as_it_is(repository, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("* @all\n")
    (repository.folder / "CODEOWNERS").symlink_to(outside)
    code, output = called(repository, "codeowners", "--write")
    assert (code, outside.read_text()) == (2, "* @all\n"), output
    (repository.folder / "CODEOWNERS").unlink()
    torn = f"a\n{END}{': deploy' if repository.below else ''}\n"
    (repository.folder / "CODEOWNERS").write_text(torn)
    code, output = called(repository, "codeowners", "--write")
    assert (code, "line 2 has `# END" in output) == (1, True)
    assert (repository.folder / "CODEOWNERS").read_text() == torn
    assert "line 2 has `# END" in called(repository, "check")[1]


def test_lines_of_others_stay_byte_for_byte_whatever_their_encoding(repository):
    path, others = repository.folder / "CODEOWNERS", b"# \xe9t\xe9 \xff\r\n* @all\r\n"
    path.write_bytes(others)
    assert called(repository, "codeowners", "--write") == (0, "wrote CODEOWNERS\n")
    assert path.read_bytes().startswith(others + b"\r\n# BEGIN tiphys")
    assert called(repository, "check")[0] == 0
    path.write_bytes(path.read_bytes().replace(b"@acme/api", b"@\xe9"))
    code, output = called(repository, "check")
    assert (code, "is stale" in output, "\ufffd" in output) == (1, True, True)


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0c", "\x1e"])
def test_owners_that_are_all_in_a_comment_for_a_forge_fail_check(separator, repository):
    path = repository.folder / "CODEOWNERS"
    assert called(repository, "codeowners", "--write")[0] == 0
    path.write_text(f"# x{separator}{separator.join(path.read_text().splitlines())}\n", newline="")
    code, output = called(repository, "check")
    assert (code, "has no lines for this workspace" in output) == (1, True)


@pytest.mark.parametrize("owner", ["acme/api", "@", "api", "@acme/", "a@b", "@acme /api", "#@x", "@acme/api\\n* @evil"])
def test_an_owner_that_no_forge_knows_is_reported_at_its_line(repository, owner):
    repository.write(API, owned(spec("api", dev="0.2.0"), "@fine", owner.replace("\\n", "\n")))
    code, output = called(repository, "codeowners")
    assert (code, f"{API}:3:30: error" in output, "is not an owner" in output) == (1, True, True), output


@pytest.mark.parametrize(
    "owner", ["@me", "@acme/a-team", "@group/sub.group/team_x", "@@maintainer", "first.last+x@mail.example.com"]
)
def test_owners_of_both_forges_are_accepted(repository, owner):
    repository.write(API, owned(spec("api", dev="0.2.0"), owner))
    assert any(line.endswith(f" {owner}") for line in lines(repository))


def test_a_spec_beside_others_and_a_service_called_like_an_environment_own_nothing_of_others(tmp_path):
    made = Repository(tmp_path / "r")
    made.write(
        "tiphys.yaml",
        "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: 'https://example.com/r', specs: [s/**/*.yaml]}\n",
    )
    for path, name in (("s/all/a.yaml", "dev"), ("s/all/b.yaml", "b"), ("s/c.yaml", "c"), ("s/own/d.yaml", "d")):
        made.write(path, owned(spec(name, dev="0.2.0"), f"@{name}"))
    assert called(made, "generate")[0] == 0
    found = [line for line in lines(made) if line.endswith(" @dev") or "/s/" in line]
    assert found == [
        "/s/all/a.yaml @dev",
        "/s/all/b.yaml @b",
        "/s/c.yaml @c",
        "/s/own/ @d",
        "/generated/dev/applications/dev.yaml @dev",
        "/generated/dev/dev/ @dev",
    ]


def test_files_that_are_rendered_later_belong_to_the_service_as_well(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("environments/dev.yaml", environment("dev", more='  output: rendered\n  target: {kubernetes: "1.35"}\n'))
    made.write(API, owned(spec("api", dev="0.2.0"), "@acme/api"))
    assert "/generated/dev/api/ @acme/api" in lines(made)


def test_a_workspace_without_owners_says_so(tmp_path):
    made = Repository(tmp_path / "r")
    made.write(API, spec("api", dev="0.2.0"))
    code, output = called(made, "codeowners")
    assert (code, "no service and no environment has `owners`" in output) == (2, True)


SHARED = ["charts", "docs", "lib/part", "templates/service"]


def test_a_spec_in_a_folder_that_others_share_takes_its_own_file_alone(tmp_path):
    made = Repository(tmp_path / "r")
    globs = json.dumps(["lib/pipeline.yaml", "own/*/pipeline.yaml", *(f"{folder}/pipeline.yaml" for folder in SHARED)])
    workspace = f"apiVersion: tiphys/v1\nkind: Workspace\nspec: {{repoURL: 'https://example.com/r', specs: {globs}}}\n"
    made.write("tiphys.yaml", workspace)
    for number, folder in enumerate(SHARED):
        made.write(f"{folder}/pipeline.yaml", owned(spec(f"s{number}", dev="0.2.0"), "@mallory"))
    for folder, name, path in (("lib", "lib", "part/more.yaml"), ("own/shop", "shop", "more.yaml")):
        text = owned(spec(name, dev="0.2.0"), f"@{name}").replace("spec:\n", f"spec:\n  manifests: [{path}]\n", 1)
        made.write(f"{folder}/pipeline.yaml", text)
        made.write(f"{folder}/{path}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more-NAME}\n".replace("NAME", name))
    found = [line for line in lines(made) if line.startswith("/") and "/generated/" not in line]
    assert found == [
        "/charts/pipeline.yaml @mallory",
        "/docs/pipeline.yaml @mallory",
        "/lib/part/pipeline.yaml @mallory",
        "/lib/pipeline.yaml @lib",
        "/own/shop/ @shop",
        "/templates/service/pipeline.yaml @mallory",
    ]
