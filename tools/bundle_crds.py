"""Convert the CustomResourceDefinitions of well-known operators to the schemas in schemas/operators/.

The definitions come from the Go modules of the projects, by the registry of Go modules, which keeps every release.
Run it after a change of a version below; it needs `go` and a network:

    python -m tools.bundle_crds
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import yaml

from generator.kubernetes.objects import KubeObject
from generator.lint.crds import schemas

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "schemas" / "operators"
NOTICE = """The JSON schemas in this folder were converted from the CustomResourceDefinitions of the releases below, each under the
Apache License 2.0: descriptions, patterns, formats and rules in CEL are left out, and objects are closed where the API
server drops what it does not know. `python -m tools.bundle_crds` writes them.

"""


class Project(NamedTuple):
    """A project whose custom resources people use next to Argo."""

    name: str
    module: str
    version: str
    folders: tuple[str, ...]
    """Where its definitions are; of a kind that is defined twice, the first counts."""
    owner: str


PROJECTS = (
    # The experimental channel has all fields of the standard one, and which of the two a cluster has is not known here.
    Project("Gateway API", "sigs.k8s.io/gateway-api", "v1.7.0", ("config/crd/experimental", "config/crd/standard"), "The Kubernetes Authors"),
    Project("Istio", "istio.io/api", "v1.32.0", ("kubernetes",), "The Istio Authors"),
    Project("cert-manager", "github.com/cert-manager/cert-manager", "v1.21.2", ("deploy/crds",), "The cert-manager Authors"),
    Project("External Secrets", "github.com/external-secrets/external-secrets", "v1.3.2", ("config/crds/bases",), "The External Secrets Authors"),
    Project("KEDA", "github.com/kedacore/keda/v2", "v2.21.0", ("config/crd/bases",), "The KEDA Authors"),
    Project("Prometheus Operator", "github.com/prometheus-operator/prometheus-operator", "v0.85.0", ("example/prometheus-operator-crd",), "The prometheus-operator Authors"),
)  # fmt: skip


class _Loader(yaml.CSafeLoader):
    """A reader of YAML 1.1 that takes `=` for a text, as Kubernetes does."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def main() -> None:
    """Write all schemas anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    releases: dict[str, str] = {}
    for project in PROJECTS:
        for key, schema in schemas(map(KubeObject, _definitions(project))).items():
            # A version that this release no longer serves is one that an older cluster may serve.
            group, _, rest = key.partition("/")
            version, _, kind = rest.partition(" ")
            releases[group] = f"{project.name} {project.version.removeprefix('v')}"
            _add(FOLDER / group / f"{kind.lower()}.json", version, schema)
    _write(FOLDER / "releases.json", dict(sorted(releases.items())), indent=1)
    lines = (f"{one.name} {one.version.removeprefix('v')} ({one.module}), Copyright {one.owner}\n" for one in PROJECTS)
    (FOLDER / "NOTICE").write_text(NOTICE + "".join(lines), encoding="utf-8")


def _definitions(project: Project) -> Iterator[dict[str, Any]]:
    module = f"{project.module}@{project.version}"
    # Not checked: a module that asks for a newer Go is an error, and its archive is there all the same.
    done = subprocess.run(("go", "mod", "download", "-json", module), check=False, capture_output=True)
    with ZipFile(json.loads(done.stdout)["Zip"]) as archive:
        for folder in project.folders:
            for name in sorted(archive.namelist()):
                if fnmatch(name, f"{module}/{folder}/*.yaml"):
                    for document in yaml.load_all(archive.read(name), _Loader):
                        if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
                            yield document


def _add(path: Path, version: str, schema: dict[str, Any]) -> None:
    """Add a version of a kind to its file; the name of another version stands for the same schema."""
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    same = next((name for name, other in known.items() if other == schema), None)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, {**known, version: same or schema})


def _write(path: Path, data: Any, indent: int | None = None) -> None:
    text = json.dumps(data, indent=indent, separators=(",", ":") if indent is None else None, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
