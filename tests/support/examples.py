"""The examples of a page as files of a workspace, with all that they leave out."""

from __future__ import annotations

import re

PARTS = {
    "pipeline": ("Pipeline", "web", {"image": '{repository: ghcr.io/acme/web, tag: "1.0.0"}', "environments": "{prod: {}}"}),
    "environment": (
        "Environment",
        "",
        {
            "argocd": '{project: shop, destination: {namespace: "shop-{environment}"}}',
            "chart": '{name: service, version: "1.0.0", repository: "oci://registry.example.com/x"}',
        },
    ),
    "tiphys": ("Workspace", "", {"repoURL": "https://example.com/config.git"}),
}


def files(example):
    """Return the files of an example: what it leaves out is filled in, so that only its fault is left."""
    parts = re.split(r"^# (\S+/\S+|tiphys\.yaml)\n", example + "\n", flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True)) if len(parts) > 1 else {"services/web/pipeline.yaml": parts[0]}
    return {path: completed(path, text) for path, text in named.items()}


def completed(path, text):
    if (
        path.startswith("templates/")
        or re.search(r"^apiVersion:", text, re.MULTILINE)
        or not re.search(r"^(spec|metadata):", text, re.MULTILINE)
    ):
        return text
    kind, name, fields = PARTS[path.split("/")[-1].split(".")[0] if "environments/" not in path else "environment"]
    name = name or path.rpartition("/")[2].split(".")[0]
    head = f"apiVersion: tiphys/v1\nkind: {kind}\n"
    if not re.search(r"^metadata:", text, re.MULTILINE):
        head += f"metadata: {{name: {name}}}\n"
    if not re.search(r"^spec:", text, re.MULTILINE):
        text += "spec:\n"
    missing = "".join(f"  {key}: {value}\n" for key, value in fields.items() if not re.search(f"^  {key}:", text, re.MULTILINE))
    return head + re.sub(r"^spec:\n", f"spec:\n{missing}", text, count=1, flags=re.MULTILINE)


BY_COMMAND = {"TP070", "TP071", "TP600", "TP601", "TP604", "TP667"}
"""What only a whole command finds: yamllint on the texts, and verify with Helm."""
