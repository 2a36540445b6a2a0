"""What was looked at once is not looked at again, and nobody can tell but by the time: a wrong "no drift" is worse than a slow one."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.pipeline.memory import rows
from generator.system.states import NO_STATE
from generator.system.store import Store
from support import kept_chart
from support.at_once import said_at_once
from support.paths import ROOT
from support.repositories import Repository, spec
from support.trees import write_tree

SPEC = "services/frontend/pipeline.yaml"
CHANGE = (SPEC, 'ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "1"')
CLEAN = "90 files of 11 services: no drift\n"


def boutique(folder: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "online-boutique", folder)
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "memory-1"


@pytest.fixture
def folder(tmp_path, cache, later) -> Path:
    return boutique(tmp_path / "w")


def said(folder: Path, *words: str):
    """Return the exit code and all that a command says, which is what is said at once where that is known."""
    early = said_at_once(["-C", str(folder), *words])
    done = CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(program, ["-C", str(folder), *words], standalone_mode=False)
    if done.exception is not None:
        assert early is None
        return type(done.exception).__name__, str(done.exception)
    assert early in (None, (done.return_value, done.output))
    return done.return_value, done.output


def same(folder: Path, command: str = "check"):
    """Return what a command says, which has to be what it says without a memory."""
    warm, cold = said(folder, command), said(folder, command, "--no-cache")
    assert warm == cold
    return warm


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text()
    assert old in text
    (folder / path).write_text(text.replace(old, new))


def test_a_second_check_generates_nothing_and_says_the_same(folder, generated):
    first = said(folder, "check")
    assert len(generated) == 11
    assert first[1].endswith(CLEAN)
    generated.clear()
    assert said(folder, "check") == first
    assert generated == []


def test_an_edit_of_a_spec_generates_that_service_alone(folder, generated):
    said(folder, "check")
    generated.clear()
    edit(folder, *CHANGE)
    assert said(folder, "check")[0] == 1
    assert generated == [SPEC]
    assert same(folder)[0] == 1
    generated.clear()
    assert said(folder, "generate")[0] == 0
    assert generated == [SPEC]
    generated.clear()
    assert said(folder, "check")[1].endswith(CLEAN)
    assert generated == []
    assert same(folder)[1].endswith(CLEAN)


@pytest.mark.parametrize("path", ["environments/prod.yaml", "tiphys.yaml"])
def test_an_edit_of_what_specs_share_generates_all_of_them(path, folder, generated):
    said(folder, "check")
    generated.clear()
    (folder / path).write_text((folder / path).read_text() + "# edited\n")
    assert said(folder, "check")[1].endswith(CLEAN)
    assert len(generated) == 11


def test_touched_files_are_read_again_and_nothing_is_generated(folder, generated):
    first = said(folder, "check")
    generated.clear()
    for path in folder.rglob("*.yaml"):
        os.utime(path)
    assert said(folder, "check") == first
    assert generated == []


SAME_SIZE = {
    "a spec": CHANGE,
    "a generated file": ("generated/prod/frontend/values.yaml", "frontend", "frontxnd"),
    "an environment": ("environments/prod.yaml", "registry.example.com", "registrx.example.com"),
}


@pytest.mark.parametrize("what", SAME_SIZE)
def test_a_file_that_changed_within_the_same_size_and_time_is_seen(what, folder):
    path = folder / SAME_SIZE[what][0]
    said(folder, "check")
    before = path.stat()
    edit(folder, *SAME_SIZE[what])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert same(folder)[0] == 1


def test_two_files_that_swap_their_places_are_seen(folder):
    said(folder, "check")
    one, other = (folder / f"generated/{name}/frontend/values.yaml" for name in ("dev", "prod"))
    one.rename(folder / "kept")
    other.rename(one)
    (folder / "kept").rename(other)
    assert same(folder)[0] == 1


def test_folders_that_swap_their_places_are_seen(folder):
    said(folder, "check")
    one, other = folder / "generated/dev", folder / "generated/prod"
    one.rename(folder / "kept")
    other.rename(one)
    (folder / "kept").rename(other)
    assert same(folder)[0] == 1


@pytest.mark.parametrize("path", ["services/frontend", "services", "environments", "generated", "generated/prod", SPEC])
def test_what_moves_and_leaves_a_link_is_refused_as_before(path, folder, tmp_path):
    said(folder, "check")
    (folder / path).rename(tmp_path / "elsewhere")
    (folder / path).symlink_to(tmp_path / "elsewhere")
    assert not str(same(folder)[1]).endswith(CLEAN)


@pytest.mark.parametrize(
    "path", ["generated/prod/other/values.yaml", "services/other/pipeline.yaml", "strategies/x.yaml", "x/Pipeline.yaml"]
)
def test_a_file_that_is_new_is_seen(path, folder):
    said(folder, "check")
    write_tree(folder, {path: "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: other}\n"})
    assert not str(same(folder)[1]).endswith(CLEAN)


@pytest.mark.parametrize("path", ["generated/prod/frontend/values.yaml", SPEC, "environments/prod.yaml", "tiphys.yaml"])
def test_a_file_that_is_gone_is_seen(path, folder):
    said(folder, "check")
    (folder / path).unlink()
    assert not str(same(folder)[1]).endswith(CLEAN)


def test_what_generate_removed_is_seen_when_it_is_back(folder):
    shutil.copytree(folder, folder.parent / "before")
    shutil.rmtree(folder / "services/frontend")
    assert said(folder, "generate", "--allow-delete", "-q")[0] == 0
    shutil.copytree(folder.parent / "before/generated", folder / "generated", dirs_exist_ok=True)
    code, text = same(folder)
    assert (code, "frontend.yaml: error[TP903]" in text) == (1, True)
    shutil.copytree(folder.parent / "before/services/frontend", folder / "services/frontend")
    code, text = same(folder)
    assert (code, text.endswith(CLEAN)) == (0, True)


def test_a_file_that_cannot_be_read_any_more_is_seen(folder):
    said(folder, "check")
    path = folder / "generated/prod/frontend/values.yaml"
    path.unlink()
    path.mkdir()
    assert same(folder)[0] == 1


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_generated_file_in_whose_place_is_a_folder_is_missing_in_each_run(form, folder):
    path = folder / "generated/prod/frontend/values.yaml"
    path.unlink()
    path.mkdir()
    for number in range(2):
        said(folder, "check", "--format", form)
        assert "prod/frontend/values.yaml: error[TP901]: missing" in same(folder)[1]
        edit(folder, "services/adservice/pipeline.yaml", "apiVersion", f"# {number}\napiVersion")


def test_a_file_that_changed_while_its_time_stood_still_is_seen(tmp_path, cache):
    """A run that begins within the granule of the last change does not trust the state of the file."""
    made = boutique(tmp_path / "w")
    said(made, "check")
    raw = Store(str(cache)).get(next(path.name for path in cache.glob("*.notes")))
    kept, _ = rows.decoded(raw, str(made))
    now = {question.path: kept.note(question).state for question in kept.questions}
    assert set(now.values()) == {NO_STATE}, "all files were written a moment ago"


@pytest.mark.parametrize("path", [SPEC, "environments", "generated/prod/frontend/values.yaml"])
@pytest.mark.parametrize("year", [1902, 2261, 2400])
def test_a_file_of_another_century_is_checked_like_any_other(year, path, folder):
    os.utime(folder / path, ((year - 1970) * 31_556_952,) * 2)
    if (folder / path).stat().st_mtime_ns // 10**9 != (year - 1970) * 31_556_952:
        pytest.skip("this file system has no such time")
    for _ in range(2):
        assert same(folder)[1].endswith(CLEAN)
    edit(folder, *CHANGE)
    os.utime(folder / path, ((year - 1970) * 31_556_952,) * 2)
    assert same(folder)[0] == 1


def test_another_version_of_the_tool_takes_nothing_from_this_one(folder, generated, monkeypatch):
    said(folder, "check")
    generated.clear()
    monkeypatch.setattr("generator.cli.remembering.identity", lambda _store: "another")
    monkeypatch.setattr("generator.cli.at_once.identity", lambda _store: "another")
    said(folder, "check")
    assert len(generated) == 11


def test_a_copy_of_the_workspace_is_another_workspace(folder, tmp_path):
    said(folder, "check")
    shutil.copytree(folder, tmp_path / "copy")
    edit(tmp_path / "copy", *CHANGE)
    assert same(tmp_path / "copy")[0] == 1
    assert same(folder)[1].endswith(CLEAN)


def test_another_checkout_takes_over_what_one_has_learned(folder, tmp_path, generated):
    first = said(folder, "check")
    shutil.copytree(folder, tmp_path / "clone")
    generated.clear()
    assert said(tmp_path / "clone", "check") == first
    assert generated == []
    edit(tmp_path / "clone", *CHANGE)
    assert same(tmp_path / "clone")[0] == 1
    assert generated[0] == SPEC, "one service is generated, and then all without a cache"
    generated.clear()
    assert said(folder, "check") == first
    edit(folder, *CHANGE)
    assert said(folder, "check")[0] == 1
    assert generated == [SPEC], "what the other checkout has kept since took nothing from this one"


@pytest.mark.parametrize("copies", [False, True])
def test_a_chart_that_a_restored_cache_has_is_seen_wherever_it_is_restored(copies, tmp_path, cache, later, monkeypatch):
    made = Repository(tmp_path / "w")
    made.write("services/web/pipeline.yaml", kept_chart.SPEC_OF_IT)
    folder = made.folder
    assert said(folder, "generate")[0] == said(folder, "check")[0] == 0
    kept_chart.fetch()
    if copies:
        folder = tmp_path / "other"
        shutil.copytree(made.folder, folder, symlinks=True)
    cache.parent.rename(tmp_path / "restored")
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "restored"))
    assert "must be an integer" in same(folder)[1]


def test_a_checkout_in_another_folder_of_its_repository_takes_nothing_over(tmp_path, cache, later, generated):
    """Reports name files by their path in the repository."""
    for name in ("one/deploy", "two/other"):
        shutil.copytree(ROOT / "examples" / "online-boutique", tmp_path / name)
        subprocess.run(["git", "init", "-q", (tmp_path / name).parent], check=True)
        generated.clear()
        said(tmp_path / name, "check")
        assert len(generated) == 11


def test_an_interrupted_run_is_told_whatever_is_remembered(folder, monkeypatch):
    said(folder, "check")
    edit(folder, *CHANGE)

    def killed(*_words, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("generator.system.transaction.journal._move", killed, raising=False)
        patch.setattr(os, "rename", killed)
        patch.setattr(os, "replace", killed)
        said(folder, "generate", "--no-cache")
    edit(folder, SPEC, CHANGE[2], CHANGE[1])
    assert same(folder) == said(folder, "check", "--no-cache")


def test_a_checkout_that_goes_on_takes_no_edit_back_from_another_one(tmp_path, cache, later):
    """Both have what the first runs made in common, and each keeps what it has made since."""
    made = Repository(tmp_path / "w")
    for number in range(24):
        made.write(f"services/s{number}/pipeline.yaml", spec(f"s{number}", dev="1.0.0"))

    def suppress(folder: Path, number: int, rule: str) -> None:
        path = folder / f"services/s{number}/pipeline.yaml"
        path.write_text(f"{path.read_text()}# tiphys: ignore[{rule}] because of the test\n")

    said(made.folder, "lint")
    suppress(made.folder, 1, "TP201")
    said(made.folder, "lint")
    other = tmp_path / "other"
    shutil.copytree(made.folder, other, symlinks=True)
    assert "unused suppression of `TP201`" in said(other, "lint")[1]
    suppress(made.folder, 2, "TP201")
    said(made.folder, "lint")
    suppress(other, 3, "TP202")
    warm = said(other, "lint")
    assert "services/s1/pipeline.yaml" in warm[1]
    assert warm == said(other, "lint", "--no-cache")


def test_a_kill_between_two_writes_of_what_is_remembered_brings_no_edit_back(tmp_path, cache, later, monkeypatch):
    made = Repository(tmp_path / "w")
    for number in range(24):
        made.write(f"services/s{number}/pipeline.yaml", spec(f"s{number}", dev="1.0.0"))
    said(made.folder, "lint")
    for number in (1, 2):
        path = made.folder / f"services/s{number}/pipeline.yaml"
        path.write_text(f"{path.read_text()}# tiphys: ignore[TP201] because of the test\n")
        with monkeypatch.context() as patch:
            if number == 2:  # the record of the run is not written any more
                patch.setattr("generator.pipeline.memory.record.write", lambda *_: False)
            said(made.folder, "lint")
    assert "services/s1/pipeline.yaml" in same(made.folder, "lint")[1]


DAMAGE = {
    "cut": lambda raw: raw[: len(raw) // 2],
    "empty": lambda _raw: b"",
    "one bit": lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:],
    "foreign": lambda _raw: b"not ours\n" * 99,
    "huge numbers": lambda raw: raw.replace(b'"rows": ', b'"rows": 9', 1),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("kind", ["*.notes", "units-*"])
def test_an_entry_that_is_damaged_is_a_miss(damage, kind, folder, cache):
    first = said(folder, "check")
    for path in cache.glob(kind):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert said(folder, "check") == first
    edit(folder, *CHANGE)
    for path in cache.glob(kind):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert same(folder)[0] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b'{"services/frontend/pipeline.yaml": 1}',
        b'{"services/frontend/pipeline.yaml": [[],[],[],[],[],[],[],[]]}',
    ],
)
def test_units_of_another_form_are_a_miss_or_harmless(content, folder, cache):
    said(folder, "check")
    for path in cache.glob("units-*"):
        Store(str(cache)).put(path.name, content)
    edit(folder, "services/adservice/pipeline.yaml", 'PORT: "9555"', 'PORT: "9556"')
    assert said(folder, "check")[0] in (1, 2)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707])
def test_a_cache_that_others_can_write_to_is_not_believed(mode, folder, cache, generated):
    said(folder, "check")
    generated.clear()
    cache.chmod(mode)
    said(folder, "check")
    assert len(generated) == 11


def test_a_cache_in_the_repository_is_not_believed(folder, monkeypatch, generated):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(folder / ".cache"))
    said(folder, "check")
    said(folder, "check")
    assert len(generated) == 22
    assert not (folder / ".cache").exists()


def test_a_cache_that_cannot_be_written_only_costs_time(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "file"))
    assert same(folder)[1].endswith(CLEAN)


def test_a_home_that_does_not_exist_is_not_made(folder, monkeypatch):
    for name in ("TIPHYS_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/no-such-home")
    assert same(folder)[1].endswith(CLEAN)
    assert not Path("/no-such-home").exists()


def test_entries_are_private_and_hold_no_content_of_files(folder, cache):
    edit(folder, SPEC, CHANGE[1], 'PASSWORD: "hunter2-plain"')
    said(folder, "check")
    said(folder, "generate")
    said(folder, "check")
    assert cache.stat().st_mode & 0o777 == 0o700
    for path in cache.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"hunter2-plain" not in path.read_bytes()


@pytest.mark.parametrize("call", ["open", "replace", "makedirs"])
def test_a_disk_that_is_full_only_costs_time(call, folder, cache, monkeypatch):
    first, done = said(folder, "check", "--no-cache"), getattr(os, call)

    def full(path, *words, **more):
        if str(path).startswith(str(cache)) and (call != "open" or words[0] & os.O_CREAT):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return done(path, *words, **more)

    monkeypatch.setattr(os, call, full)
    assert said(folder, "check") == said(folder, "check") == first
    assert not any(path.is_file() for path in cache.parent.rglob("*"))


def test_what_a_killed_run_left_half_written_is_removed(folder, cache):
    said(folder, "check")
    half = cache / ".new-1-1"
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    edit(folder, *CHANGE)
    said(folder, "check")
    assert not half.exists()


def test_what_is_kept_has_a_bound(tmp_path):
    store = Store(str(tmp_path / "kept"))
    for number in range(5):
        assert store.put(f"entry-{number}", bytes(1000))
        os.utime(tmp_path / "kept" / f"entry-{number}", (number, number))
    store.shrink(2500)
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["entry-3", "entry-4"]


def test_runs_at_once_say_what_one_alone_says(folder, cache, tiphys):
    cold = tiphys("check", "--no-cache", cwd=folder)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            found = list(pool.map(lambda _: tiphys("check", cwd=folder), range(4)))
            assert {(one.returncode, one.stdout, one.stderr) for one in found} == {(0, cold.stdout, cold.stderr)}
            edit(folder, SPEC, "ENABLE_PROFILER", "ENABLE_PROFILER")
            os.utime(folder / SPEC)


def test_the_cache_tells_what_it_keeps_and_is_cleared(folder, cache):
    said(folder, "check")
    journal = cache.parent / "runs" / "of another run"
    write_tree(cache.parent, {"helm/key": b"rendered", "chart-files/x/y/z": b"chart"})
    write_tree(journal.parent, {journal.name: b"not to be cleared"})
    code, told = said(folder, "cache", "info")
    assert (code, told.splitlines()[0]) == (0, str(cache.parent))
    assert [line.split()[0] for line in told.splitlines()[1:]] == ["memory", "helm", "charts"]
    (cache.parent / "helm").chmod(0o775)  # as a umask of 2 makes it
    code, told = said(folder, "cache", "clear")
    assert (code, told[:8]) == (0, "removed ")
    assert [path for path in cache.parent.rglob("*") if path.is_file()] == [journal]
    assert said(folder, "cache", "clear") == (0, "removed 0 entries, 0 bytes\n")


def test_what_was_said_elsewhere_is_not_said_to_github_as_it_is(folder, monkeypatch):
    """A line of a file can look like a command of the runner."""
    edit(folder, "environments/dev.yaml", "repository: oci", "# ##[error]pwned\n    repository: oci")
    said(folder, "check", "--format", "text")
    runner = CliRunner(env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": ""})
    call = ["-C", str(folder), "check", "--format", "text"]
    warm, cold = (runner.invoke(program, [*call, *more], standalone_mode=False).output for more in ([], ["--no-cache"]))
    assert warm == cold


def test_a_cache_in_the_repository_around_a_submodule_is_not_used(tmp_path, monkeypatch, later):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "around" / "cache"))
    subprocess.run(["git", "init", "-q", tmp_path / "around"], check=True)
    made = boutique(tmp_path / "around" / "nested")
    said(made, "check")
    assert not (tmp_path / "around" / "cache").exists()


def test_a_name_that_the_locale_cannot_write_is_no_fault_the_second_time(folder, tmp_path):
    (folder / "generated/dev/\N{LATIN SMALL LETTER E WITH ACUTE}.yaml").write_text("a: 1\n")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", "generator", "check"]
    first, second = (subprocess.run(call, cwd=folder, env=environment, capture_output=True, check=False) for _ in range(2))
    assert first.returncode == 1
    assert (first.stdout, first.stderr, first.returncode) == (second.stdout, second.stderr, second.returncode)
