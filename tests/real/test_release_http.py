"""HTTP repositories as files: a folder or a branch is added to, and nothing that was there changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from generator.errors import ConfigError
from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import repository as chart_repository
from generator.system.charts.branch import Branch
from generator.system.charts.repository import ChartRepositoryError, Repository
from generator.system.charts.shelf import TakenError
from support import release_workspace as rw
from support.chart_packages import package
from support.paths import ROOT
from support.processes import kill, start
from support.programs import PATIENCE
from support.trees import read_tree, write_tree

pytestmark = pytest.mark.usefixtures("helm_home")


@pytest.fixture
def real(helm):
    return helms.find(helm)


@pytest.fixture(autouse=True)
def _git_of_nobody(helm, monkeypatch, tmp_path):
    """Give git an identity, and nothing else of whoever runs the tests."""
    monkeypatch.setenv("PATH", f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "gitconfig").write_text("[user]\nname = T\nemail = t@example.com\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith("GIT_") and not name.startswith("GIT_CONFIG")]:
        monkeypatch.delenv(name)


def index(content: bytes) -> dict[tuple[str, str], dict]:
    return {
        (entry["name"], entry["version"]): entry for found in yaml.safe_load(content)["entries"].values() for entry in found
    }


def blocks(content: bytes) -> set[str]:
    """Return the text of each entry of an index."""
    return set(re.findall(r"^  - .*?\n(?=  - |  \S|\S|\Z)", content.decode(), re.MULTILINE | re.DOTALL))


def test_old_entries_of_an_index_keep_their_bytes_and_their_time(http, real):
    served = http("dev")
    directory = Directory(real, str(served.folder), "served")
    directory.put([package(version="1.0.0"), package("api", "0.1.0")])
    before = (served.folder / "index.yaml").read_bytes()
    assert re.search(rb"created: \"\d{4}-", before)
    directory.put([package(version="1.1.0")])
    after = (served.folder / "index.yaml").read_bytes()
    assert len(blocks(before)) == 2
    assert blocks(before) < blocks(after)
    assert set(index(after)) - set(index(before)) == {("web", "1.1.0")}
    assert sorted(path.name for path in served.folder.iterdir()) == [
        "api-0.1.0.tgz",
        "index.yaml",
        "web-1.0.0.tgz",
        "web-1.1.0.tgz",
    ]


def test_an_entry_that_others_have_made_stays_as_it_is(http, real):
    served = http("dev")
    foreign = {
        "apiVersion": "v1",
        "entries": {
            "other": [
                {
                    "apiVersion": "v2",
                    "name": "other",
                    "version": "3.0.0",
                    "created": "2020-01-02T03:04:05Z",
                    "digest": "0" * 64,
                    "urls": ["https://elsewhere.example.com/other-3.0.0.tgz"],
                }
            ]
        },
    }
    (served.folder / "index.yaml").write_text(yaml.safe_dump(foreign))
    directory = Directory(real, str(served.folder), "served")
    directory.put([package()])
    entries = index((served.folder / "index.yaml").read_bytes())
    assert {key: entries[("other", "3.0.0")][key] for key in ("urls", "digest")} == {
        "urls": ["https://elsewhere.example.com/other-3.0.0.tgz"],
        "digest": "0" * 64,
    }
    with pytest.raises(ChartRepositoryError, match="which is not in this folder"):
        directory.find("other", "3.0.0")


def test_a_release_that_was_cut_short_is_completed(http, real):
    served = http("dev")
    directory = Directory(real, str(served.folder), "served")
    (served.folder / package().file).write_bytes(package().content)
    assert directory.find("web", "1.0.0") == package()
    directory.put([package()])
    assert set(index((served.folder / "index.yaml").read_bytes())) == {("web", "1.0.0")}
    assert chart_repository.package(real, Repository(served.address), "web", "1.0.0") == package()


def test_what_is_there_is_never_replaced(http, real):
    served = http("dev")
    directory = Directory(real, str(served.folder), "served")
    directory.put([package()])
    before = read_tree(served.folder)
    with pytest.raises(TakenError) as caught:
        directory.put([package("api"), package(text="a: 2\n")])
    assert (caught.value.exit_code, "`values.yaml`" in caught.value.message) == (1, True)
    assert read_tree(served.folder) == before
    directory.put([package()])
    assert read_tree(served.folder) == before, "the same again is nothing to do"


@pytest.mark.parametrize("content", ["<html>", "entries: 7\n", "a: [\n", "entries: {web: [{name: web}]}\n"])
def test_an_index_that_is_none_is_never_written_over(content, http, real):
    served = http("dev")
    (served.folder / "index.yaml").write_text(content)
    with pytest.raises(ChartRepositoryError, match=r"index\.yaml is not a valid chart index"):
        Directory(real, str(served.folder), "served").put([package()])
    assert read_tree(served.folder) == {"index.yaml": content.encode()}


PUT = """
import sys
from generator.system import helm
from generator.release.destination import Directory
from support.chart_packages import package
Directory(helm.find(), sys.argv[1], "served").put([package(sys.argv[2], f"1.{number}.0") for number in range(3)])
"""


def test_releases_into_one_folder_at_once_are_all_in_the_index(http, real):
    served = http("dev")
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    names = ["web", "api", "shop", "web"]
    started = [
        start([sys.executable, "-c", PUT, str(served.folder), name], env=environment, stderr=subprocess.PIPE) for name in names
    ]
    try:
        assert [process.communicate(timeout=PATIENCE)[1] for process in started] == [b""] * len(names)
    finally:
        for process in started:
            kill(process)
    wanted = {(name, f"1.{number}.0") for name in names for number in range(3)}
    assert set(index((served.folder / "index.yaml").read_bytes())) == wanted
    for name, version in wanted:
        assert chart_repository.package(real, Repository(served.address), name, version) == package(name, version)


@pytest.fixture
def remote(tmp_path):
    """Return a bare repository that has a branch main."""
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    seed = tmp_path / "seed"
    subprocess.run(["git", "clone", "-q", str(bare), str(seed)], check=True, capture_output=True)
    write_tree(seed, {"README": "deploy\n"})
    rw.git(seed, "add", ".")
    rw.git(seed, "commit", "-q", "-m", "start")
    rw.git(seed, "push", "-q", "origin", "HEAD:main")
    return bare


@pytest.fixture
def clone(tmp_path, remote):
    def make(name: str) -> Path:
        subprocess.run(["git", "clone", "-q", str(remote), str(tmp_path / name)], check=True)
        return tmp_path / name

    return make


def tree(folder: Path, ref: str) -> dict[str, bytes]:
    names = rw.git(folder, "ls-tree", "-r", "--name-only", ref).splitlines()
    read = ["git", "-C", str(folder), "cat-file", "blob"]
    return {name: subprocess.run([*read, f"{ref}:{name}"], check=True, capture_output=True).stdout for name in names}


@pytest.mark.both_helms
def test_a_branch_is_written_without_touching_the_work_tree_or_the_index(clone, tiphys, http, remote, real):
    folder = clone("w")
    pages = http("pages")
    publish = {"git": {"branch": "gh-pages", "path": "charts"}}
    rw.workspace(folder, f"{pages.address}/charts", dev_publish=publish, prod_publish=publish)
    write_tree(folder, {"staged": "1\n"})
    rw.git(folder, "add", "staged")
    write_tree(folder, {"staged": "2\n"})
    before, status = read_tree(folder / "services"), rw.git(folder, "status", "--porcelain")
    done = tiphys("release", "--env", "dev", cwd=folder, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "2 charts released\nnext: git push origin gh-pages\n"), done.stderr
    assert "released: app 1.0.0 in the branch gh-pages, charts/ (sha256:" in done.stdout
    assert (read_tree(folder / "services"), rw.git(folder, "status", "--porcelain")) == (before, status)
    assert rw.git(folder, "diff", "--cached", "--name-only") == "staged"
    assert set(tree(folder, "gh-pages")) == {"charts/index.yaml", "charts/app-1.0.0.tgz", "charts/shop-2.4.0.tgz"}
    assert rw.git(folder, "log", "--format=%an %s", "gh-pages") == "T Release 2 charts"
    assert "gh-pages" not in rw.git(remote, "branch", "--list")
    assert tiphys("release", "--env", "dev", cwd=folder, env=dict(os.environ)).stderr == "2 charts already there\n"

    done = tiphys("release", "--env", "dev", "--push", cwd=folder, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "2 charts released\n"), "what was released here alone is pushed"
    assert rw.git(remote, "log", "--format=%s", "gh-pages") == "Release 2 charts"
    edit = folder / "charts/app/Chart.yaml"
    edit.write_text(edit.read_text().replace("1.0.0", "1.1.0"))
    for name in ("web", "api"):
        write_tree(folder, rw.service(name, {"name": "app", "version": "1.1.0"}))
    done = tiphys("release", "web", "--env", "dev", "--push", cwd=folder, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "1 chart released\n")
    assert rw.git(remote, "log", "--format=%s", "gh-pages").splitlines() == ["Release app 1.1.0", "Release 2 charts"]
    assert rw.git(remote, "rev-parse", "gh-pages") == rw.git(folder, "rev-parse", "gh-pages")
    write_tree(pages.folder, tree(remote, "gh-pages"))
    repository = Repository(f"{pages.address}/charts")
    assert chart_repository.versions(real, repository, "app") == ["1.1.0", "1.0.0"]


def branch(real, folder, **more) -> Branch:
    return Branch(real, str(folder), "gh-pages", **{"push": True, **more})


def test_a_remote_that_moved_meanwhile_is_built_upon(clone, remote, real):
    mine, other = clone("mine"), clone("other")
    first = branch(real, mine)
    assert first.find("web", "1.0.0") is None, "looked, and then somebody else was faster"
    branch(real, other).put([package("api")])
    first.put([package("web")])
    assert set(index(tree(remote, "gh-pages")["index.yaml"])) == {("web", "1.0.0"), ("api", "1.0.0")}
    assert rw.git(remote, "log", "--format=%s", "gh-pages").splitlines() == ["Release web 1.0.0", "Release api 1.0.0"]
    with pytest.raises(TakenError):
        branch(real, other).put([package("web", text="a: 2\n")])


def test_many_who_push_at_once_all_get_through(clone, remote, real):
    names = ["web", "api", "shop", "cart"]
    folders = [clone(f"c{number}") for number in range(len(names))]
    with ThreadPoolExecutor(len(names)) as pool:
        for _ in pool.map(lambda pair: branch(real, pair[0]).put([package(pair[1])]), zip(folders, names, strict=True)):
            pass
    assert set(index(tree(remote, "gh-pages")["index.yaml"])) == {(name, "1.0.0") for name in names}


def test_releases_that_wait_to_be_pushed_are_not_lost_when_the_remote_moves(clone, remote, real):
    mine, other = clone("mine"), clone("other")
    branch(real, mine).put([package("web")])
    branch(real, other).find("web", "1.0.0")
    branch(real, other, push=False).put([package("shop", provenance=b"signed\n")])
    branch(real, mine).put([package("api")])
    branch(real, other).put([package("cart")])
    files = tree(remote, "gh-pages")
    assert set(index(files["index.yaml"])) == {(name, "1.0.0") for name in ("web", "api", "shop", "cart")}
    assert files["shop-1.0.0.tgz.prov"] == b"signed\n"
    assert rw.git(other, "rev-parse", "gh-pages") == rw.git(remote, "rev-parse", "gh-pages")


def test_a_branch_with_other_work_on_it_that_has_diverged_is_left_alone(clone, remote, real, tmp_path):
    mine, other = clone("mine"), clone("other")
    branch(real, mine).put([package("web")])
    branch(real, other).find("web", "1.0.0")
    rw.git(other, "worktree", "add", "-q", str(tmp_path / "pages"), "gh-pages")
    write_tree(tmp_path / "pages", {"CNAME": "charts.example.com\n"})
    rw.git(tmp_path / "pages", "add", ".")
    rw.git(tmp_path / "pages", "commit", "-q", "-m", "name")
    with pytest.raises(ConfigError, match="is checked out in"):
        branch(real, other).put([package("shop")])
    rw.git(other, "worktree", "remove", "--force", str(tmp_path / "pages"))
    branch(real, mine).put([package("api")])
    before = rw.git(other, "rev-parse", "gh-pages")
    with pytest.raises(ConfigError, match="have diverged by more than releases"):
        branch(real, other).put([package("shop")])
    assert rw.git(other, "rev-parse", "gh-pages") == before
    assert set(index(tree(remote, "gh-pages")["index.yaml"])) == {("web", "1.0.0"), ("api", "1.0.0")}


def test_a_remote_that_refuses_a_release_is_quoted_and_not_asked_again_and_again(clone, remote, real):
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\necho x >> asked\necho "gh-pages is protected" >&2\nexit 1\n')
    hook.chmod(0o755)
    with pytest.raises(
        ChartRepositoryError, match="origin does not accept a push to gh-pages: gh-pages is protected"
    ) as caught:
        branch(real, clone("mine")).put([package()])
    assert caught.value.hint == "allow this account to push to the branch, or release to a directory"
    assert (remote / "asked").read_text().split() == ["x"]


def test_what_git_refuses_is_told_in_words_and_the_branch_stays(clone, remote, real, tmp_path):
    mine = clone("mine")
    (remote / "hooks" / "pre-receive").write_text("#!/bin/sh\necho this branch is protected >&2\nexit 1\n")
    (remote / "hooks" / "pre-receive").chmod(0o755)
    with pytest.raises(ChartRepositoryError, match="protected"):
        branch(real, mine).put([package()])
    assert rw.git(mine, "branch", "--list", "gh-pages") == ""
    with pytest.raises(ChartRepositoryError, match="git fetch nowhere"):
        branch(real, mine, remote="nowhere").put([package()])
    rw.git(mine, "remote", "add", "locked", "https://ci:hunter2@127.0.0.1:1/deploy.git")
    with pytest.raises(ChartRepositoryError, match="git fetch locked") as caught:
        branch(real, mine, remote="locked").put([package()])
    assert "hunter2" not in caught.value.message + caught.value.hint
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    with pytest.raises(ConfigError, match="git commit-tree"):
        branch(real, mine, push=False).put([package()])
