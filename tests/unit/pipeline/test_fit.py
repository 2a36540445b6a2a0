"""What teams already have in their Applications is deployed the same by the spec that docs/fit.md shows for it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Severity
from generator.pipeline.run import Mode, Request, run
from support.paths import ROOT

BASE = Path(__file__).with_name("fit")
PAGE = (ROOT / "docs" / "fit.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", PAGE, re.MULTILINE))
SNIPPET = re.compile(r"^```yaml\n# (\S+)\n((?:.*\n)*?)```$", re.MULTILINE)
SHOWN = {title: SNIPPET.findall(text) for title, text in SECTIONS.items() if "```" in text}
KINDS = {"environments": "Environment", "services": "Pipeline"}
HAVE = {
    "no Helm at all": [
        "A kustomization",
        "A kustomization that the Application changes",
        "A directory of plain manifests",
    ],
    "an ApplicationSet": ["An ApplicationSet that makes an Application per environment", "ApplicationSets as output"],
    "a release that is called like the Application": ["A release with the name of its Application"],
    "a release name of its own": ["A release with a name of its own"],
    "a chart from a public repository": ["A chart from a public repository"],
    "a chart in Git": [
        "A chart in this repository",
        "A chart in a different Git repository, at a revision of its own",
    ],
    "a project of its own": ["A project, a namespace or a cluster of its own"],
    "values files that lie in the chart": ["Values files inside the chart"],
    "settings for Helm": [
        "skipCrds, skipTests, skipSchemaValidation, passCredentials",
        "helm.parameters and fileParameters",
        "helm.ignoreMissingValueFiles",
        "helm.version, kubeVersion, apiVersions and namespace",
    ],
    "inline values": ["Inline values"],
    "a finalizer": [
        "A finalizer",
        "A finalizer that only one Application has",
        "A finalizer that deletes in the foreground",
        "A finalizer that deletes in the background",
    ],
    "waves, notifications, metadata of the namespace, a cluster by name": [
        "Sync waves, notifications, ignored differences, links and history",
        "Sync policy, retries and the labels of the namespace",
        "A project, a namespace or a cluster of its own",
    ],
    "an image updater": ["Argo CD Image Updater"],
    "an Argo CD in each cluster": ["An Argo CD per cluster"],
    "a tag that the chart owns": ["An image tag in the chart's appVersion", "The newest version of a chart"],
    "layers of values": ["Layers between all services and one service"],
    "objects beside a chart": ["Plain manifests next to a chart", "A job with an image of its own next to a public chart"],
    "two charts in one Application": ["Two charts in one Application"],
    "several workloads in a service": ["Several workloads with their own images"],
    "encrypted values": ["helm-secrets and other encrypted values files"],
    "a root with its own name, path, retry and policy": ["A root Application with its own name, folder and retries"],
    "AnalysisTemplates": ["An AnalysisTemplate that exists already"],
    "a Deployment that shall be a Rollout": ["A Rollout for a chart that has none"],
    "plugins": ["Config management plugins, Jsonnet, include and exclude"],
}
"""What was found in the config repositories of others, and the sections of the page that answer it."""


def laid_over(base, more):
    """Return data with other data laid over it."""
    if not isinstance(base, dict) or not isinstance(more, dict):
        return more
    return {**base, **{key: laid_over(base.get(key), value) for key, value in more.items()}}


def write(folder, path, text):
    """Write a snippet as the whole file that it is a part of."""
    file, data = folder / path, yaml.safe_load(text)
    kind = KINDS.get(Path(path).parts[0]) if file.name != "success-rate.yaml" else data["kind"]
    name = file.parent.name if kind == "Pipeline" else file.stem
    version = "argoproj.io/v1alpha1" if kind == "AnalysisTemplate" else "tiphys/v1"
    whole = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": {}}
    if file.exists():
        whole = laid_over(whole, yaml.safe_load(file.read_text(encoding="utf-8")))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(laid_over(whole, data), sort_keys=False), encoding="utf-8")


def lacks(wanted, found, at=""):
    """Yield where data is not as it is shown; a mapping may have more keys, a list must have as many items."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            yield from lacks(value, found.get(key), f"{at}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from lacks(value, found[index], f"{at}[{index}]")
    elif wanted != found:
        yield f"{at}: {wanted!r} is shown, {found!r} is generated"


@pytest.mark.parametrize("title", SHOWN)
def test_what_a_team_already_has_is_deployed_the_same(title, tmp_path):
    folder = tmp_path / "w"
    shutil.copytree(BASE, folder)
    shown = SHOWN[title]
    for path, text in shown:
        if not path.startswith("generated/"):
            write(folder, path, text)
    built = []
    outcome = run(Request(str(folder), Mode.WRITE, on_built=built.append))
    assert [found.message for found in outcome.diagnostics if found.severity is not Severity.NOTE] == []
    wanted = {path: text for path, text in shown if path.startswith("generated/")}
    assert wanted, "nothing is shown of what is generated"
    for path, text in wanted.items():
        generated = yaml.safe_load((folder / path).read_text(encoding="utf-8"))
        assert list(lacks(yaml.safe_load(text), generated)) == [], path
    applications = [one for one in wanted if "/applications/" in one]
    assert len(applications) in (0, len(built)), "each Application of the example is shown, or none"


@pytest.mark.parametrize("have", HAVE)
def test_whatever_was_found_in_the_wild_has_a_spec_or_a_reason(have):
    assert HAVE[have]
    for title in HAVE[have]:
        assert title in SECTIONS, f"docs/fit.md has no section `{title}`"


def test_no_section_of_the_page_is_without_a_test_or_a_reason():
    assert {title for titles in HAVE.values() for title in titles} == SECTIONS.keys()
    reasons = PAGE.partition("## What does not fit")[2]
    assert all(title in SHOWN or f"### {title}\n" in reasons for title in SECTIONS)
    assert all(text.count("```yaml\n") == len(SHOWN.get(title, ())) for title, text in SECTIONS.items())
