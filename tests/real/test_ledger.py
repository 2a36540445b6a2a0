"""The ledger against real repositories: whoever rolls back or waits for a soak time trusts it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

from generator.history.ledger import releases
from generator.history.ledger.matrix import matrix
from generator.history.ledger.story import Story
from generator.history.ledger.versions import service_of
from generator.service.resolve import Resolver
from generator.syntax.merge import lookup
from generator.workspace.load import Loader
from support.repositories import Repository, environment, spec, states, told

pytestmark = pytest.mark.usefixtures("git")

STORIES = yaml.safe_load(Path(__file__).with_name("ledger.yaml").read_text(encoding="utf-8"))


def ledger_of(repository, service="web", env="prod"):
    root = str(repository.root)
    return releases(root, Loader(root).workspace(), service, env)


@pytest.mark.parametrize("below", ["", "deploy/a b"], ids=["at the top", "in a folder"])
@pytest.mark.parametrize("story", STORIES)
def test_releases_are_told_as_they_happened(story, below, tmp_path):
    repository = Repository(tmp_path / "r", below)
    repository.play(STORIES[story]["steps"])
    assert [told(release) for release in ledger_of(repository).releases] == STORIES[story]["releases"]


OTHERS = ["services/{}/pipeline.yaml", "services/deep/{}/pipeline.yaml", "apps/{}.yaml"]


def step(repository, chance):
    """Change something that may or may not be a release."""
    name = chance.choice(["web", "web", "api"])
    paths = sorted(path.relative_to(repository.root).as_posix() for path in repository.root.glob("*/**/*.yaml"))
    specs = [path for path in paths if not path.startswith("environments/")]
    tags = {env: f"1.{chance.randrange(4)}.0" for env in chance.sample(["dev", "prod"], chance.randrange(1, 3))}
    for env in [env for env in tags if not chance.randrange(3)]:
        image = f'{chance.choice(["proxy", "cache"])}: {{tag: "0.{chance.randrange(3)}.0"}}'
        tags[env] = f'{{image: {{tag: "{tags[env]}"}}, images: {{{image}}}}}'
    path = next((path for path in specs if service_of((repository.root / path).read_bytes()) == name), "")
    match chance.randrange(8):
        case 0 if specs:
            (repository.root / chance.choice(specs)).unlink()
        case 1 if specs:
            target = repository.root / chance.choice(OTHERS).format(chance.choice("abc"))
            target.parent.mkdir(parents=True, exist_ok=True)
            (repository.root / chance.choice(specs)).rename(target)
        case 2:
            name = chance.choice(["dev", "prod"])
            repository.write(f"environments/{name}.yaml", environment(name, f"1.{chance.randrange(3)}.0"))
        case 3:
            globs = chance.choice(["", ", specs: ['apps/*.yaml', 'services/**/pipeline.yaml']"])
            repository.write(
                "tiphys.yaml", f"apiVersion: tiphys/v1\nkind: Workspace\nspec: {{repoURL: https://example.com/r{globs}}}\n"
            )
        case 4 if path:
            repository.write(path, "metadata: {name: " + name + "}\nspec: [")
        case _:
            repository.write(path or chance.choice(OTHERS).format(chance.choice("abc")), spec(name, **tags))


def version_now(repository):
    """Return what the loader and the resolver of `generate` say of the files on disk; None if they are at fault."""
    loader = Loader(str(repository.root))
    workspace = loader.workspace()
    environments = loader.environments(workspace)
    found = [spec for path in loader.spec_paths(workspace) if (spec := loader.spec(path, ["web"]))]
    if len(found) != 1 or loader.problems() or "prod" not in found[0].environments or "prod" not in environments:
        return None
    data = Resolver(loader.presets()).resolve(found[0], environments["prod"]).data
    pointers = [("image", "tag"), ("image", "digest"), ("chart", "name"), ("chart", "version")]
    images = data.get("images") or {}
    further = tuple((name, image.get("tag") or "", image.get("digest") or "") for name, image in sorted(images.items()))
    return (*(lookup(data, pointer)[1] or "" for pointer in pointers), further)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happened_every_commit_has_the_version_that_generate_saw_then(seed, tmp_path):
    chance = random.Random(seed)
    repository = Repository(tmp_path / "r")
    seen = {}
    for number in range(24):
        step(repository, chance)
        seen[repository.commit(f"step {number}")] = version_now(repository)
    story = ledger_of(repository).releases[::-1]
    starts = {release.commit: tuple(release.version) for release in story}
    ends = {release.ended.id for release in story if release.ended}
    now, checked = None, 0
    for commit, version in seen.items():
        now = starts.get(commit, None if commit in ends else now)
        if version is not None:
            assert now == version, repository.git("log", "--oneline", "--stat", "-3", commit)
            checked += 1
    assert checked


@pytest.mark.parametrize("seed", range(6, 12))
def test_reading_one_service_along_its_paths_finds_what_reading_all_of_them_finds(seed, tmp_path):
    chance = random.Random(seed)
    repository = Repository(tmp_path / "r")
    for number in range(24):
        step(repository, chance)
        repository.commit(f"step {number}")
    root = str(repository.root)
    workspace = Loader(root).workspace()
    one, every = (list(states(story, "web", "prod")) for story in (Story(root, workspace, "web"), Story(root, workspace)))
    assert one == every


def test_a_shallow_clone_says_that_it_is_one_and_where_its_history_ends(tmp_path):
    repository = Repository(tmp_path / "r")
    for number in range(4):
        repository.write("services/web/pipeline.yaml", spec(prod=f"1.{number}.0"))
        repository.commit(f"bump {number}")
    repository.git("clone", "-q", "--depth", "2", repository.folder.as_uri(), str(tmp_path / "shallow"))
    root = str(tmp_path / "shallow")
    ledger = releases(root, Loader(root).workspace(), "web", "prod")
    assert not ledger.complete
    assert [(release.image_tag, release.at_boundary) for release in ledger.releases] == [("1.3.0", False), ("1.2.0", True)]
    assert ledger_of(repository).complete


def test_what_a_user_configured_in_git_changes_nothing(tmp_path, monkeypatch):
    repository = Repository(tmp_path / "r")
    repository.play(STORIES["a merge lands when it is merged, and is by who made it"]["steps"])
    expected = ledger_of(repository)
    config = tmp_path / "gitconfig"
    config.write_text(
        "[log]\nshowSignature = true\nshowRoot = false\nfollow = true\ndecorate = full\ndate = relative\ndiffMerges = combined\n"
        "[color]\nui = always\n[core]\nquotepath = true\npager = false\nabbrev = 5\n[format]\npretty = fuller\n"
        "[diff]\nnoprefix = true\nrenames = copies\nrelative = true\norderFile = nowhere\nexternal = false\n[i18n]\nlogOutputEncoding = latin1\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert ledger_of(repository) == expected


def test_a_release_is_found_by_number_and_by_the_start_of_its_commit(tmp_path):
    repository = Repository(tmp_path / "r")
    for number in range(3):
        repository.write("services/web/pipeline.yaml", spec(prod=f"1.{number}.0"))
        repository.commit(f"bump {number}")
    ledger = ledger_of(repository)
    assert ledger.find("2").image_tag == "1.1.0"
    assert ledger.find(ledger.releases[0].commit[:9]).image_tag == "1.2.0"
    assert [ledger.find(wanted) for wanted in ("0", "4", "abc", "", "zzzzzzz", "-1")] == [None] * 6


def test_a_repository_without_commits_has_no_releases(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("services/web/pipeline.yaml", spec(prod="1.0.0"))
    assert ledger_of(repository).releases == ()


def test_behind_counts_the_releases_that_the_source_has_and_the_target_has_not(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("environments/qa.yaml", environment("qa", more="  promotion: {from: dev}\n"))
    repository.write("environments/prod.yaml", environment("prod", more="  promotion: {from: qa}\n"))
    for tags in ({"dev": "1.0.0", "qa": "1.0.0", "prod": "1.0.0"}, {"dev": "1.1.0", "qa": "1.0.0", "prod": "1.0.0"},
                 {"dev": "1.2.0", "qa": "1.1.0", "prod": "0.9.0"}):  # fmt: skip
        repository.write("services/web/pipeline.yaml", spec(**tags))
        repository.commit(str(tags))
    repository.write(
        "services/api/pipeline.yaml", spec("api", dev="1.0.0", prod='{image: {tag: "1.0.0"}, chart: {version: "0.9.0"}}')
    )
    repository.commit("api")
    root = str(repository.root)
    loader = Loader(root)
    workspace = loader.workspace()
    found = matrix(Story(root, workspace), loader.environments(workspace))
    assert found.environments == ("dev", "qa", "prod")
    api, web = found.rows
    assert {name: cell.behind and cell.behind.releases for name, cell in web.cells.items()} == {
        "dev": None,
        "qa": 1,
        "prod": None,
    }
    assert web.cells["prod"].source == "qa", "its image was never there"
    assert api.cells["prod"].source == "", "its source does not have the service at all"
