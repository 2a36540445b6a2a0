"""The ledger of environments that extend others: a release in a shared file must be told in each of its heirs."""

from __future__ import annotations

import random

import pytest

from generator.history.ledger import releases
from generator.history.ledger.story import Story
from generator.history.ledger.uncommitted import OnDisk
from generator.history.ledger.versions import Version
from generator.service.resolve import Resolver, UnresolvedError
from generator.syntax.merge import lookup
from generator.workspace.load import Loader
from support.repositories import Repository, environment, spec, states, told

pytestmark = pytest.mark.usefixtures("git")

NAMES = ("base", "eu", "live", "dev", "prod")
HEAD = "apiVersion: tiphys/v1\nkind: Environment\n"
RELEASED = [("image", "tag"), ("image", "digest"), ("chart", "name"), ("chart", "version")]


def shared(name="base", chart="1.0.0", extends=""):
    """Return an abstract environment with the version of a chart."""
    text = f'{HEAD}metadata: {{name: {name}, abstract: true}}\nspec:\n  chart: {{name: service, version: "{chart}"}}\n'
    return text + (f"  extends: [{extends}]\n" if extends else "")


def heir(name, extends, more=""):
    """Return an environment that has all but its Application from others."""
    argocd = f"{{project: shop, destination: {{namespace: shop-{name}}}}}"
    return f"{HEAD}metadata: {{name: {name}}}\nspec:\n  extends: [{extends}]\n  argocd: {argocd}\n{more}"


def ledger_of(repository, env="prod"):
    root = str(repository.root)
    return releases(root, Loader(root).workspace(), "web", env)


def step(repository, chance):
    """Change something that may or may not be a release, and may or may not be valid."""
    name = chance.choice(NAMES)
    path = f"environments/{name}.yaml"
    match chance.randrange(9):
        case 0:
            (repository.root / path).unlink(missing_ok=True)
        case 1:
            repository.write(path, f"{HEAD}metadata: {{name: {name}}}\nspec: [")
        case 2 | 3 | 4 | 5 | 6:
            repository.write(path, _random_environment(name, chance))
        case _:
            tags = {env: f"1.{chance.randrange(4)}.0" for env in chance.sample(["dev", "prod"], chance.randrange(1, 3))}
            more = chance.choice(["", '  chart: {version: "9.0.0"}\n'])
            repository.write("services/web/pipeline.yaml", spec("web", **tags) + more)


def _random_environment(name, chance):
    rank = NAMES.index(name)
    known = [*NAMES[:rank], *(["nowhere"] if not chance.randrange(20) else []), *(NAMES if not chance.randrange(15) else [])]
    extends = chance.sample(sorted(set(known)), min(len(set(known)), chance.randrange(3)))
    abstract = ", abstract: true" if rank < 3 and chance.randrange(4) else ""
    lines = [f"metadata: {{name: {name}{abstract}}}", "spec:"]
    lines += [f"  argocd: {{project: shop, destination: {{namespace: shop-{name}}}}}"]
    lines += [f"  extends: [{', '.join(extends)}]"] if extends else []
    version = f'version: "1.{chance.randrange(3)}.0"'
    chart = chance.choice(["", version, f"name: service, {version}", "name: other", 'repository: "oci://r/x"'])
    lines += [f"  chart: {{{chart}}}"] if chart else []
    lines += chance.choice([
        [],
        [f'  defaults: {{image: {{tag: "2.{chance.randrange(3)}.0"}}}}'],
        [f'  defaults: {{chart: {{version: "3.{chance.randrange(3)}.0"}}}}'],
        ["  defaults: {chart: {version: null}}"],
        [f'  defaults: {{image: {{digest: "sha256:{chance.choice("ab") * 64}"}}}}'],
    ])  # fmt: skip
    return HEAD + "\n".join(lines) + "\n"


def version_now(repository, env):
    """Return what the loader and the resolver of `generate` say of the files on disk; None if they are at fault."""
    loader = Loader(str(repository.root))
    environments = loader.environments(loader.workspace())
    found = loader.spec("services/web/pipeline.yaml") if (repository.root / "services/web/pipeline.yaml").exists() else None
    if found is None or env not in found.environments or env not in environments:
        return None
    try:
        data = Resolver(loader.presets()).resolve(found, environments[env]).data
    except UnresolvedError:
        return None
    return Version(*(lookup(data, pointer)[1] or "" for pointer in RELEASED))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_extended_every_commit_has_the_version_that_generate_saw_then(seed, tmp_path):
    chance = random.Random(seed)
    repository = Repository(tmp_path / "r")
    repository.write("environments/base.yaml", shared())
    repository.write("environments/dev.yaml", heir("dev", "base"))
    repository.write("environments/prod.yaml", heir("prod", "base"))
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="1.0.0"))
    seen = {}
    for number in range(30):
        if number:
            step(repository, chance)
        seen[repository.commit(f"step {number}")] = {env: version_now(repository, env) for env in ("dev", "prod")}
    checked = 0
    for env in ("dev", "prod"):
        ledger = ledger_of(repository, env).releases
        starts = {release.commit: tuple(release.version) for release in ledger}
        ends = {release.ended.id for release in ledger if release.ended}
        now = None
        for commit, versions in seen.items():
            now = starts.get(commit, None if commit in ends else now)
            if versions[env] is not None:
                assert now == versions[env], (env, repository.git("log", "--oneline", "--stat", "-3", commit))
                checked += 1
        last = next(reversed(seen.values()))[env]
        if last is not None:
            workspace = Loader(str(repository.root)).workspace()
            assert tuple(OnDisk(str(repository.root), workspace).version("web", env)) == last
    assert checked > 8


@pytest.mark.parametrize("seed", range(8, 11))
def test_reading_one_service_finds_what_reading_all_of_them_finds(seed, tmp_path):
    chance = random.Random(seed)
    repository = Repository(tmp_path / "r")
    repository.write("environments/base.yaml", shared())
    repository.write("environments/prod.yaml", heir("prod", "base"))
    repository.write("services/web/pipeline.yaml", spec(prod="1.0.0"))
    for number in range(24):
        step(repository, chance)
        repository.commit(f"step {number}")
    root = str(repository.root)
    workspace = Loader(root).workspace()
    one, every = (list(states(story, "web", "prod")) for story in (Story(root, workspace, "web"), Story(root, workspace)))
    assert one == every


def test_a_chart_that_an_abstract_environment_raises_is_a_release_in_each_of_its_heirs(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("environments/base.yaml", shared())
    repository.write("environments/live.yaml", shared("live", "2.0.0", "base").replace('version: "2.0.0"', "profile: service"))
    repository.write("environments/dev.yaml", heir("dev", "base"))
    repository.write("environments/prod.yaml", heir("prod", "live", "  promotion: {from: dev}\n"))
    repository.write("services/web/pipeline.yaml", spec(dev="1.0.0", prod="1.0.0"))
    repository.commit("start")
    repository.git("checkout", "-q", "-b", "side")
    repository.write("environments/base.yaml", shared(chart="1.1.0"))
    repository.commit("Raise the chart", who="Ben")
    repository.git("checkout", "-q", "main")
    repository.write("README.md", "x")
    repository.commit("meanwhile")
    repository.do_merge("side", by="Eve")
    repository.write("environments/live.yaml", shared("live", "1.2.0", "base"))
    repository.commit("Only live")
    assert [told(release) for release in ledger_of(repository, "prod").releases] == [
        "3 1.0.0 chart 1.2.0, was 1.0.0 chart 1.1.0; Ann at 5: Only live",
        "2 1.0.0 chart 1.1.0, was 1.0.0 chart 1.0.0; Ben at 4: Raise the chart",
        "1 1.0.0 chart 1.0.0, new; Ann at 1: start",
    ]
    assert [told(release) for release in ledger_of(repository, "dev").releases] == [
        "2 1.0.0 chart 1.1.0, was 1.0.0 chart 1.0.0; Ben at 4: Raise the chart",
        "1 1.0.0 chart 1.0.0, new; Ann at 1: start",
    ]
    repository.write("environments/base.yaml", shared(chart="1.3.0"))
    root = str(repository.root)
    disk = OnDisk(root, Loader(root).workspace())
    assert [disk.version("web", env).chart_version for env in ("dev", "prod")] == ["1.3.0", "1.2.0"]
    assert ledger_of(repository, "dev").releases[0].chart_version == "1.1.0", "what is not committed is no release"


def test_services_whose_spec_cannot_be_read_count_as_deployed_to_everything_but_what_is_abstract(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("environments/base.yaml", shared())
    repository.write("services/web/pipeline.yaml", "metadata: {name: web}\nspec: [")
    root = str(repository.root)
    assert OnDisk(root, Loader(root).workspace()).deployed_to("web") == ["dev", "prod"]


def test_an_environment_that_is_given_up_and_extended_from_then_on_keeps_its_past(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("services/web/pipeline.yaml", spec(prod="1.0.0"))
    repository.commit("start")
    repository.write(
        "environments/base.yaml", environment("base", "1.0.0").replace("name: base}", "name: base, abstract: true}")
    )
    repository.write("environments/prod.yaml", heir("prod", "base"))
    repository.commit("Share what both have")
    repository.write(
        "environments/base.yaml", environment("base", "1.4.0").replace("name: base}", "name: base, abstract: true}")
    )
    repository.commit("Raise it")
    repository.git("mv", "environments/base.yaml", "environments/common.yaml")
    repository.commit("Break it by a rename")
    repository.write(
        "environments/common.yaml", environment("common", "1.4.0").replace("name: common}", "name: common, abstract: true}")
    )
    repository.write("environments/prod.yaml", heir("prod", "common"))
    repository.commit("Rename it")
    assert [told(release).partition(",")[0] for release in ledger_of(repository).releases] == [
        "2 1.0.0 chart 1.4.0",
        "1 1.0.0 chart 1.0.0",
    ]
