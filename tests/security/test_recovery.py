"""What an interrupted run has left is completed; what a pull request has put there instead is refused, and nothing is touched."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess

import pytest

from generator.errors import TiphysError
from generator.pipeline import write
from generator.pipeline.drift import Change
from generator.pipeline.run import Mode, Request, run
from generator.pipeline.settling import settle
from generator.system.transaction import desk, stage
from generator.system.transaction.targets import Area
from support import forked
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"
VALUES = "generated/dev/web/values.yaml"
SPECS = ("services/**/pipeline.yaml",)
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
IDENTITY = {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "XDG_"))}
PLAIN |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": "/dev/null", **IDENTITY}


@pytest.fixture(autouse=True)
def home(tmp_path, tmp_path_factory, monkeypatch):
    """Give the user a home of their own, so that nothing of a test is kept; what runs remember is elsewhere."""
    (tmp_path / "home").mkdir()
    cache = str(tmp_path_factory.mktemp("cache"))
    for environment in (os.environ, PLAIN):
        monkeypatch.setitem(environment, "TIPHYS_CACHE_DIR", cache)
        monkeypatch.setitem(environment, "HOME", str(tmp_path / "home"))
        monkeypatch.setitem(environment, "TMPDIR", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    """Return a generated workspace that is not in a repository."""
    made = workspace(tmp_path / "repo")
    run(Request(str(made), Mode.WRITE))
    return made


@pytest.fixture
def repo(folder, git):
    """Return the same in a repository, with everything committed."""
    git_in(folder, "init", "-q", "-b", "main")
    commit(folder)
    return folder


def git_in(where, *arguments, **more):
    command = ["git", "-C", str(where), "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(where):
    git_in(where, "add", "-f", "-A")
    git_in(where, "commit", "-q", "--allow-empty", "-m", "c")


def tiphys(where, *arguments, **more):
    done = forked.run(arguments, where, PLAIN | more.pop("env", {}), **more)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def everything(*tops):
    """Return all that could be touched: each path with its kind and mode, what it holds or leads to; not Git's own index."""
    found = {}
    for top in tops:
        for path in sorted(top.rglob("*")):
            status = path.lstat()
            held = b""
            if stat.S_ISLNK(status.st_mode):
                held = os.fsencode(path.readlink())
            elif stat.S_ISREG(status.st_mode) and path.name != "index":
                held = path.read_bytes()
            found[path] = (status.st_mode, status.st_uid, held)
    return found


def area_of(where):
    return Area(str(where), "generated", SPECS)


def interrupted(area, replace=None, remove=(), journal=None, mode=0o644):
    """Leave what a run leaves that is killed after it has written its journal; return the desk."""
    with desk.made(area) as ours, stage.new(area, ours) as place:
        pairs = []
        for number, (target, content) in enumerate((replace or {}).items()):
            place.write(str(number), content, mode=mode)
            pairs.append([str(number), target])
        text = json.dumps([2, pairs, list(remove)]).encode() if journal is None else journal
        ours.write("journal", text)
        return ours.path


def refusal(area, *, writes):
    with pytest.raises(TiphysError) as refused:
        settle(area, writes=writes)
    assert refused.value.exit_code == 2
    return f"{refused.value.message}\n{refused.value.hint}"


# A stage in the tree

COMMANDS = {
    "generate": ["generate"],
    "one service": ["generate", "web"],
    "diff": ["generate", "--diff"],
    "hook": ["generate", "--hook"],
    "check": ["check"],
    "lint": ["lint"],
    "fix": ["lint", "--fix"],
    "bump": ["bump", "web", "--env", "prod", "--image-tag", "2.0.0"],
    "bump and commit": ["bump", "web", "--env", "prod", "--image-tag", "2.0.0", "--commit"],
    "promote": ["promote", "web", "--from", "dev", "--to", "prod", "--skip-soak", "--offline", "--reason=test"],
    "rollback": ["rollback", "web", "--env", "prod"],
    "publish": ["publish"],
    "report": ["report", "-o", "../site"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_stage_in_a_pull_request_writes_no_hook_of_git_and_deletes_no_file(command, repo, tmp_path):
    if command == "rollback":
        assert tiphys(repo, *COMMANDS["bump and commit"]).returncode == 0
    hook, precious = repo / ".git/hooks/pre-commit", tmp_path / "precious"
    precious.write_text("mine")
    targets = [[["0", ".git/hooks/pre-commit"]], [str(precious), "../precious"]]
    for version in (1, 2):
        place = repo / "generated" / (".tiphys-stage" if version == 1 else f".tiphys-{'0' * 32}")
        write_tree(place, {"journal": json.dumps([version, *targets]), "0": "#!/bin/sh\necho ran\n"})
        (place / "0").chmod(0o755)
    commit(repo)
    before = everything(repo, tmp_path / "home")
    done = tiphys(repo, *COMMANDS[command])
    assert done.returncode == 2, done.stderr
    assert "generated/.tiphys-" in done.stderr
    assert "git rm -r -f generated/.tiphys-" in done.stderr
    assert "to complete them" not in done.stderr + done.stdout
    assert "tiphys generate" not in done.stderr
    assert everything(repo, tmp_path / "home") == before
    assert precious.read_text() == "mine"
    assert not hook.exists()
    assert not (tmp_path / "site").exists()


def a_link(path, keys):
    path.symlink_to(keys)


def a_relative_link(path, keys):
    path.symlink_to(os.path.relpath(keys, path.parent))


def a_dangling_link(path, keys):
    path.symlink_to(keys / "new")


def a_file(path, keys):
    path.write_text("[2, [], []]")


def a_fifo(path, keys):
    os.mkfifo(path)


def an_empty_folder(path, keys):
    path.mkdir()


def a_folder_with_links(path, keys):
    path.mkdir()
    (path / "0").symlink_to(keys / "a")
    (path / "holder").symlink_to(keys / "a")
    (path / "journal").symlink_to(keys / "a")


INSTEAD = [a_link, a_relative_link, a_dangling_link, a_file, a_fifo, an_empty_folder, a_folder_with_links]


@pytest.fixture
def keys(tmp_path):
    """Return a folder outside, with files under names that a stage has, too."""
    return write_tree(tmp_path / "keys", dict.fromkeys(("a", "b", "0", "1", "journal", "holder", "journal.new"), "mine"))


@pytest.mark.parametrize("name", [".tiphys-stage", f".tiphys-{'a' * 32}"])
@pytest.mark.parametrize("instead", INSTEAD)
def test_whatever_has_the_name_of_a_stage_is_refused_and_nothing_behind_it_is_deleted(instead, name, folder, keys, tmp_path):
    instead(folder / "generated" / name, keys)
    before = everything(tmp_path)
    for writes in (False, True):
        said = refusal(area_of(folder), writes=writes)
        assert f"generated/{name} is a" in said
        assert "neither used nor changed" in said
        for mode in (Mode.LINT, Mode.CHECK, Mode.WRITE):
            with pytest.raises(TiphysError, match="neither used nor changed"):
                run(Request(str(folder), mode))
    assert everything(tmp_path) == before


@pytest.mark.parametrize("instead", INSTEAD)
def test_a_stage_in_the_folder_of_a_report_deletes_nothing_behind_it(instead, folder, keys, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    instead(site / ".tiphys-stage", keys)
    before = everything(tmp_path)
    done = tiphys(folder, "report", "-o", site)
    assert (done.returncode, "site/.tiphys-stage is a" in done.stderr) == (2, True), done.stderr
    assert everything(tmp_path) == before


def test_an_output_that_is_a_link_shows_and_changes_nothing_behind_it(folder, keys, tmp_path):
    shutil.rmtree(folder / "generated")
    (keys / ".tiphys-stage").mkdir()
    (folder / "generated").symlink_to(keys)
    before = everything(tmp_path)
    done = tiphys(folder, "generate")
    assert (done.returncode, "`generated` is a symbolic link" in done.stderr) == (2, True)
    assert everything(tmp_path) == before


def test_a_stage_that_only_the_commit_has_is_refused_where_publish_checks_it_out(repo):
    write_tree(repo / "generated/.tiphys-stage", {"journal": "[1, [], []]"})
    commit(repo)
    shutil.rmtree(repo / "generated/.tiphys-stage")
    head = git_in(repo, "rev-parse", "HEAD")
    done = tiphys(repo, "publish")
    assert (done.returncode, "neither used nor changed" in done.stderr) == (2, True), done.stderr
    assert git_in(repo, "rev-parse", "HEAD") == head


# A journal at the desk

LONG = b'[2, [["0", "' + b"a" * (65 * 1024 * 1024) + b'"]], []]'
TARGETS = {
    "an absolute path": ("/etc/passwd", "is not a normalized path"),
    "a way up": ("generated/../../precious", "is not a normalized path"),
    "a way up at once": ("../precious", "is not a normalized path"),
    "a way through here": ("generated/./dev/web/values.yaml", "is not a normalized path"),
    "two slashes": ("generated//dev/web/values.yaml", "is not a normalized path"),
    "a slash at the end": ("generated/dev/", "is not a normalized path"),
    "nothing": ("", "is not a normalized path"),
    "a zero byte": ("generated/a\0b", "is not a normalized path"),
    "a configuration of git": (".git/config", "is part of a Git repository"),
    "a hook that a glob matches": ("services/.git/hooks/pipeline.yaml", "is part of a Git repository"),
    "git in capitals": ("generated/.GIT/config", "is part of a Git repository"),
    "git with an invisible letter": ("generated/.g\u200cit/config", "is part of a Git repository"),
    "the settings": ("tiphys.yaml", "is neither below generated/ nor a spec"),
    "an environment": ("environments/dev.yaml", "is neither below generated/ nor a spec"),
    "a workflow": (".github/workflows/ci.yaml", "is neither below generated/ nor a spec"),
    "the output itself": ("generated", "is below another target"),
    "a folder beside it": ("generated-2/a.yaml", "is neither below generated/ nor a spec"),
    "a template beside a spec": ("services/web/values.tpl", "is neither below generated/ nor a spec"),
    "a folder of manifests": ("generated/dev/web", "exists and is not a regular file"),
    "a file in the place of a folder": (f"{VALUES}/x", "exists and is not a directory"),
    "through a linked folder": ("generated/linked/x.yaml", "generated/linked is a symbolic link"),
    "a linked file": ("generated/link.yaml", "generated/link.yaml is a symbolic link"),
    "a spec through a link": ("services/linked/pipeline.yaml", "services/linked is a symbolic link"),
    "a file of two names": ("generated/twice.yaml", "more than one hard link"),
}


@pytest.mark.parametrize("how", ["replace", "remove"])
@pytest.mark.parametrize("case", TARGETS)
def test_a_journal_moves_no_byte_if_one_of_its_targets_leads_elsewhere(case, how, repo, keys, tmp_path):
    target, said = TARGETS[case]
    for name in ("generated/linked", "services/linked"):
        (repo / name).symlink_to(keys)
    (repo / "generated/link.yaml").symlink_to(keys / "a")
    os.link(keys / "b", repo / "generated/twice.yaml")
    good = {"generated/prod/web/values.yaml": b"replaced"}
    where = (
        interrupted(area_of(repo), {**good, target: b"x"}) if how == "replace" else interrupted(area_of(repo), good, [target])
    )
    before = everything(tmp_path)
    for writes in (False, True):
        words = refusal(area_of(repo), writes=writes)
        assert f"the journal {where}/journal of an interrupted run was ignored" in words
        assert said in words
        assert f"rm -r {where}" in words
    assert everything(tmp_path) == before


JOURNALS = {
    "not JSON": b"\x00\xff",
    "empty": b"",
    "cut off": b'[2, [["0", "generated/a"',
    "of an earlier version": json.dumps([1, [["0", VALUES]], []]).encode(),
    "a version that is a word": json.dumps(["2", [["0", VALUES]], []]).encode(),
    "a version that is true": json.dumps([True, [], []]).encode(),
    "a map": b'{"replace": []}',
    "null": b"null",
    "nested deeply": b"[" * 200_000,
    "huge": LONG,
    "a number of many digits": b"[2, [], [" + b"9" * 10_000 + b"]]",
    "a target that is a number": b'[2, [["0", 1]], []]',
    "a removal that is a list": json.dumps([2, [], [[VALUES]]]).encode(),
    "a pair of three": json.dumps([2, [["0", VALUES, VALUES]], []]).encode(),
    "text in the place of a pair": b'[2, ["0a"], []]',
    "a target twice": json.dumps([2, [["0", VALUES], ["1", VALUES]], []]).encode(),
    "a target that goes and comes": json.dumps([2, [["0", VALUES]], [VALUES]]).encode(),
    "a staged file twice": json.dumps([2, [["0", VALUES], ["0", SPEC]], []]).encode(),
    "a target below another": json.dumps([2, [["0", "generated/a"], ["1", "generated/a/b"]], []]).encode(),
    **{
        f"a staged file called {name!r}": json.dumps([2, [[name, VALUES]], []]).encode()
        for name in ("../x", "a/b", "", ".", "..", "/etc/passwd", "holder", "journal", "01", "-1", "0\n", "٣", "1" * 40)
    },
}


@pytest.mark.parametrize("case", JOURNALS)
def test_a_journal_that_no_run_writes_is_refused_with_its_path_and_nothing_is_touched(case, folder, tmp_path):
    where = interrupted(area_of(folder), {VALUES: b"x"}, journal=JOURNALS[case])
    before = everything(tmp_path)
    for writes in (False, True):
        assert f"the journal {where}/journal of an interrupted run was ignored" in refusal(area_of(folder), writes=writes)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["generate", "check", "bump"])
def test_a_command_tells_where_the_journal_is_that_it_does_not_obey(command, repo):
    where = interrupted(area_of(repo), {VALUES: b"x", "../precious": b"x"})
    done = tiphys(repo, *COMMANDS[command])
    assert (done.returncode, where in done.stderr) == (2, True), done.stderr
    assert (repo / VALUES).read_bytes() != b"x"


def test_a_journal_of_a_report_writes_nothing_beside_its_folder(folder, tmp_path):
    (tmp_path / "site").mkdir()
    interrupted(Area(str(tmp_path), "site", tree=str(tmp_path / "site")), {"site/index.html": b"x", "repo/tiphys.yaml": b"x"})
    before = everything(tmp_path)
    done = tiphys(folder, "report", "-o", tmp_path / "site")
    assert (done.returncode, "'repo/tiphys.yaml' is not below site/" in done.stderr) == (2, True), done.stderr
    assert everything(tmp_path) == before


@pytest.mark.parametrize("instead", [a_link, a_fifo])
def test_a_journal_that_is_not_a_file_is_not_read(instead, repo, keys, tmp_path):
    where = interrupted(area_of(repo), {VALUES: b"x"})
    os.unlink(f"{where}/journal")
    (keys / "a").write_text(json.dumps([2, [["0", VALUES]], []]))
    instead(tmp_path / "repo" / os.path.relpath(f"{where}/journal", repo), keys / "a")
    before = everything(tmp_path)
    for writes in (False, True):
        assert "was ignored" in refusal(area_of(repo), writes=writes)
    assert everything(tmp_path) == before


def a_hard_link(path, keys):
    os.link(keys / "a", path)


def of_another_user(path, keys):
    path.write_text("x")
    os.chown(path, NOBODY, NOBODY)


@pytest.mark.parametrize(
    "instead", [a_link, a_fifo, an_empty_folder, a_hard_link, pytest.param(of_another_user, marks=as_root)]
)
def test_a_staged_file_that_no_run_has_staged_is_not_moved_and_nothing_else_is(instead, repo, keys, tmp_path):
    where = interrupted(area_of(repo), {"generated/dev/root.yaml": b"x", VALUES: b"x"})
    os.unlink(f"{where}/staged/1")
    instead(tmp_path / "repo" / os.path.relpath(f"{where}/staged/1", repo), keys)
    before = everything(repo / "generated", repo / "services", keys)
    assert "was ignored" in refusal(area_of(repo), writes=True)
    assert everything(repo / "generated", repo / "services", keys) == before


# The desk

IMPOSTORS = {
    "all desks": lambda path: path.parent,
    "the desk": lambda path: path,
    "the stage": lambda path: path / "staged",
}


@pytest.mark.parametrize("level", IMPOSTORS)
@pytest.mark.parametrize("instead", [a_link, a_relative_link, a_file, a_fifo])
def test_a_link_in_the_place_of_the_desk_or_its_stage_is_refused_by_name(instead, level, repo, keys, tmp_path):
    (keys / "staged").mkdir()
    (keys / "staged/0").write_text("mine")
    path = IMPOSTORS[level](tmp_path / "repo" / os.path.relpath(next(desk.spots(area_of(repo))).path, repo))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (repo / ".git/tiphys", path.parent):
        if folder.is_dir() and folder != repo / ".git":
            folder.chmod(0o700)
    instead(path, keys)
    (repo / SPEC).write_text((repo / SPEC).read_text().replace("ghcr.io/acme/web", "ghcr.io/acme/shop"))
    before = everything(repo / "generated", keys)
    done = tiphys(repo, "generate")
    assert (done.returncode, f"{path} is a" in done.stderr, f"rm -r {path}" in done.stderr) == (2, True, True), done.stderr
    assert everything(repo / "generated", keys) == before
    if level != "the stage":
        assert f"{path} is a" in tiphys(repo, "check").stderr


def open_to_all(path):
    path.chmod(0o777)


def given_away(path):
    os.chown(path, NOBODY, NOBODY)


@pytest.mark.parametrize("level", IMPOSTORS)
@pytest.mark.parametrize("spoil", [open_to_all, pytest.param(given_away, marks=as_root)])
def test_a_desk_that_another_user_could_have_filled_is_refused(spoil, level, repo, tmp_path):
    where = interrupted(area_of(repo), {VALUES: b"x", SPEC: b"x"})
    path = IMPOSTORS[level](tmp_path / "repo" / os.path.relpath(where, repo))
    spoil(path)
    before = everything(repo / "generated", repo / "services")
    assert f"{path} " in refusal(area_of(repo), writes=True)
    assert everything(repo / "generated", repo / "services") == before


@as_root
def test_what_another_user_puts_into_a_shared_git_directory_is_refused(repo):
    (repo / ".git").chmod(0o777)
    name = next(desk.spots(area_of(repo))).name
    script = (
        f"import os, json; os.makedirs('.git/tiphys/{name}/staged', 0o700);"
        f"open('.git/tiphys/{name}/staged/0', 'w').write('x');"
        f"json.dump([2, [['0', '{VALUES}'], ['1', 'generated/new']], []], open('.git/tiphys/{name}/journal', 'w'))"
    )
    for part in (repo, *repo.parents):
        if str(part).startswith("/tmp/"):
            part.chmod(0o755)
    subprocess.run(["/usr/bin/env", "python3", "-c", script], cwd=repo, user=NOBODY, group=NOBODY, check=True)
    before = everything(repo)
    done = tiphys(repo, "generate")
    assert (done.returncode, ".git/tiphys belongs to another user" in done.stderr) == (2, True), done.stderr
    assert everything(repo) == before


def planted(git_directory, area):
    """Put a journal where the desk would be if a directory were the Git directory."""
    git_directory.mkdir(parents=True, exist_ok=True)
    (git_directory / "HEAD").write_text("ref: refs/heads/main\n")
    real = os.path.realpath(area.root)
    for relative in {os.path.relpath(real, top) for top in [real, *map(str, area_parents(real))]}:
        spot = desk.Spot(str(git_directory), "tiphys", f"{relative}\0{area.output}")
        os.makedirs(f"{spot.path}/staged")
        for name, text in (("staged/0", "planted"), ("journal", json.dumps([2, [["0", VALUES], ["1", SPEC]], []]))):
            with open(f"{spot.path}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        for part in ("", spot.folder, f"{spot.folder}/{spot.name}", f"{spot.folder}/{spot.name}/staged"):
            os.chmod(os.path.join(git_directory, part), 0o700)


def area_parents(real):
    while (above := os.path.dirname(real)) != real:
        real = above
        yield real


def git_file_into_the_tree(repo):
    planted(repo / "services/vendored", area_of(repo))
    shutil.move(repo / ".git", repo.parent / "moved-away")
    (repo / ".git").write_text("gitdir: services/vendored\n")


def git_file_in_a_subfolder_into_the_tree_above(repo):
    planted(repo.parent / "evil", area_of(repo))
    subprocess.run(["git", "init", "-q", repo.parent], check=True)
    shutil.rmtree(repo / ".git")
    (repo / ".git").write_text(f"gitdir: {repo.parent / 'evil'}\n")


def git_link(repo):
    planted(repo / "vendored", area_of(repo))
    shutil.rmtree(repo / ".git")
    (repo / ".git").symlink_to("vendored")


def git_file_through_a_link(repo):
    planted(repo / "vendored", area_of(repo))
    (repo.parent / "link").symlink_to(repo / "vendored")
    shutil.rmtree(repo / ".git")
    (repo / ".git").write_text(f"gitdir: {repo.parent / 'link'}\n")


def bare_repository_in_place(repo):
    planted(repo, area_of(repo))
    shutil.rmtree(repo / ".git")


def cache_in_the_tree(repo):
    cache = repo / ".cache/tiphys"
    spot = desk.Spot(str(cache), "runs", f"{os.path.realpath(repo)}\0generated")
    os.makedirs(f"{spot.path}/staged")
    for part in (cache, cache / "runs", spot.path, f"{spot.path}/staged"):
        os.chmod(part, 0o700)
    write_tree(cache / "runs" / spot.name, {"staged/0": "planted", "journal": json.dumps([2, [["0", VALUES]], [SPEC]])})
    shutil.move(repo / ".git", repo / ".git-moved")
    os.environ["XDG_CACHE_HOME"] = str(repo / ".cache")


def relative_cache_in_the_tree(repo):
    cache_in_the_tree(repo)
    os.environ["XDG_CACHE_HOME"] = ".cache"


def linked_cache_in_the_tree(repo):
    cache_in_the_tree(repo)
    (repo.parent / "cache").symlink_to(repo / ".cache")
    os.environ["XDG_CACHE_HOME"] = str(repo.parent / "cache")


PLANTS = [
    git_file_into_the_tree,
    git_file_in_a_subfolder_into_the_tree_above,
    git_link,
    git_file_through_a_link,
    bare_repository_in_place,
    cache_in_the_tree,
    relative_cache_in_the_tree,
    linked_cache_in_the_tree,
]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_journal_in_a_folder_that_looks_like_a_git_directory_or_a_cache_is_not_found(plant, repo, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.chdir(repo)
    plant(repo)
    before = everything(repo / "generated", repo / "services")
    assert settle(area_of(repo), writes=False) == []
    assert settle(area_of(repo), writes=True) == []
    assert all(not spot.path.startswith(f"{repo}/") for spot in desk.spots(area_of(repo)))
    assert everything(repo / "generated", repo / "services") == before
    assert run(Request(str(repo), Mode.WRITE)).changes == []


@as_root
def test_a_git_directory_of_another_user_is_not_used_and_generate_works(repo, tmp_path):
    subprocess.run(["chown", "-R", str(NOBODY), repo / ".git"], check=True)
    planted(tmp_path / "elsewhere", area_of(repo))
    spoilt_spec(repo)
    assert run(Request(str(repo), Mode.WRITE)).written
    assert not (repo / ".git/tiphys").exists()


def spoilt_spec(where):
    """Change a spec, so that there is something to generate."""
    spec = where / SPEC
    spec.write_text(spec.read_text().replace("ghcr.io/acme/web", "ghcr.io/acme/shop"))


# What is to go on working


def test_what_an_interrupted_run_has_left_is_completed_wherever_the_repository_is_moved(repo, tmp_path):
    wanted = {path: (repo / path).read_bytes() + b"# more\n" for path in (SPEC, VALUES)}
    interrupted(area_of(repo), wanted, ["generated/dev/root.yaml"])
    moved = repo.rename(tmp_path / "moved")
    done = tiphys(moved, "check")
    assert (done.returncode, "run `tiphys generate` to complete them" in done.stderr) == (2, True)
    assert set(settle(area_of(moved), writes=True)) == {SPEC, VALUES, "generated/dev/root.yaml"}
    assert {path: (moved / path).read_bytes() for path in wanted} == wanted
    assert not (moved / "generated/dev/root.yaml").exists()
    assert not (moved / ".git/tiphys").exists()


def linked_worktree(repo):
    git_in(repo, "worktree", "add", "-q", repo.parent / "linked")
    return repo.parent / "linked", repo / ".git/worktrees/linked"


def worktree_in_the_tree(repo):
    git_in(repo, "worktree", "add", "-q", repo / "trees/linked")
    return repo / "trees/linked", repo / ".git/worktrees/linked"


def worktree_of_a_bare_repository(repo):
    git_in(repo.parent, "clone", "-q", "--bare", repo, "bare.git")
    git_in(repo.parent / "bare.git", "worktree", "add", "-q", repo.parent / "linked", "main")
    return repo.parent / "linked", repo.parent / "bare.git/worktrees/linked"


def submodule(repo):
    git_in(repo.parent, "init", "-q", "super")
    git_in(repo.parent / "super", "submodule", "add", "-q", repo, "config")
    return repo.parent / "super/config", repo.parent / "super/.git/modules/config"


def separate_git_directory(repo):
    git_in(repo, "init", "-q", "--separate-git-dir", repo.parent / "kept.git")
    return repo, repo.parent / "kept.git"


def subfolder(repo):
    git_in(repo.parent, "init", "-q", "mono")
    shutil.copytree(repo, repo.parent / "mono/config", ignore=shutil.ignore_patterns(".git"))
    commit(repo.parent / "mono")
    return repo.parent / "mono/config", repo.parent / "mono/.git"


CHECKOUTS = [
    linked_worktree,
    worktree_in_the_tree,
    worktree_of_a_bare_repository,
    submodule,
    separate_git_directory,
    subfolder,
]


@pytest.mark.parametrize("make", CHECKOUTS)
def test_every_kind_of_checkout_notes_what_it_writes_in_its_own_git_directory(make, repo):
    where, git_directory = make(repo)
    assert interrupted(area_of(where), {VALUES: b"x", SPEC: b"y"}).startswith(f"{git_directory}/tiphys/")
    assert settle(area_of(where), writes=True) == [VALUES, SPEC]
    assert ((where / VALUES).read_bytes(), (where / SPEC).read_bytes()) == (b"x", b"y")
    git_in(where, "checkout", "-q", ".")
    assert not (git_directory / "tiphys").exists()


@pytest.mark.parametrize("make", CHECKOUTS)
def test_every_kind_of_checkout_can_be_generated_bumped_and_published(make, repo):
    where, git_directory = make(repo)
    if git_in(where, "branch", "--show-current") == "":
        git_in(where, "checkout", "-q", "-b", "work")
    done = tiphys(where, *COMMANDS["bump and commit"])
    assert done.returncode == 0, done.stderr
    environment = where / "environments/dev.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: store"))
    git_in(where, "commit", "-qam", "another project")
    done = tiphys(where, "publish")
    assert done.returncode == 0, done.stderr
    assert git_in(where, "log", "-1", "--format=%s").startswith("Generate the manifests")
    assert git_in(where, "status", "--porcelain", "--", ".") == ""
    assert not (git_directory / "tiphys").exists()


def test_manifests_can_be_generated_and_published_into_another_checkout(repo, tmp_path):
    config = tmp_path / "config"
    git_in(tmp_path, "init", "-q", "-b", "main", config)
    (config / "README.md").write_text("config")
    commit(config)
    linked = tmp_path / "linked"
    git_in(config, "worktree", "add", "-q", linked)
    for target in (config, linked):
        done = tiphys(repo, "publish", "--output", target)
        assert done.returncode == 0, done.stderr
        assert (target / VALUES).exists()
        (target / VALUES).unlink()
        assert tiphys(repo, "generate", "--output", target).returncode == 0
        assert git_in(target, "status", "--porcelain") == ""
    write_tree(config / "generated/.tiphys-stage", {"journal": "[1, [], []]"})
    done = tiphys(repo, "generate", "--output", config)
    assert (done.returncode, "git rm -r -f ../config/generated/.tiphys-stage" in done.stderr) == (2, True), done.stderr


def on_a_read_only_repository(repo, home):
    subprocess.run(["mount", "--bind", "-o", "ro", repo / ".git", repo / ".git"], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", repo / ".git"], check=True)
    return [repo / ".git"]


def on_a_cache_of_another_file_system(repo, home):
    shutil.rmtree(repo / ".git")
    (home / ".cache").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", home / ".cache"], check=True)
    return [home / ".cache"]


def on_a_git_directory_of_another_mount(repo, home):
    subprocess.run(["mount", "--bind", repo / ".git", repo / ".git"], check=True)
    return [repo / ".git"]


def on_an_output_of_another_mount(repo, home):
    subprocess.run(["mount", "--bind", repo / "generated", repo / "generated"], check=True)
    return [repo / "generated"]


@as_root
@pytest.mark.parametrize(
    "mount",
    [
        on_a_read_only_repository,
        on_a_cache_of_another_file_system,
        on_a_git_directory_of_another_mount,
        on_an_output_of_another_mount,
    ],
)
def test_where_no_file_can_be_moved_from_the_desk_a_stage_in_the_output_is_completed_and_removed(mount, repo, home):
    mounted = mount(repo, home)
    try:
        wanted = (repo / VALUES).read_bytes() + b"# more\n"
        interrupted(area_of(repo), {VALUES: wanted, "generated/dev/new.yaml": wanted})
        places = list((repo / "generated").glob(".tiphys-*"))
        assert [stat.S_IMODE(place.stat().st_mode) for place in places] == [0o700] * (mount is not on_a_read_only_repository)
        assert stage.strangers(area_of(repo)) == []
        assert tiphys(repo, "check").stderr.count("to complete them") == 1
        assert settle(area_of(repo), writes=True) == [VALUES, "generated/dev/new.yaml"]
        assert (repo / VALUES).read_bytes() == wanted
        assert not list((repo / "generated").glob(".tiphys-*"))
        assert run(Request(str(repo), Mode.WRITE)).written
        assert run(Request(str(repo), Mode.CHECK)).changes == []
    finally:
        for path in mounted:
            subprocess.run(["umount", path], check=True)


def test_a_stage_in_the_output_that_somebody_has_removed_stops_nothing(repo, monkeypatch):
    monkeypatch.setattr("generator.system.transaction.folders.Folder.reaches", lambda *_: False)
    interrupted(area_of(repo), {VALUES: b"x", SPEC: b"y"})
    (place,) = (repo / "generated").glob(".tiphys-*")
    shutil.rmtree(place)
    assert settle(area_of(repo), writes=True) == []
    assert run(Request(str(repo), Mode.CHECK)).changes == []


def test_without_a_home_or_a_cache_a_run_still_writes(folder):
    environment = {"HOME": "/nonexistent", "XDG_CACHE_HOME": "", "TMPDIR": ""}
    spoilt_spec(folder)
    done = tiphys(folder, "generate", env=environment)
    assert (done.returncode, "updated" in done.stdout) == (0, True), done.stderr


def test_where_every_place_for_notes_is_in_the_tree_none_is_believed_and_nothing_is_written(folder):
    spoilt_spec(folder)
    before = everything(folder)
    inside = {"HOME": folder, "XDG_CACHE_HOME": folder / ".cache", "TMPDIR": folder / "tmp"}
    done = tiphys(folder, "generate", env={name: str(path) for name, path in inside.items()})
    assert (done.returncode, "set XDG_CACHE_HOME" in done.stderr) == (2, True), done.stderr
    assert everything(folder) == before


def test_a_system_that_knows_folders_by_path_alone_refuses_and_completes_the_same(repo, keys, monkeypatch):
    monkeypatch.setattr("generator.system.transaction.folders._BY_DESCRIPTOR", False)
    spoilt_spec(repo)
    assert run(Request(str(repo), Mode.WRITE)).written
    interrupted(area_of(repo), {VALUES: b"x", SPEC: b"y"}, ["generated/prod/root.yaml"])
    assert len(settle(area_of(repo), writes=True)) == 3
    assert ((repo / VALUES).read_bytes(), (repo / "generated/prod/root.yaml").exists()) == (b"x", False)
    interrupted(area_of(repo), {"generated/new/x.yaml": b"x", "generated/linked/a": b"x"})
    (repo / "generated/linked").symlink_to(keys)
    before = everything(repo / "generated", keys)
    assert "generated/linked is a symbolic link" in refusal(area_of(repo), writes=True)
    assert everything(repo / "generated", keys) == before


# Modes


@pytest.mark.parametrize("umask", [0o077, 0o022, 0o002])
def test_a_rewritten_file_keeps_its_mode_whatever_the_umask_and_a_new_one_is_as_plain_as_that_permits(umask, repo):
    for path, mode in ((VALUES, 0o644), (SPEC, 0o640), ("generated/prod/web/values.yaml", 0o664)):
        (repo / path).chmod(mode)
    shutil.rmtree(repo / "generated/dev/applications")
    done = tiphys(repo, *COMMANDS["bump"], umask=umask)
    assert done.returncode == 0, done.stderr
    spoilt_spec(repo)
    assert tiphys(repo, "generate", umask=umask).returncode == 0
    for path, mode in (
        (VALUES, 0o644),
        (SPEC, 0o640),
        ("generated/prod/web/values.yaml", 0o664),
        ("generated/dev/applications/web.yaml", 0o644 & ~umask),
    ):
        assert stat.S_IMODE((repo / path).stat().st_mode) == mode, path


def test_a_file_that_is_rewritten_loses_what_makes_a_program_run_as_somebody_else(repo):
    (repo / VALUES).chmod(0o6755)
    spoilt_spec(repo)
    run(Request(str(repo), Mode.WRITE))
    assert stat.S_IMODE((repo / VALUES).stat().st_mode) == 0o755


@pytest.mark.parametrize("mode", [0o4755, 0o6777, 0o000, 0o600])
def test_the_mode_of_a_staged_file_is_never_taken_over(mode, repo):
    (repo / SPEC).chmod(0o640)
    where = interrupted(area_of(repo), {SPEC: b"x", "generated/new.yaml": b"y"})
    for name in "01":
        os.chmod(f"{where}/staged/{name}", mode)
    settle(area_of(repo), writes=True)
    umask = os.umask(0o022)
    os.umask(umask)
    assert stat.S_IMODE((repo / SPEC).stat().st_mode) == 0o640
    assert stat.S_IMODE((repo / "generated/new.yaml").stat().st_mode) == 0o644 & ~umask


def test_a_report_that_was_killed_before_it_was_whole_is_completed_by_the_next(folder, tmp_path):
    site = tmp_path / "site"
    interrupted(Area(str(tmp_path), "site", tree=str(tmp_path / "site")), {"site/index.html": b"x", "site/b.html": b"x"})
    (tmp_path / "site").mkdir(exist_ok=True)
    done = tiphys(folder, "report", "-o", site)
    assert "contains files that are not part of a report" in done.stderr, "nothing says yet that they are of a report"
    whole = tmp_path / "whole"
    assert tiphys(folder, "report", "-o", whole).returncode == 0
    files = {path.name: path.read_bytes() for path in whole.iterdir() if path.is_file()}
    again = tmp_path / "again"
    again.mkdir()
    interrupted(
        Area(str(tmp_path), "again", tree=str(tmp_path / "again")),
        {f"again/{name}": content for name, content in files.items()},
    )
    (again / "index.html").write_bytes(files["index.html"])
    assert tiphys(folder, "report", "-o", again).returncode == 0
    assert (again / "index.html").read_bytes() == files["index.html"]


def test_fixes_of_files_that_are_not_specs_leave_no_journal_that_could_not_be_completed(repo, monkeypatch):
    paths = ["environments/dev.yaml", SPEC]
    changes = [
        Change(path, None, path, "", "", (repo / path).read_bytes() + b"# fixed\n", (repo / path).read_bytes())
        for path in paths
    ]
    monkeypatch.setattr("json.dumps", None)
    write.apply_each(area_of(repo), changes)
    assert all((repo / path).read_bytes().endswith(b"# fixed\n") for path in paths)
    assert not (repo / ".git/tiphys").exists()
