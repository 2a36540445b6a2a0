"""Ranges of chart versions mean to tiphys what they mean to Helm and Argo CD."""

from __future__ import annotations

import pytest
import yaml

from generator.syntax import semver
from support.paths import DATA

CASES = yaml.safe_load((DATA / "semver" / "cases.yaml").read_text())


@pytest.mark.parametrize(("version", "constraint", "within"), CASES)
def test_a_range_lets_in_what_helm_would_take(version, constraint, within):
    assert semver.satisfies(semver.parse(version), constraint) is within


@pytest.mark.parametrize("text", ["1.2", "1.x", "^1.2.3", "latest", "1.2.3 ", "01.2.3-", ""])
def test_what_can_mean_several_versions_is_a_range(text):
    assert semver.is_range(text)


def test_a_range_means_what_the_library_of_helm_and_argo_cd_answers():
    answers = {"true": True, "false": False, "invalid": None}
    lines = (DATA / "semver" / "masterminds.tsv").read_text().splitlines()
    pairs = [line.split("\t") for line in lines]
    wrong = [pair for pair in pairs if semver.satisfies(semver.parse(pair[0]), pair[1]) is not answers[pair[2]]]
    assert len(pairs) == 4000
    assert not wrong


@pytest.mark.parametrize("text", ["٣.0.0", "01.2.3", "1.2.3-01", "1.2.3\n", "9" * 5000 + ".0.0"])
def test_what_is_not_a_version_to_helm_is_not_one_here(text):
    assert semver.parse(text) is None


def test_a_range_that_many_services_need_in_many_environments_is_read_once(monkeypatch):
    """The reproducer of an attack: 32 seconds of `lint` from 78 kB of `dependsOn`."""
    read, compared = [], []
    real = semver._bounds
    monkeypatch.setattr(semver, "_bounds", lambda text: [read.append(text), real(text)][1])
    checks = {
        name: lambda *pair, check=check: [compared.append(pair), check(*pair)][1] for name, check in semver._CHECKS.items()
    }
    monkeypatch.setattr(semver, "_CHECKS", checks)
    semver._alternatives.cache_clear()
    within = [semver.satisfies(semver.Version(1, minor, 0), " ".join(["1", ">=1"] * 20)) for minor in range(100)]
    assert within == [True] * 100
    assert len(read) == 1
    assert len(compared) == 200, "a bound that is written twice is compared twice"
