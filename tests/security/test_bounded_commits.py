"""A commit costs what its files take on a disk, however small it is in Git: one object can be any number of files there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from generator.errors import ConfigError
from generator.system.git import objects as git_objects
from generator.system.git.written import Room, write_files
from support.paths import ROOT
from support.repositories import Repository, spec

ALIKE = 3_000_000


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="1.0.0"))
    repository.commit("start")
    return repository


def git(repository, *arguments, stdin=b""):
    done = subprocess.run(
        ["git", *arguments], cwd=repository.root, env=repository.env, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def blob(repository, content):
    return git(repository, "hash-object", "-w", "--stdin", stdin=content)


def wide(repository, tree, *widths):
    """Return a tree that holds another one many times, in each of some levels."""
    for width in widths:
        lines = "".join(f"040000 tree {tree}\td{number}\n" for number in range(width))
        tree = git(repository, "mktree", stdin=lines.encode())
    return tree


def with_tree(repository, tree):
    """Return a commit with a tree as `services/` of the last one, and the rest of it."""
    kept = [line for line in git(repository, "ls-tree", "HEAD").splitlines() if not line.endswith("\tservices")]
    whole = git(repository, "mktree", stdin="\n".join([*kept, f"040000 tree {tree}\tservices", ""]).encode())
    people = [f"user.{field}=x" for field in ("name", "email")]
    return git(repository, *[word for one in people for word in ("-c", one)], "commit-tree", whole, "-p", "HEAD", "-m", "x")


def of_commit(repository, commit):
    root = str(repository.root)
    return root, commit, git_objects.tree(root, commit)


@pytest.mark.parametrize("width", [1, 30])
def test_a_file_that_is_one_object_counts_at_each_of_its_paths(width, repository, tmp_path):
    leaf = git(repository, "mktree", stdin=f"100644 blob {blob(repository, bytes(ALIKE))}\tpipeline.yaml\n".encode())
    root, commit, files = of_commit(repository, with_tree(repository, wide(repository, leaf, width)))
    room, target = Room(10 * ALIKE), tmp_path / "out"
    target.mkdir()
    if width == 1:
        write_files(root, commit, files, str(target), room)
        assert (target / "services/d0/pipeline.yaml").stat().st_size == ALIKE
    else:
        with pytest.raises(ConfigError, match=r"the files of commit \w{8} take more than 30,000,000 bytes of a disk"):
            write_files(root, commit, files, str(target), room)
        assert not os.listdir(target)


@pytest.mark.parametrize("levels", [1, 90])
def test_empty_files_and_the_directories_above_them_count_as_well(levels, repository, tmp_path):
    leaf = git(repository, "mktree", stdin=f"100644 blob {blob(repository, b'')}\ta.yaml\n".encode())
    tree = wide(repository, leaf, *[1] * levels, 20)
    root, commit, files = of_commit(repository, with_tree(repository, tree))
    (tmp_path / "out").mkdir()
    if levels == 1:
        write_files(root, commit, files, str(tmp_path / "out"), Room(1_000_000))
    else:
        with pytest.raises(ConfigError, match="of a disk"):
            write_files(root, commit, files, str(tmp_path / "out"), Room(1_000_000))


def test_the_revisions_of_a_run_share_one_disk(repository, tmp_path):
    leaf = git(repository, "mktree", stdin=f"100644 blob {blob(repository, bytes(ALIKE))}\ta.yaml\n".encode())
    root, commit, files = of_commit(repository, with_tree(repository, wide(repository, leaf, 1)))
    room = Room(2 * ALIKE)
    for number in range(2):
        (tmp_path / str(number)).mkdir()
    write_files(root, commit, files, str(tmp_path / "0"), room)
    with pytest.raises(ConfigError, match="of a disk"):
        write_files(root, commit, files, str(tmp_path / "1"), room)


def test_many_large_files_are_never_in_memory_together(repository, tmp_path, monkeypatch):
    held = []
    read = git_objects.blobs
    monkeypatch.setattr(git_objects, "blobs", lambda *given: held.append(read(*given)) or held[-1])
    blobs = [blob(repository, bytes([number]) * 12_000_000) for number in range(5)]
    lines = "".join(f"100644 blob {name}\tf{number}.yaml\n" for number, name in enumerate(blobs))
    tree = git(repository, "mktree", stdin=lines.encode())
    root, commit, files = of_commit(repository, with_tree(repository, tree))
    (tmp_path / "out").mkdir()
    write_files(root, commit, files, str(tmp_path / "out"))
    assert max(sum(map(len, some.values())) for some in held) <= 32 * 1024 * 1024
    assert [(tmp_path / f"out/services/f{number}.yaml").read_bytes()[:1] for number in range(5)] == [
        bytes([n]) for n in range(5)
    ]


BOMBS = {
    "a million specs": lambda repository: wide(
        repository,
        git(repository, "mktree", stdin=f"100644 blob {blob(repository, spec().encode())}\tpipeline.yaml\n".encode()),
        *[10] * 6,
    ),
    "a billion empty directories": lambda repository: wide(repository, git(repository, "mktree"), *[10] * 9),
    "a large file in many directories": lambda repository: wide(
        repository,
        git(repository, "mktree", stdin=f"100644 blob {blob(repository, bytes(30_000_000))}\tpipeline.yaml\n".encode()),
        10,
        10,
    ),
}


@pytest.mark.parametrize(
    "words", [("affected", "--since", "HEAD", "--until"), ("diff", "--no-rendered")], ids=["affected", "diff"]
)
@pytest.mark.parametrize("kind", BOMBS)
def test_a_small_commit_fills_neither_the_disk_nor_the_time_of_a_comparison(kind, words, repository, tmp_path):
    """The reproducer of an attack: 64 kB of Git wrote 2.9 GB."""
    commit = with_tree(repository, BOMBS[kind](repository))
    (tmp_path / "tmp").mkdir()
    words = (*words[:-1], f"HEAD..{commit}", words[-1]) if words[0] == "diff" else (*words, commit)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -t 20 -f 100000; exec "$0" "$@"', sys.executable, "-m", "generator", *words],
        cwd=repository.root,
        env=repository.env | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"commit {commit[:8]} " in done.stderr
    assert not os.listdir(tmp_path / "tmp")
