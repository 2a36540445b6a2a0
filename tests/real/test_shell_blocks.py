"""Every command in README.md and docs/ is one that can be pasted: it is run here, or a reason says why not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from support import forked
from support.paths import ROOT
from support.programs import program
from support.release_workspace import chart
from support.trees import write_tree

PAGES = [
    "README.md",
    "examples/online-boutique/README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md") if path.name != "tutorial.md"),
]
"""The tutorial is run as a whole, by test_tutorial.py."""
LISTED = yaml.safe_load(Path(__file__).with_name("shell_blocks.yaml").read_text(encoding="utf-8"))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SHELLS = ("sh", "bash", "shell", "console")


def blocks(page):
    """Return the blocks of shell commands of a page."""
    found = _FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
    return [text for language, text in found if language in _SHELLS or text.startswith("$ ")]


@pytest.mark.parametrize("page", sorted({*PAGES, *LISTED}))
def test_each_block_of_a_page_is_run_or_has_a_reason(page):
    found, listed = [block.splitlines()[0] for block in blocks(page)], LISTED.get(page, [])
    begins = [entry["begins"] for entry in listed]
    known = [line if line.startswith(begin) else begin for line, begin in zip(found, begins, strict=False)]
    assert [*known, *begins[len(found) :]] == found, f"list the blocks of {page} in shell_blocks.yaml"
    assert all(("reason" in entry) != ("in" in entry) for entry in listed)


RUN = [
    pytest.param(page, number, id=f"{page}-{number + 1}")
    for page, entries in LISTED.items()
    for number, entry in enumerate(entries)
    if "in" in entry
]


@pytest.fixture(scope="module")
def charts():
    """Serve the chart repositories of the workspace that a test runs in: the folder that is the last item of the list."""
    folders = []

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folders[-1]))

        def log_message(self, *_arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folders
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory, charts):
    """Make what the pages speak of: a clone of this repository, a workspace with releases, and a folder of manifests."""
    root, (address, served) = tmp_path_factory.mktemp("world"), charts
    bin_ = root / "bin"
    write_tree(bin_, {"tiphys": forked.client()[0], "gh": "#!/bin/sh\nexit 0\n"})
    for path in bin_.iterdir():
        path.chmod(0o755)
    write_tree(root / "clone", {".venv/bin/activate": ""})
    shutil.copytree(ROOT / "examples/online-boutique", root / "clone/examples/online-boutique")
    served.append(root / "charts")
    _run(root, root, _MAKE_WORKSPACE.replace("ADDRESS", address))
    _make_manifests(root / "manifests")
    return root


_MAKE_WORKSPACE = """
git init -q checkout && git -C checkout commit -q --allow-empty -m code
git init -q --bare -b main remote.git
git init -q -b main deploy && cd deploy && git remote add origin ../remote.git
tiphys init && tiphys add checkout
for env in dev staging prod; do
  mkdir -p ../charts/$env
  sed -i "s|repository: .*|repository: ADDRESS/$env\\n    publish: {directory: ../charts/$env}|" environments/$env.yaml
done
tiphys release --env dev
cp -r ../charts/dev/. ../charts/staging && cp -r ../charts/dev/. ../charts/prod
spec=services/checkout/pipeline.yaml
commit() {
  tiphys generate -q && git add -A
  at="$(($(date +%s) - $1 * 86400)) +0000"
  GIT_AUTHOR_DATE="$at" GIT_COMMITTER_DATE="$at" git commit -qm "$2"
}
commit 10 start
sed -i s/0.1.0/0.2.0/ $spec && commit 7 "a release everywhere"
sed -i "/staging:/,/prod:/s/0.2.0/0.3.0/;/dev:/,/staging:/s/0.2.0/0.3.0/" $spec && commit 5 "a release in dev and staging"
sed -i "/dev:/,/staging:/s/0.3.0/0.4.0/" $spec && commit 3 "a release in dev"
git push -q -u origin main
"""


_CRD = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}],
    },
}  # fmt: skip


def _make_manifests(folder):
    container = {"name": "app", "image": "ghcr.io/acme/web:1.0.0"}
    labels = {"app": "web"}
    deployment = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}},
    }  # fmt: skip
    service = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": labels, "ports": [{"port": 80}]},
    }  # fmt: skip
    application = {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web", "namespace": "argocd"},
        "spec": {
            "project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
            "source": {"repoURL": "https://git.example.com/config.git", "path": "web", "targetRevision": "main"},
        },
    }  # fmt: skip
    write_tree(folder, {"app.yaml": yaml.safe_dump(deployment), "service.yaml": yaml.safe_dump(service), **chart("checkout")})
    write_tree(folder / "config", {"apps/web.yaml": yaml.safe_dump(application), "web/app.yaml": yaml.safe_dump(deployment)})
    write_tree(folder, {"crds/widgets.yaml": yaml.safe_dump(_CRD)})


def _run(root, folder, script):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))} | {
        "PATH": os.pathsep.join([str(root / "bin"), os.path.dirname(sys.executable), os.environ["PATH"]]), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "HOME": str(root),
        "GIT_CONFIG_GLOBAL": os.devnull, "GITHUB_SHA": "1" * 40, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=[forked.client()[1]],
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(("page", "number"), RUN)
def test_what_a_page_tells_people_to_paste_works(page, number, world, charts, tmp_path):
    entry, block = LISTED[page][number], blocks(page)[number]
    program("helm")
    shutil.copytree(world, tmp_path / "w", symlinks=True)
    charts[1].append(tmp_path / "w/charts")
    script = block
    if entry.get("prints"):
        script, block = block.removeprefix("$ ").split("\n", 1)
    lines = [line for line in script.splitlines() if not any(line.startswith(start) for start in entry.get("but", ()))]
    script = "\n".join([entry.get("before", ""), *lines])
    for example, stands in entry.get("replaces", {}).items():
        assert example in script
        script = script.replace(example, stands)
    printed = _run(tmp_path / "w", tmp_path / "w" / entry["in"], script)
    if entry.get("prints"):
        assert printed == block
