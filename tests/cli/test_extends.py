"""Environments that extend others: the same as one long file, and every value traced to the file that sets it."""

from __future__ import annotations

import json
import random

import pytest
import yaml

from support.extends import BASE, PROD, SPEC, TREE, WHOLE, environment, over, replaced
from support.repositories import Repository
from support.trees import read_tree, write_tree


@pytest.fixture
def folder(tmp_path):
    return write_tree(tmp_path / "w", TREE)


# One long file


FIELDS = {
    "project": lambda chance: {"argocd": {"project": chance.choice(["shop", "store"])}},
    "namespace": lambda chance: {
        "argocd": {"destination": {"namespace": chance.choice(["{labels.team}-{environment}", "{service}-{environment}"])}}
    },
    "sync": lambda chance: {"argocd": {"syncPolicy": {"automated": {chance.choice(["prune", "selfHeal"]): True}}}},
    "options": lambda chance: {"argocd": {"syncPolicy": {"syncOptions": [f"PruneLast={chance.choice(['true', 'false'])}"]}}},
    "labels": lambda chance: {"argocd": {"labels": {chance.choice("abc"): chance.choice(["red", "blue"])}}},
    "delete": lambda chance: {"argocd": {"onDelete": chance.choice(["orphan", "cascade"])}},
    "version": lambda chance: {"chart": {"version": chance.choice(["1.0.0", "1.1.0"])}},
    "repository": lambda chance: {"chart": {"repository": f"oci://registry.example.com/{chance.choice('ab')}"}},
    "replicas": lambda chance: {"defaults": {"replicas": chance.randrange(1, 5)}},
    "values": lambda chance: {"defaults": {"values": {"env": {chance.choice("ABC"): chance.choice(["x", "{environment}"])}}}},
    "lists": lambda chance: {"defaults": {"values": {"args": [chance.choice("ab")]}}},
    "tag": lambda chance: {"defaults": {"image": {"tag": chance.choice(["1.0.0", "2.0.0"])}}},
    "policy": lambda chance: {"policy": {"replicas": chance.choice([{"min": 1}, {"max": 5}])}},
    "promotion": lambda chance: {"promotion": {"from": "dev", "soak": chance.choice(["1h", "2h"])}},
}


@pytest.mark.parametrize("seed", range(6))
def test_extending_files_is_the_same_as_writing_all_into_one(seed, tmp_path, tiphys):
    chance = random.Random(seed)
    spec = TREE[SPEC].replace("{name: web}", "{name: web, labels: {team: red}}").replace(', tag: "1.0.0"', "")
    parts = {"one": WHOLE}
    for name in ("two", "three", "four"):
        parts[name] = {}
        for field in chance.sample(sorted(FIELDS), 6):
            parts[name] = over(parts[name], FIELDS[field](chance))
    own = FIELDS["tag"](chance)
    orders = {"dev": ["one", "two", "three"], "prod": ["one", "two", "three", "four"]}
    layered = {f"environments/{name}.yaml": environment(name, part, abstract=True) for name, part in parts.items()}
    layered["environments/three.yaml"] = environment("three", {**parts["three"], "extends": ["one", "two"]}, abstract=True)
    layered["environments/dev.yaml"] = environment("dev", {**own, "extends": ["three"], "promotion": {"from": "qa"}})
    layered["environments/prod.yaml"] = environment("prod", {**own, "extends": ["one", "three", "two", "four"]})
    long = {}
    for name, order in orders.items():
        merged = {}
        for part in order:
            merged = over(merged, parts[part])
        merged = over(merged, own)
        long[f"environments/{name}.yaml"] = environment(
            name, over(merged, {"promotion": {"from": "qa"}}) if name == "dev" else merged
        )
    qa = {"environments/qa.yaml": environment("qa", WHOLE)}
    made = []
    for title, files in (("layered", layered), ("long", long)):
        folder = write_tree(tmp_path / title, {"tiphys.yaml": TREE["tiphys.yaml"], SPEC: spec, **files, **qa})
        done = tiphys("generate", cwd=folder)
        assert done.returncode == 0, done.stdout
        made.append(read_tree(folder / "generated"))
    assert made[0] == made[1]


REPLACED = [
    (
        "a different cluster replaces how the inherited one was named",
        {"argocd": {"destination": {"server": "https://a.example.com", "namespace": "shop"}}},
        {"argocd": {"destination": {"name": "b"}}},
        lambda made: made["destination"] == {"name": "b", "namespace": "shop"},
    ),
    (
        "a different chart has a version of its own",
        {"chart": {"version": "1.0.0"}},
        {"chart": {"name": "onechart", "version": "0.70.0"}},
        lambda made: (made["sources"][0]["chart"], made["sources"][0]["targetRevision"]) == ("onechart", "0.70.0"),
    ),
    (
        "a list replaces a list",
        {"argocd": {"syncPolicy": {"syncOptions": ["A=true", "B=true"]}}},
        {"argocd": {"syncPolicy": {"syncOptions": ["C=true"]}}},
        lambda made: made["syncPolicy"]["syncOptions"] == ["C=true"],
    ),
]


@pytest.mark.parametrize(("below", "above", "right"), [pytest.param(*case[1:], id=case[0]) for case in REPLACED])
def test_a_mixture_of_two_files_says_nothing_that_neither_of_them_means(below, above, right, folder, tiphys):
    whole = over(WHOLE, below)
    (folder / BASE).write_text(environment("base", whole, abstract=True))
    (folder / PROD).write_text(environment("prod", {"extends": ["base"], **above}))
    done = tiphys("generate", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert right(yaml.safe_load((folder / "generated/prod/applications/web.yaml").read_text())["spec"])


def test_charts_are_not_published_to_where_another_repository_is_served_from(folder, tiphys):
    base = over(WHOLE, {"chart": {"repository": "https://charts.example.com/dev", "publish": {"directory": "../dev"}}})
    (folder / BASE).write_text(environment("base", base, abstract=True))
    (folder / PROD).write_text(environment("prod", {"extends": ["base"], "chart": {"repository": "oci://r.example.com/prod"}}))
    assert tiphys("generate", cwd=folder).returncode == 0, "an inherited `publish` would be an error for an OCI registry"


def test_null_takes_away_a_default_and_is_an_error_anywhere_else(folder, tiphys):
    replaced(folder / PROD, "{values: {env: {LOG_LEVEL: warn}}}", "{values: {env: {TIER: null}}, replicas: null}")
    assert tiphys("generate", cwd=folder).returncode == 0
    values = yaml.safe_load((folder / "generated/prod/web/values.yaml").read_text())
    assert (values["env"], "replicaCount" in values) == ({"LOG_LEVEL": "info"}, False)
    replaced(folder / PROD, "policy: {replicas: {max: 20}}", "policy: null")
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.stdout == f"{PROD}:7:11: error TP020 `policy` must be a mapping, not `null`\n", (
        "a policy is never lost by a slip"
    )


# Who says what


def test_explain_names_the_file_of_each_layer_and_of_each_part_of_a_policy(folder, tiphys):
    done = tiphys("explain", "web", "--env", "prod", "replicas", cwd=folder)
    assert done.stdout == (
        "replicas: 2\n"
        "  environments/base.yaml:8:15  environment base: defaults sets it\n"
        '  environments/prod.yaml:7:12  policy.replicas requires: {"max": 20}\n'
        '  environments/base.yaml:10:12  policy.replicas requires: {"min": 1}\n'
    )
    done = tiphys("explain", "web", "--env", "prod", "values.env.LOG_LEVEL", cwd=folder)
    assert done.stdout == (
        'values.env.LOG_LEVEL: "warn"\n'
        "  environments/prod.yaml:6:40  environment prod: defaults sets it\n"
        '  environments/base.yaml:9:31  environment base: defaults set "info" (overridden)\n'
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicas: 2", 'image: {tag: "latest"}', None),
        ("namespace: ", "server: https://user:pass@eu.example.com, namespace: ", f"{BASE}:5:"),
        ("oci://registry.example.com/all", "oci://registry.example.com/charts-all", f"{BASE}:6:"),
        ('project: shop', 'project: "shop-{service}"', f"{BASE}:5:"),
        ("replicas: 2", "rollout: {preset: gradual-canry}", f"it is set in {BASE}:8:"),
        ("replicas: 2", "replicas: 40", f"it is set in {BASE}:8:"),
    ],
)  # fmt: skip
def test_a_fault_in_a_shared_file_is_placed_in_it_or_names_it(old, new, said, folder, tiphys):
    replaced(folder / BASE, old, new)
    done = tiphys("lint", cwd=folder)
    if said:
        assert said in done.stdout, done.stdout
    assert "Traceback" not in done.stderr


def test_a_fault_of_many_environments_in_a_shared_file_is_told_once(folder, tiphys):
    replaced(folder / BASE, "  policy:", "  promotion: {from: stage}\n  policy:")
    replaced(folder / PROD, "  promotion: {from: dev}\n", "")
    done = tiphys("lint", "--format", "json", cwd=folder)
    found = [item for item in json.loads(done.stdout)["diagnostics"] if item["rule"] == "TP031"]
    assert [(item["path"], item["line"], item["environment"]) for item in found] == [(BASE, 10, "dev, prod")]


def test_a_default_that_is_wrong_for_many_environments_is_told_once_for_each_spec(folder, tiphys):
    replaced(folder / BASE, "replicas: 2", "rollout: {strategy: {canary: {steps: [{setWeight: 20}, {setWeight: 10}]}}}")
    done = tiphys("lint", "--format", "json", cwd=folder)
    found = [item for item in json.loads(done.stdout)["diagnostics"] if item["rule"] == "TP201"]
    assert [(item["path"], item["pointer"], item["environment"]) for item in found] == [
        (SPEC, "/spec/environments", "dev, prod")
    ]
    assert f"it is set in {BASE}:8:" in found[0]["hint"]


def test_a_fix_is_made_in_the_file_that_is_at_fault(folder, tiphys):
    replaced(folder / BASE, "{LOG_LEVEL: info,", "{LOG_LEVEL: 010,")
    before = read_tree(folder)
    done = tiphys("lint", "--fix", cwd=folder)
    assert done.returncode == 0, done.stdout
    changed = {path for path, content in read_tree(folder).items() if before[path] != content}
    assert changed == {BASE}
    assert 'LOG_LEVEL: "010"' in (folder / BASE).read_text()


def test_the_report_links_each_line_to_the_file_that_sets_it(folder, tiphys, tmp_path):
    done = tiphys("report", "-o", tmp_path / "site", cwd=folder)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site/services/web.html").read_text()
    links = ["base.yaml.html#L5", "base.yaml.html#L6", "base.yaml.html#L8", "base.yaml.html#L9", "prod.yaml.html#L6"]
    assert [link for link in links if f"../sources/environments/{link}" not in page] == []
    assert (tmp_path / "site/sources/environments/base.yaml.html").exists()


# What a change reaches


@pytest.fixture
def repository(git, tmp_path):
    made = Repository(tmp_path / "r")
    write_tree(made.root, TREE)
    made.write("environments/alone.yaml", environment("alone", WHOLE))
    made.write("services/api/pipeline.yaml", TREE[SPEC].replace("web", "api").replace("{dev: {}, prod: {}}", "{alone: {}}"))
    return made


def test_a_change_of_a_shared_file_reaches_its_heirs_and_nothing_else(repository, tiphys):
    repository.commit("start")
    replaced(repository.root / BASE, "replicas: 2", "replicas: 3")
    replaced(repository.root / BASE, "project: shop", "project: store")
    done = tiphys("affected", "--since", "HEAD", "--format", "json", cwd=repository.root)
    data = json.loads(done.stdout)
    assert [(one["service"], one["environment"], one["because"]) for one in data["affected"]] == [
        ("web", "dev", [BASE]),
        ("web", "prod", [BASE]),
    ]
    assert [(one["environment"], one["because"]) for one in data["roots"]] == [("dev", [BASE]), ("prod", [BASE])]
    done = tiphys("diff", "HEAD", cwd=repository.root)
    assert "2 environments" in done.stdout
    assert "alone" not in done.stdout


def test_the_hook_asks_for_a_shared_file_that_is_not_in_the_commit(repository, tiphys):
    assert tiphys("generate", cwd=repository.root).returncode == 0
    repository.git("add", "-A")
    repository.git("rm", "-q", "--cached", BASE)
    done = tiphys("generate", "--hook", cwd=repository.root)
    assert done.returncode == 1
    assert f"input not tracked: {BASE}" in done.stdout + done.stderr


COMMANDS = [
    ("generate", "--env", "base"),
    ("check", "--env", "base"),
    ("render", "web", "--env", "base"),
    ("plan", "web", "--env", "base"),
    ("explain", "web", "--env", "base", "replicas"),
    ("status", "--env", "base"),
    ("history", "web", "--env", "base"),
    ("diff", "--env", "base", "HEAD"),
    ("bump", "web", "--env", "base", "--image-tag", "1.1.0"),
    ("promote", "web", "--from", "dev", "--to", "base"),
    ("rollback", "web", "--env", "base"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_for_an_abstract_environment_names_those_that_are_deployed_to(command, repository, tiphys):
    repository.commit("start")
    done = tiphys(*command, cwd=repository.root)
    assert done.returncode == 2, done.stdout
    assert "environment `base` is abstract: nothing is deployed to it" in done.stderr
    assert "use an environment that extends it: `dev` or `prod`" in done.stderr


def test_versions_move_between_environments_that_share_a_file(repository, tiphys):
    spec = TREE[SPEC].replace(', tag: "1.0.0"', "")
    spec = spec.replace("{dev: {}, prod: {}}", '\n    dev: {image: {tag: "1.1.0"}}\n    prod: {image: {tag: "1.0.0"}}')
    repository.write(SPEC, spec)
    assert tiphys("generate", cwd=repository.root).returncode == 0
    repository.commit("start")
    done = tiphys("promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason=test", cwd=repository.root)
    assert (done.returncode, done.stdout) == (0, "web prod: image 1.0.0 → 1.1.0\n"), done.stderr
    done = tiphys("status", cwd=repository.root)
    assert "base" not in done.stdout
    assert [line.split()[:3] for line in done.stdout.splitlines()[2:]] == [["web", "dev", "1.1.0"], ["web", "prod", "1.0.0"]]


def test_a_shell_completes_no_abstract_environment(folder, tiphys):
    env = {"_TIPHYS_COMPLETE": "bash_complete", "COMP_WORDS": "tiphys generate --env ", "COMP_CWORD": "3"}
    assert tiphys(cwd=folder, env=env).stdout == "plain,dev\nplain,prod\n"
