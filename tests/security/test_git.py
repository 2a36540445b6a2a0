"""Nothing that a pull request can bring decides what git does on the machine of whoever looks at it."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.system.charts.branch import Branch
from generator.system.git import names as git_names
from generator.system.git import place as git_place
from generator.system.git import read as git
from generator.system.helm import Helm
from support import forked
from support.language_client import Client
from support.paths import ROOT
from support.processes import end, start
from support.repositories import Repository, spec

MEMORY = 1024 * 1024 * 1024


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a repository with a complete workspace in a subfolder, to be copied: everything generated and committed."""
    repository = Repository(tmp_path_factory.mktemp("made") / "r")
    for path in ("tiphys.yaml", "environments"):
        shutil.rmtree(repository.root / path) if path == "environments" else (repository.root / path).unlink()
    done = ours(repository.root, "init", "deploy")
    assert done.returncode == 0, done.stderr
    repository.git("config", "user.name", "Ann")
    repository.git("config", "user.email", "ann@example.com")
    assert ours(repository.root / "deploy", "generate").returncode == 0
    repository.commit("base")
    return repository.root


class Checkout:
    """A copy of that repository, and a file that is there as soon as any program of the pull request has run."""

    def __init__(self, made: Path, folder: Path) -> None:
        self.top = folder / "r"
        shutil.copytree(made, self.top, symlinks=True)
        self.workspace = self.top / "deploy"
        self.spec = self.workspace / "services/hello/pipeline.yaml"
        self.marker = folder / "ran"
        self.environment: dict[str, str] = {}

    @property
    def run(self) -> str:
        """The command that must never run."""
        return f"echo x >> {self.marker}"

    def git(self, *arguments: str, ok: bool = True, **how) -> str:
        command = ["git", "-C", str(self.top), *arguments]
        done = subprocess.run(command, env=plain(), capture_output=True, check=False, **how)
        assert done.returncode == 0 or not ok, (arguments, done.stderr)
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, message: str) -> str:
        self.git("add", "-f", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def tiphys(self, *arguments: str, where: Path | None = None, **how):
        done = ours(where or self.workspace, *arguments, **how, **self.environment)
        assert not self.marker.exists(), f"{arguments} ran what the pull request brought: {done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def remote(self) -> Path:
        bare = self.top.parent / "remote.git"
        subprocess.run(["git", "clone", "-q", "--bare", self.top, bare], env=plain(), check=True)
        self.git("remote", "add", "origin", str(bare))
        return bare


def plain() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def ours(folder: Path, *arguments: str, memory: int = 0, **variables: str):
    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    if not memory:
        return forked.run(arguments, folder, plain() | {"NO_COLOR": "1"} | variables, errors="replace")
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=folder,
        env=plain() | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | variables,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=300,
        preexec_fn=limited if memory else None,
    )


@pytest.fixture
def checkout(made, tmp_path):
    return Checkout(made, tmp_path)


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def everything(checkout: Checkout, folder: Path) -> str:
    """Return a config that runs a program wherever git looks for one, with hooks in a folder beside it."""
    for name in ("pre-commit", "post-commit", "post-checkout", "post-index-change", "reference-transaction", "pre-push"):
        executable(folder / "hooks" / name, checkout.run)
    run = checkout.run
    return f"""\
[core]
\trepositoryformatversion = 1
\tbare = true
\tfsmonitor = "{run}; false"
\thooksPath = {folder}/hooks
\tsshCommand = "{run}; false"
\tpager = "{run}"
\teditor = "{run}"
\taskPass = "{run}"
[extensions]
\tpartialClone = origin
[remote "origin"]
\turl = "ext::sh -c {run.replace(" ", "% ")}"
\tpromisor = true
\tuploadpack = "{run}; false"
\treceivepack = "{run}; false"
[protocol]
\tallow = always
[protocol "ext"]
\tallow = always
[diff]
\texternal = "{run}; true"
[diff "evil"]
\ttextconv = "{run}; true"
\tcommand = "{run}; true"
[filter "evil"]
\tclean = "{run}; cat"
\tsmudge = "{run}; cat"
[merge "evil"]
\tdriver = "{run}"
[gpg]
\tprogram = "{run}"
[commit]
\tgpgSign = true
[log]
\tshowSignature = true
[credential]
\thelper = "!{run}"
"""


def bare(checkout: Checkout, folder: Path, head: str = "1" * 40) -> None:
    (folder / "objects").mkdir(parents=True)
    (folder / "refs/heads").mkdir(parents=True)
    (folder / "objects/.keep").touch()
    (folder / "refs/heads/.keep").touch()
    (folder / "HEAD").write_text(f"{head}\n")
    (folder / "config").write_text(everything(checkout, folder))
    (folder / ".gitattributes").write_text("* diff=evil filter=evil merge=evil\n")


def bare_with_history(checkout: Checkout, folder: Path) -> None:
    """The commits are there, too, so that git finds what it asks for."""
    commit = checkout.git("rev-parse", "HEAD")
    bare(checkout, folder, commit)
    shutil.copytree(checkout.top / ".git/objects", folder / "objects", dirs_exist_ok=True)


def split(checkout: Checkout, folder: Path) -> None:
    """A `commondir` says that objects, refs and config are elsewhere."""
    bare(checkout, folder / "services/x")
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "commondir").write_text("services/x\n")


def linked_head(checkout: Checkout, folder: Path) -> None:
    bare(checkout, folder)
    (folder / "HEAD").unlink()
    (folder / "HEAD").symlink_to("refs/heads/main")
    (folder / "refs/heads/main").write_text("1" * 40 + "\n")


def with_index(checkout: Checkout, folder: Path) -> None:
    """Not even `bare`: with a work tree elsewhere, and an index of its own."""
    bare(checkout, folder)
    text = (folder / "config").read_text().replace("bare = true", f"bare = false\n\tworktree = {folder}")
    (folder / "config").write_text(text)
    shutil.copy(checkout.top / ".git/index", folder / "index")


SHAPES = [bare, bare_with_history, split, linked_head, with_index]
READING = [
    ("status",),
    ("history", "hello", "--env", "dev"),
    ("diff",),
    ("diff", "HEAD~1..HEAD"),
    ("affected", "--since", "HEAD~1"),
    ("report", "-o", "../../site"),
    ("check",),
    ("lint",),
    ("generate", "--hook"),
]
WRITING = [
    ("bump", "hello", "--env", "dev", "--image-tag", "9.9.9", "--commit"),
    ("bump", "hello", "--env", "dev", "--image-tag", "9.9.9", "--branch", "bump", "--push", "--body", "../../body.md"),
    ("promote", "hello", "--from", "dev", "--to", "staging", "--skip-soak", "--offline", "--reason=test", "--commit"),
    ("rollback", "hello", "--env", "dev", "--to", "1", "--commit"),
    ("publish",),
    ("publish", "--push"),
]


def names(value) -> str:
    return value.__name__ if callable(value) else " ".join(value)


@pytest.mark.parametrize("shape", SHAPES, ids=names)
def test_a_folder_that_looks_like_a_repository_runs_nothing_in_commands_that_read(shape, checkout):
    shape(checkout, checkout.workspace)
    checkout.commit("harmless")
    for command in READING if shape is bare else READING[:5]:
        done = checkout.tiphys(*command)
        assert done.returncode == 0, (command, done.stderr, done.stdout)


@pytest.mark.parametrize("command", WRITING, ids=names)
def test_a_folder_that_looks_like_a_repository_runs_nothing_in_commands_that_write(command, checkout):
    checkout.remote()
    bare(checkout, checkout.workspace)
    checkout.commit("harmless")
    done = checkout.tiphys(*command)
    assert done.returncode == 0, (done.stderr, done.stdout)
    assert checkout.git("status", "--porcelain") == ""


def test_a_folder_between_the_workspace_and_the_repository_is_no_repository_either(checkout):
    inner = checkout.top / "deploy/inner"
    inner.mkdir()
    for name in ("tiphys.yaml", "environments", "services", "generated"):
        shutil.move(checkout.workspace / name, inner / name)
    bare(checkout, checkout.workspace)
    checkout.commit("harmless")
    for command in READING[:4]:
        done = checkout.tiphys(*command, where=inner)
        assert done.returncode == 0, (command, done.stderr)


def test_a_git_that_does_not_know_of_bare_repositories_runs_nothing_either(checkout):
    """The setting is taken away before git sees it, as a git before 2.38 passes over it."""
    real = shutil.which("git")
    script = (
        'for word; do shift; case "$word" in safe.bareRepository=*) word=x.y=z;; esac; set -- "$@" "$word"; done\n'
        f'exec {real} "$@"'
    )
    executable(checkout.top.parent / "old/git", script)
    checkout.environment = {"PATH": f"{checkout.top.parent / 'old'}{os.pathsep}{os.environ['PATH']}"}
    bare(checkout, checkout.workspace)
    checkout.commit("harmless")
    for command in READING[:5]:
        assert checkout.tiphys(*command).returncode == 0


def test_a_page_that_is_served_and_an_editor_run_nothing(checkout):
    bare(checkout, checkout.workspace)
    checkout.commit("harmless")
    command = [sys.executable, "-m", "generator", "serve", "--port", "0"]
    environment = plain() | {"PYTHONPATH": str(ROOT)}
    serving = start(command, cwd=checkout.workspace, env=environment, stderr=subprocess.PIPE, text=True)
    assert "127.0.0.1" in serving.stderr.readline()
    end(serving)
    editor = Client(checkout.workspace)
    editor.start(checkout.workspace)
    editor.open(checkout.spec)
    assert editor.stop() == 0
    assert not checkout.marker.exists()


def test_a_broken_repository_is_an_error_and_no_reason_to_take_the_one_above(checkout):
    outer = checkout.top.parent
    subprocess.run(["git", "init", "-q", outer], env=plain(), check=True)
    shutil.rmtree(checkout.top / ".git/objects")
    done = checkout.tiphys("status")
    assert done.returncode == 2
    assert "is not in a Git repository" in done.stderr


# What a hook is told of its repository, and every way to have one.


def hook(checkout: Checkout, folder: Path, common: str) -> None:
    text = f"PYTHONPATH={ROOT} exec {sys.executable} -m generator -C deploy generate --hook"
    executable(Path(common) / "hooks/pre-commit", text)
    assert folder.is_dir()


@pytest.mark.parametrize("kind", ["plain", "linked", "submodule", "alias"])
def test_a_hook_sees_the_index_of_the_commit_that_is_being_made_however_the_repository_is_laid_out(kind, checkout, tmp_path):
    top = checkout.top
    if kind == "linked":
        top = tmp_path / "linked"
        checkout.git("worktree", "add", "-q", str(top))
    if kind == "submodule":
        outer = tmp_path / "outer"
        subprocess.run(["git", "init", "-q", outer], env=plain(), check=True)
        how = ["git", "-C", str(outer), "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(checkout.top), "sub"]
        subprocess.run(how, env=plain(), check=True)
        top = outer / "sub"
    person = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]

    def run(*arguments):
        return subprocess.run(["git", *person, *arguments], cwd=top, env=plain(), capture_output=True, text=True, check=False)

    hook(checkout, top, run("rev-parse", "--path-format=absolute", "--git-common-dir").stdout.strip())
    work = top / "deploy/services/hello/pipeline.yaml"
    work.write_text(work.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    assert run("diff", "--quiet").returncode == 1
    run("add", "-A")
    commit = ["-c", "alias.ci=!git commit", "ci"] if kind == "alias" else ["commit"]
    refused = run(*commit, "-q", "-m", "spec alone")
    assert refused.returncode == 1
    assert "not staged" in refused.stderr
    run("add", "-A")
    done = run(*commit, "-q", "-m", "with what is generated")
    assert done.returncode == 0, done.stderr
    assert run("status", "--porcelain").stdout == ""


@pytest.mark.parametrize("kind", ["linked", "submodule"])
def test_publishing_works_from_a_linked_work_tree_and_from_a_submodule(kind, checkout, tmp_path):
    bare_remote = checkout.remote()
    if kind == "linked":
        top = tmp_path / "linked"
        checkout.git("worktree", "add", "-q", "-b", "side", str(top))
    else:
        outer = tmp_path / "outer"
        subprocess.run(["git", "init", "-q", outer], env=plain(), check=True)
        how = ["git", "-C", str(outer), "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(bare_remote), "sub"]
        subprocess.run(how, env=plain(), check=True)
        top = outer / "sub"
    inside = ["git", "-C", str(top)]
    subprocess.run([*inside, "config", "user.name", "Ann"], env=plain(), check=True)
    subprocess.run([*inside, "config", "user.email", "ann@example.com"], env=plain(), check=True)
    spec_file = top / "deploy/services/hello/pipeline.yaml"
    spec_file.write_text(spec_file.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    subprocess.run([*inside, "commit", "-qam", "spec"], env=plain(), check=True)
    done = checkout.tiphys("publish", "--push", "--branch", "side", where=top / "deploy")
    assert done.returncode == 0, done.stderr
    pushed = subprocess.run(["git", "-C", bare_remote, "log", "-1", "--format=%s", "side"], capture_output=True, check=True)
    assert pushed.stdout == b"Generate the manifests of hello\n"
    left = subprocess.run([*inside, "status", "--porcelain"], env=plain(), capture_output=True, text=True, check=True).stdout
    assert left == "" or kind == "submodule", "the branch is another one there"


def test_variables_about_another_repository_are_not_taken_along(checkout, tmp_path, monkeypatch):
    other = Repository(tmp_path / "other")
    monkeypatch.chdir(other.root)
    environment = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": "x/"}
    place = git_place.find(str(checkout.workspace), environment)
    assert (place.top, place.prefix) == (str(checkout.top.resolve()), "deploy/")
    assert set(place.environment) == {"GIT_CEILING_DIRECTORIES"}
    place = git_place.find(str(other.root / "services"), environment)
    assert place.environment["GIT_INDEX_FILE"] == str(other.root / ".git/index")
    assert place.prefix == "services/"


def test_a_repository_that_a_person_names_by_variables_is_used(checkout, tmp_path):
    """As dotfiles are kept: the repository is beside the work tree."""
    shutil.move(checkout.top / ".git", tmp_path / "elsewhere")
    checkout.environment = {"GIT_DIR": str(tmp_path / "elsewhere"), "GIT_WORK_TREE": str(checkout.top)}
    done = checkout.tiphys("history", "hello", "--env", "dev")
    assert done.returncode == 0, done.stderr
    assert "1 release" in done.stderr


# Attributes and modules of the tree, with what a user has configured.


def test_attributes_of_the_tree_do_not_make_the_tools_of_a_user_run(checkout, tmp_path):
    config = tmp_path / "config"
    config.write_text(everything(checkout, tmp_path / "tools").replace("[filter", "[unused").replace("bare = true", ""))
    text = config.read_text()
    start_of, end_of = text.index("[diff]"), text.index("[unused")
    config.write_text(
        f"{text[start_of:end_of]}[log]\n\tmailmap = true\n\tshowSignature = true\n[submodule]\n\trecurse = true\n"
    )
    checkout.environment = {"GIT_CONFIG_GLOBAL": str(config)}
    (checkout.top / ".gitattributes").write_text("* diff=evil\n")
    (checkout.top / ".mailmap").write_text("Somebody Else <else@example.com> <ann@example.com>\n")
    (checkout.top / ".gitmodules").write_text(
        '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c x\n\tfetchRecurseSubmodules = true\n'
    )
    checkout.remote()
    checkout.commit("attributes")
    checkout.spec.write_text(checkout.spec.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    for command in READING[:5]:
        done = checkout.tiphys(*command)
        assert done.returncode == 0, (command, done.stderr)
        assert "Somebody Else" not in done.stdout
    checkout.commit("spec")
    assert checkout.tiphys("publish", "--push").returncode == 0


# Names that git could read as something else.

NO_REMOTES = [
    "--upload-pack=touch {marker}",
    "--receive-pack=touch {marker}",
    "-u",
    "ext::sh -c touch% {marker}",
    "EXT::sh -c touch% {marker}",
    "fd::17",
    "site",
    "./site",
    "deploy/../site",
    "nowhere",
    "ssh:-oProxyCommand=touch",
    "",
]


@pytest.mark.parametrize("remote", NO_REMOTES)
def test_a_remote_is_a_name_that_is_configured_or_an_address_and_never_an_option_or_a_folder(remote, checkout):
    for folder in (checkout.top, checkout.workspace):
        bare(checkout, folder / "site")
        executable(folder / "site/hooks/pre-receive", checkout.run)
        executable(folder / "site/hooks/update", checkout.run)
    checkout.commit("site")
    done = checkout.tiphys("publish", "--push", f"--remote={remote.format(marker=checkout.marker)}")
    assert done.returncode == 2
    assert "--remote" in done.stderr or "is not a remote" in done.stderr


def test_a_folder_called_like_the_usual_remote_is_not_pushed_to(checkout):
    bare(checkout, checkout.top / "origin")
    executable(checkout.top / "origin/hooks/pre-receive", checkout.run)
    checkout.commit("origin")
    done = checkout.tiphys("publish", "--push")
    assert done.returncode == 2
    assert "remote `origin` does not exist" in done.stderr


@pytest.mark.parametrize("remote", ["site", "nowhere", "https://example.com/charts.git"])
def test_an_environment_cannot_choose_where_a_chart_is_pushed_to(remote, checkout):
    bare(checkout, checkout.top / "site")
    branch = Branch(Helm("helm", (3, 17, 0)), str(checkout.workspace), "pages", remote=remote, push=True)
    with pytest.raises(ConfigError, match="does not exist"):
        branch.find("web", "1.0.0")
    assert not checkout.marker.exists()


@pytest.mark.parametrize("key", ["url", "pushurl"])
def test_a_remote_that_runs_a_command_is_refused_even_where_it_is_configured(key, checkout):
    checkout.remote()
    checkout.git("config", f"remote.origin.{key}", f"ext::sh -c {checkout.run.replace(' ', '% ')}")
    checkout.git("config", "protocol.ext.allow", "always")
    done = checkout.tiphys("publish", "--push")
    assert done.returncode == 2
    assert "runs a command" in done.stderr


@pytest.mark.parametrize(
    "address", ["https://example.com/x.git", "git@example.com:x/y.git", "ssh://git@example.com/x", "/srv/x"]
)
def test_an_address_that_a_person_gives_is_a_remote(address, checkout):
    assert git_names.check_remote(str(checkout.workspace), address) == address


NO_BRANCHES = [
    "--force", "-d", "-", "HEAD", "FETCH_HEAD", "+x", "@", "@{-1}", "@{upstream}", "refs/heads/x", "refs/heads/refs/heads/x",
    "a..b", "a b", "x.lock", "a//b", ":x", "^x", "x:y", "a\\b", "a\tb", "a\nb", "a\x1b[31m", "*", "a~1", "a^{}", "/a", "a/", ".a",
    "a" * 40, ".",
]  # fmt: skip


@pytest.mark.parametrize("branch", NO_BRANCHES)
def test_no_branch_is_made_whose_name_git_reads_as_something_else(branch, checkout):
    before = checkout.git("for-each-ref")
    with pytest.raises(ConfigError):
        assert git_names.check_branch(str(checkout.workspace), branch) == "refused"
    if branch in ("--force", "HEAD", "+x", "refs/heads/x", "a b", "a\x1b[31m"):
        done = checkout.tiphys("publish", f"--branch={branch}")
        assert done.returncode == 2
        assert "valid branch name" in done.stderr
        assert "--branch" in done.stderr
        assert "\x1b" not in done.stderr
    assert checkout.git("for-each-ref") == before


@pytest.mark.parametrize("branch", ["main", "a/b", "heads/x", "deploy", "tiphys.yaml", "Überall", "release-1.x", "x+y", "x@y"])
def test_a_branch_may_be_called_as_people_call_them_even_like_a_file(branch, checkout):
    assert git_names.check_branch(str(checkout.workspace), branch) == branch


def test_tags_called_like_branches_do_not_turn_what_is_compared_or_published(checkout):
    remote = checkout.remote()
    first = checkout.git("rev-parse", "HEAD")
    checkout.git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    checkout.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    checkout.spec.write_text(checkout.spec.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    second = checkout.commit("spec")
    for name in ("main", "heads/main", "origin/main", "HEAD", "remotes/origin/main"):
        checkout.git("update-ref", f"refs/tags/{name}", second)
    done = checkout.tiphys("diff")
    assert done.returncode == 0
    assert "96Mi" in done.stdout
    assert checkout.tiphys("publish", "--push").returncode == 0
    made = checkout.git("rev-parse", "refs/heads/main")
    assert made not in (first, second)
    assert checkout.git("for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main"
    pushed = subprocess.run(["git", "-C", remote, "rev-parse", "refs/heads/main"], capture_output=True, text=True, check=True)
    assert pushed.stdout.strip() == made


def test_a_branch_of_the_remote_that_ends_like_ours_is_not_built_upon(checkout):
    remote = checkout.remote()
    tree = checkout.git("write-tree")
    evil = checkout.git("commit-tree", tree, "-m", "not an ancestor of anything")
    checkout.git("push", "-q", "origin", f"{evil}:refs/heads/a/refs/heads/main")
    checkout.spec.write_text(checkout.spec.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    second = checkout.commit("spec")
    assert checkout.tiphys("publish", "--push").returncode == 0
    history = subprocess.run(["git", "-C", remote, "rev-list", "refs/heads/main"], capture_output=True, text=True, check=True)
    assert second in history.stdout
    assert evil not in history.stdout


ODD_NAMES = [
    b"-x",
    b":(exclude)services",
    b":!services",
    b"*",
    b"a\tb",
    b'a"b',
    b"a\nb",
    b"\xff",
    b"[a-z]",
    b"a\\b",
    "Ü".encode(),
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_folder_with_an_odd_name_is_taken_for_nothing_else(name, checkout):
    folder = os.path.join(os.fsencode(checkout.workspace), b"services", name)
    os.mkdir(folder)
    shutil.copy(checkout.spec, os.path.join(folder, b"pipeline.yaml"))
    path = os.path.join(folder, b"pipeline.yaml")
    Path(os.fsdecode(path)).write_text(checkout.spec.read_text().replace("name: hello", "name: other", 1))
    checkout.tiphys("generate")
    checkout.commit("odd")
    (checkout.workspace / "notes").write_text("staged by a person\n")
    checkout.git("add", "deploy/notes")
    for command in READING[:5]:
        assert checkout.tiphys(*command).returncode in (0, 1)
    done = checkout.tiphys("bump", "other", "--env", "dev", "--image-tag", "9.9.9", "--commit")
    if done.returncode == 0:
        told = checkout.git("show", "--name-only", "--format=", "-z", "HEAD").split("\0")
        assert all("/other/" in one or "pipeline.yaml" in one for one in told if one), told
        assert "deploy/notes" in checkout.git("status", "--porcelain")


# Commits that nobody makes by accident.

DATES = ["999999999999999", "253402300800", "9" * 30, "9" * 5000, "-5", "", "abc", "0"]


def forged(
    checkout: Checkout, date: str, *, author: str = "Eve <eve@example.com>", message: str = "far\n", how: str = ""
) -> str:
    tree = checkout.git("write-tree")
    head = checkout.git("rev-parse", "HEAD")
    text = f"tree {tree}\nparent {head}\nauthor {author} {date} +0000\ncommitter {author} {date} +0000\n{how}\n{message}"
    command = ("hash-object", "-t", "commit", "-w", "--stdin", "--literally")
    commit = checkout.git(*command, input=text.encode("utf-8", "surrogateescape"))
    checkout.git("reset", "-q", "--hard", commit)
    return commit


def release(checkout: Checkout, tag: str = "9.9.9") -> None:
    checkout.spec.write_text(re.sub(r'tag: "[^"]*"', f'tag: "{tag}"', checkout.spec.read_text()))
    assert checkout.tiphys("generate").returncode == 0
    checkout.git("add", "-A")


@pytest.mark.parametrize("date", DATES, ids=lambda date: date[:16] or "none")
def test_a_commit_with_an_impossible_date_is_shown_without_one(date, checkout):
    release(checkout)
    commit = forged(checkout, date)
    expected = "1970-01-01" if date == "0" else "no date"
    done = checkout.tiphys("history", "hello", "--env", "dev")
    assert expected in done.stdout
    assert commit[:8] in done.stdout
    assert expected in checkout.tiphys("status").stdout
    newest = json.loads(checkout.tiphys("history", "hello", "--env", "dev", "--format", "json").stdout)["releases"][0]
    assert newest["time"] == ("1970-01-01T00:00:00Z" if date == "0" else None)
    if date not in ("999999999999999", ""):
        return
    for command in (
        ("history", "hello", "--env", "dev", "--format", "csv"), ("status", "--format", "json"), ("status", "--format", "csv"),
        ("diff", "HEAD~1"), ("affected", "--since", "HEAD~1"), ("report", "-o", str(checkout.marker.with_name("site"))),
        ("rollback", "hello", "--env", "dev", "--dry-run"), ("publish",),
    ):  # fmt: skip
        done = checkout.tiphys(*command)
        assert done.returncode == 0, (command, done.stderr)


def test_a_release_without_a_date_has_not_run_long_enough(checkout):
    path = checkout.workspace / "environments/staging.yaml"
    path.write_text(path.read_text().replace("promotion: {from: dev}", "promotion: {from: dev, soak: 1h}"))
    release(checkout)
    checkout.commit("soak")
    release(checkout, "9.9.10")
    forged(checkout, "9" * 30)
    done = checkout.tiphys("promote", "hello", "--from", "dev", "--to", "staging", "--offline", "--reason=test", "--force")
    assert done.returncode == 1, done.stderr
    assert "no valid date" in done.stderr


FORGERIES = {
    "nobody": {"author": " <>"},
    "no address": {"author": "Eve"},
    "no message": {"message": ""},
    "nul": {"author": "Eve\0il <e\0@x>", "message": "a\0b\n\nTiphys-From: dev\0x\n"},
    "bytes": {"author": "\udcff\udcfe <\udcff>", "message": "\udcff\udcfe\n", "how": "encoding utf-16\n"},
    "encoding": {"message": "x\n", "how": "encoding no-such-1\n"},
    "trailers": {"message": "x\n\n" + "Tiphys-From: dev\nTiphys-Service: hello\n" * 20_000},
    "control": {"author": "\x1b[31m\u202eEve <e@x>", "message": "\x1b]8;;http://x\x07\n\nTiphys-From: \x1b[2J\n"},
    "signature": {"how": "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----\n"},
    "long": {"author": f"{'E' * 1_000_000} <e@x>", "message": "s" * 5_000_000},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_commit_with_odd_people_and_messages_is_shown_without_harm(forgery, checkout):
    release(checkout)
    forged(checkout, "1700000000", **FORGERIES[forgery])
    for form in ("table", "json", "csv"):
        done = checkout.tiphys("history", "hello", "--env", "dev", "--format", form, memory=MEMORY)
        assert done.returncode == 0, done.stderr
        assert not [letter for letter in done.stdout if not letter.isprintable() and letter not in "\r\n"]
        assert len(done.stdout) < 10_000_000
    assert checkout.tiphys("status", memory=MEMORY).returncode == 0


def test_a_replacement_of_a_commit_that_others_do_not_have_changes_no_history(checkout):
    head = checkout.git("rev-parse", "HEAD")
    release(checkout)
    forged(checkout, "1700000000")
    checkout.git("replace", checkout.git("rev-parse", "HEAD"), head)
    assert "9.9.9" in checkout.tiphys("history", "hello", "--env", "dev").stdout


# History that is too large, or that no disk can hold.


def test_a_huge_file_at_the_place_of_a_spec_is_not_read_and_ends_no_release(checkout):
    text = checkout.spec.read_bytes()
    with checkout.spec.open("wb") as file:
        file.truncate(400 * 1024 * 1024)
    checkout.git("-c", "core.compression=1", "-c", "core.bigFileThreshold=1", "add", "-A")
    checkout.git("commit", "-q", "-m", "huge")
    checkout.spec.write_bytes(text)
    checkout.commit("as it was")
    for command in (
        ("history", "hello", "--env", "dev"),
        ("status",),
        ("affected", "--since", "HEAD~2"),
        ("diff", "HEAD~2..HEAD"),
    ):
        done = checkout.tiphys(*command, memory=MEMORY // 2)
        assert done.returncode == 0, (command, done.stderr)
    assert "1 release" in checkout.tiphys("history", "hello", "--env", "dev").stderr
    done = checkout.tiphys("diff", "HEAD~1..HEAD", memory=MEMORY // 2)
    assert done.returncode == 2
    assert "419,430,400 bytes, which is too large" in done.stderr


def tree_of(checkout: Checkout, path: str, content: bytes, mode: str = "100644") -> str:
    """Commit a file that only the objects hold, whatever a disk would say of it."""
    blob = checkout.git("hash-object", "-w", "--stdin", input=content)
    line = f"{mode} {blob}\t{path}".encode("utf-8", "surrogateescape") + b"\0"
    checkout.git("update-index", "-z", "--index-info", input=line)
    commit = checkout.git("commit-tree", checkout.git("write-tree"), "-p", "HEAD", "-m", "odd", input=b"")
    checkout.git("update-ref", "HEAD", commit)
    return commit


UNWRITABLE = {
    "long name": (f"deploy/services/{'x' * 300}.yaml", b"a: 1\n", "100644"),
    "deeper than paths are long": ("deploy/" + "d/" * 2100 + "x.yaml", b"a: 1\n", "100644"),
    "deep": ("deploy/" + "d/" * 900 + "x.yaml", b"a: 1\n", "100644"),
    "link to nothing": ("deploy/services/x.yaml", b"", "120000"),
    "link to nul": ("deploy/services/x.yaml", b"a\0b", "120000"),
    "long link": ("deploy/services/x.yaml", b"x" * 5000, "120000"),
}


@pytest.mark.parametrize("case", UNWRITABLE)
def test_what_no_disk_can_hold_is_told_by_its_path(case, checkout):
    path, content, mode = UNWRITABLE[case]
    commit = tree_of(checkout, path, content, mode)
    for command in (("diff", f"HEAD~1..{commit}"), ("affected", "--since", "HEAD~1", "--until", commit)):
        done = checkout.tiphys(*command)
        assert done.returncode in (0, 2), done.stderr
        assert done.returncode == 0 or "cannot be written" in done.stderr or "more than 100 directories deep" in done.stderr
    assert checkout.tiphys("status").returncode == 0


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_a_link_or_a_submodule_whose_object_reads_like_a_spec_is_no_release(mode, checkout):
    release(checkout)
    text = checkout.spec.read_bytes()
    checkout.git("reset", "-q", "--hard")
    blob = checkout.git("hash-object", "-w", "--stdin", input=text)
    checkout.git("update-index", "--cacheinfo", f"{mode},{blob},deploy/services/hello/pipeline.yaml")
    commit = checkout.git("commit-tree", checkout.git("write-tree"), "-p", "HEAD", "-m", "odd", input=b"")
    checkout.git("update-ref", "HEAD", commit)
    done = checkout.tiphys("history", "hello", "--env", "dev", "--format", "json")
    assert [one["image"]["tag"] for one in json.loads(done.stdout)["releases"]] != []
    assert "9.9.9" not in done.stdout


@pytest.mark.parametrize(
    "settings",
    [
        "environments: ../../..",
        "environments: /etc",
        'specs: ["../../*.yaml", "/etc/*.yaml"]',
        'specs: [":(exclude)x", "-x", "**"]',
        'environments: "\\uD800"',
        f"environments: {'x' * 200_000}",
        f"specs: [{', '.join(f'a{number}/*.yaml' for number in range(5000))}]",
        "specs: [[1], {a: b}]",
    ],
)
def test_a_layout_of_the_past_that_leads_out_of_the_repository_is_passed_over(settings, checkout):
    path = checkout.workspace / "tiphys.yaml"
    text = path.read_text()
    path.write_text(f"apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/r\n  {settings}\n")
    checkout.commit("odd")
    path.write_text(text)
    checkout.commit("as it was")
    for command in (
        ("status",),
        ("history", "hello", "--env", "dev"),
        ("diff", "HEAD~2..HEAD"),
        ("affected", "--since", "HEAD~2"),
    ):
        done = checkout.tiphys(*command)
        assert done.returncode == 0 or "cannot be started" in done.stderr, (command, done.stderr)


# What a person needs to see when git or a hook says no.


def test_what_a_hook_says_is_shown_line_by_line_and_moves_no_cursor(checkout):
    lines = "printf '\\033[31mred\\033[0m line\\nsecond ::error::x\\n::error::third\\n##[error]fourth\\n\\342\\200\\256fifth\\n' >&2"
    executable(checkout.top / ".git/hooks/pre-commit", f"{lines}\nexit 7")
    done = checkout.tiphys(*WRITING[0], GITHUB_ACTIONS="true")
    assert done.returncode == 2
    for line in (
        "  | red line",
        "  | second ::error::x",
        "  | ::error::third",
        "  | #\\u0023[error]fourth",
        "  | \\u202efifth",
    ):
        assert line in done.stderr.splitlines()


def test_what_a_hook_says_is_cut_and_one_that_says_nothing_has_at_least_its_exit_code(checkout):
    executable(checkout.top / ".git/hooks/commit-msg", "seq 1 100000 >&2; exit 1")
    done = checkout.tiphys(*WRITING[0])
    assert done.returncode == 2
    assert len(done.stderr) < 5000
    assert "lines before these" in done.stderr
    executable(checkout.top / ".git/hooks/commit-msg", "exit 1")
    checkout.git("reset", "-q", "--hard")
    done = checkout.tiphys("bump", "hello", "--env", "dev", "--image-tag", "9.9.8", "--force", "--reason=test", "--commit")
    assert "exit code 1" in done.stderr


def test_a_signature_that_fails_is_told(checkout):
    executable(checkout.top.parent / "gpg", "echo 'gpg: no secret key' >&2; exit 2")
    checkout.git("config", "gpg.program", str(checkout.top.parent / "gpg"))
    checkout.git("config", "commit.gpgSign", "true")
    done = checkout.tiphys(*WRITING[0])
    assert done.returncode == 2
    assert "  | error: gpg failed to sign the data" in done.stderr


def test_hooks_of_the_tree_do_not_run_where_a_branch_is_prepared(checkout):
    """With `core.hooksPath = .husky` the hooks are those of whatever the remote has."""
    checkout.remote()
    for name in ("post-checkout", "post-commit", "prepare-commit-msg", "reference-transaction"):
        executable(checkout.top / ".husky" / name, f"[ ! -e {checkout.top}/.husky-off ] || {checkout.run}")
    checkout.spec.write_text(checkout.spec.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    checkout.commit("spec and hooks")
    checkout.git("config", "core.hooksPath", ".husky")
    (checkout.top / ".git/info/exclude").write_text(".husky-off\n")
    for name in os.listdir(checkout.top / ".husky"):
        (checkout.top / ".husky" / name).unlink()
    (checkout.top / ".husky-off").touch()
    done = checkout.tiphys("publish", "--branch", "other")
    assert done.returncode == 0, done.stderr


HOOKS = (
    *(
        "applypatch-msg",
        "commit-msg",
        "fsmonitor-watchman",
        "post-applypatch",
        "post-checkout",
        "post-commit",
        "post-index-change",
    ),
    *(
        "post-merge",
        "post-rewrite",
        "pre-applypatch",
        "pre-auto-gc",
        "pre-commit",
        "pre-merge-commit",
        "pre-push",
        "pre-rebase",
    ),
    *("prepare-commit-msg", "push-to-checkout", "reference-transaction", "sendemail-validate"),
)


@pytest.mark.parametrize("dirty", [False, True], ids=["clean", "with work in progress"])
@pytest.mark.parametrize("branch", ["main", "other"])
def test_hooks_that_a_publication_brings_from_the_remote_do_not_run(branch, dirty, checkout):
    """With `core.hooksPath = .husky` they are there as soon as the checkout has followed, and nobody has looked at them."""
    bare = checkout.remote()
    checkout.git("branch", "-M", "main")
    checkout.git("push", "-q", "origin", "main", "main:other")
    evil = checkout.top.parent / "evil"
    subprocess.run(["git", "clone", "-q", "-b", branch, bare, evil], env=plain(), check=True)
    for name in HOOKS:
        executable(evil / ".husky" / name, checkout.run)
    for words in (("add", "-A"), ("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"), ("push", "-q")):
        subprocess.run(["git", "-C", evil, *words], env=plain(), check=True)
    checkout.git("config", "core.hooksPath", ".husky")
    checkout.spec.write_text(checkout.spec.read_text().replace("memory: 64Mi", "memory: 96Mi"))
    checkout.commit("mine")
    if dirty:
        (checkout.top / "mine.txt").write_text("x")
    done = checkout.tiphys("publish", "--push", "--branch", branch)
    assert done.returncode == 0, done.stderr
    assert branch != "main" or (checkout.top / ".husky").is_dir(), "the checkout did not follow, so this shows nothing"


def test_git_is_started_in_one_place():
    """Whoever starts it elsewhere forgets what keeps it from obeying the tree."""
    starting = [path for path in (ROOT / "generator").rglob("*.py") if '["git", ' in path.read_text(encoding="utf-8")]
    assert [path.name for path in starting] == ["call.py"]


def test_no_pathspec_leads_out_of_the_workspace():
    place = git_place.Place("/r", "a[b]*/", {})
    found = git.from_top(
        place, [*git.glob_paths(["x/*.yaml", "../x", "/x", "a/../../b"]), *git.literal_paths(["y", "..", "*"])]
    )
    assert found == [":(glob)a\\[b\\]\\*/x/*.yaml", ":(literal)a[b]*/y", ":(literal)a[b]*/*"]


def test_a_workspace_in_a_folder_with_an_odd_name_is_read_whole(tmp_path, tiphys):
    repository = Repository(tmp_path / "r", below="a [b] *!")
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="1.0.0"))
    repository.commit("start")
    done = tiphys("history", "web", "--env", "prod", cwd=repository.root)
    assert "1 release" in done.stderr, done.stderr
    assert git.index(str(repository.root)).keys() >= {"tiphys.yaml", "services/web/pipeline.yaml"}
