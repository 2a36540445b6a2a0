"""One plan for all that a promotion releases: its order, time, peaks and the steps that need people."""

from __future__ import annotations

import json
import re

import pytest

from support.called import called
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

PRESET = """\
apiVersion: tiphys/v1
kind: Strategy
metadata: {name: careful}
spec: {strategy: {canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 50}, {pause: {duration: 10m}}, {pause: {}}]}}}
"""
PAID = (
    '{image: {tag: "%s"}, replicas: 4, rollout: {preset: careful}, values: {resources: {requests: {cpu: 500m, memory: 1Gi}}}}'
)


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("strategies/careful.yaml", PRESET)
    made.write("services/payments/pipeline.yaml", spec("payments", dev="2.1.0", prod=PAID % "2.0.0"))
    made.write("services/mail/pipeline.yaml", spec("mail", dev="1.1.0", prod='{image: {tag: "1.0.0"}, replicas: 2}'))
    needing = spec("checkout", dev="1.1.0", prod=PAID % "1.0.0").replace(
        "  environments:\n", "  dependsOn: [{service: payments, version: '>=2.1'}]\n  environments:\n"
    )
    made.write("services/checkout/pipeline.yaml", needing)
    made.write("services/still/pipeline.yaml", spec("still", dev="1.0.0", prod="1.0.0"))
    call(made, "generate")
    made.commit("generate")
    return made


def call(repository, *words):
    done = called(repository, *words)
    assert (done.exception, done.return_value) == (None, 0), (done.output, done.exception)
    return done.stdout


def test_a_set_is_planned_in_the_order_of_its_dependencies_with_its_peaks_and_its_people(repository):
    assert (
        call(repository, "plan", "--promote", "dev:prod")
        == """\
prod after a promotion from dev: 3 services in 2 stages

stage  service   release           replicas  peak  available  takes
1      mail      plain Deployment         2     3          2  pods start
1      payments  canary                   4     5          4  ≥ 10m + promotion
2      checkout  canary                   4     5          4  ≥ 10m + promotion

one stage after the other, it takes at least 20m, and 2 manual promotions; peak 12 pods, 4.5 CPU, 9 GiB
all at once, it takes at least 10m, and 2 manual promotions; peak 13 pods, 5 CPU, 10 GiB
before and after: 10 pods, 4 CPU, 8 GiB; one commit starts all of them at once, unless the sync waves of their Applications follow the stages
without resource requests, and so not in the sums of CPU and memory: `mail`
needs people:
  payments, step 2: kubectl argo rollouts promote payments
  checkout, step 2: kubectl argo rollouts promote checkout
"""
    )


def test_programs_get_the_same_numbers(repository):
    found = json.loads(call(repository, "plan", "--promote", "dev:prod", "--format", "json"))
    assert [[one["service"] for one in stage["services"]] for stage in found["stages"]] == [["mail", "payments"], ["checkout"]]
    assert found["inOrder"] == {
        "plannedSeconds": {"min": 1200, "max": None},
        "peak": {"pods": 12, "cpu": 4.5, "memoryBytes": 9 * 2**30},
    }
    assert found["atOnce"] == {
        "plannedSeconds": {"min": 600, "max": None},
        "peak": {"pods": 13, "cpu": 5.0, "memoryBytes": 10 * 2**30},
    }
    assert found["settled"]["pods"] == 10
    assert found["manualGates"][0] == {"service": "payments", "destination": None, "step": 2, "rollout": "payments"}
    assert found["stages"][1]["services"][0]["plans"][0]["peakPods"] == 5


def test_markdown_and_the_page_say_the_same_and_the_page_loads_nothing(repository):
    markdown = call(repository, "plan", "--promote", "dev:prod", "--format", "markdown")
    assert "| stage | service | release | replicas | peak | available | takes |\n|---|---|---|---|---|---|---|\n" in markdown
    assert "- checkout, step 2: kubectl argo rollouts promote checkout" in markdown
    page = call(repository, "plan", "--promote", "dev:prod", "--format", "html")
    assert "peak 12 pods, 4.5 CPU, 9 GiB" in page
    assert '<th scope="row">checkout</th>' in page
    assert not re.search(r"<script|https?://|src=", page)


def test_a_plan_of_an_earlier_set_is_of_its_versions(repository):
    then = repository.git("rev-parse", "HEAD")
    path = "services/mail/pipeline.yaml"
    repository.write(path, spec("mail", dev="1.2.0", prod='{image: {tag: "1.2.0"}, replicas: 2}'))
    call(repository, "generate")
    repository.commit("mail")
    today = call(repository, "plan", "--promote", "dev:prod")
    assert "2 services in 2 stages" in today
    said = call(repository, "plan", "--promote", "dev:prod", "--at", then)
    assert f"prod after a promotion from dev at commit {then[:8]}: 3 services in 2 stages" in said


def test_destinations_are_released_wave_by_wave_within_a_stage(repository):
    text = environment("prod", more="  promotion: {from: dev}\n").replace(
        "destination: {namespace: shop-prod}",
        "destination: {namespace: shop}, destinations: {eu: {name: eu}, us: {name: us}}, waves: [[eu], [us]]",
    )
    repository.write("environments/prod.yaml", text)
    found = json.loads(call(repository, "plan", "--promote", "dev:prod", "--format", "json"))
    assert found["settled"]["pods"] == 20
    assert found["inOrder"]["plannedSeconds"]["min"] == 2400
    assert found["inOrder"]["peak"]["pods"] == 22, "one more of mail and of payments, in one of their waves"


def test_nothing_to_promote_has_no_plan(repository):
    for name, tag in (("payments", "2.1.0"), ("mail", "1.1.0"), ("checkout", "1.1.0")):
        repository.write(f"services/{name}/pipeline.yaml", spec(name, dev=tag, prod=tag))
    assert "prod already has the versions of dev" in called(repository, "plan", "--promote", "dev:prod").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--promote", "dev:prod", "--env", "prod"], "cannot be used with --promote"),
        (["--promote", "dev:prod", "--replicas", "3"], "--replicas cannot be used with --promote"),
        (["--promote", "dev:prod", "--format", "svg"], "--format svg cannot be used with --promote"),
        (["--promote", "dev"], "--promote takes two environments"),
        (["--at", "HEAD", "--env", "prod"], "--at is for --promote A:B"),
        (["checkout"], "Missing option '--env'"),
        (["checkout", "--env", "prod", "--format", "html"], "--format html requires --promote A:B"),
        (["--promote", "prod:dev"], "prod is not before dev"),
    ],
)
def test_options_that_do_not_fit_are_refused(words, said, repository):
    assert said in str(called(repository, "plan", *words).exception)
