"""Environments that extend others, in an editor."""

from __future__ import annotations

from support.extends import BASE, PROD, SPEC, TREE
from support.language_client import Client, uri
from support.trees import write_tree


def test_editors_complete_and_follow_the_names_of_environments_to_extend(tmp_path):
    folder = write_tree(tmp_path / "w", TREE)
    client = Client(folder)
    client.start(folder)
    try:
        prod = folder / PROD
        text = prod.read_text().replace("[base]", "[base, ]")
        client.open(prod, text)
        line = text.split("\n").index("  extends: [base, ]")
        found = client.at("textDocument/completion", prod, line, 18)
        assert {"base", "dev"} <= {item["label"] for item in found["items"]}
        assert "prod" not in {item["label"] for item in found["items"]}, "no file extends itself"
        (target,) = client.at("textDocument/definition", prod, line, 13)
        assert target["uri"] == uri(folder / BASE)
        assert "environment" in client.at("textDocument/hover", prod, line, 13)["contents"]["value"]
        spec = folder / SPEC
        text = spec.read_text().replace(
            "environments: {dev: {}, prod: {}}", "environments:\n    dev: {}\n    prod: {replicas: 3}\n    "
        )
        client.open(spec, text)
        labels = {item["label"] for item in client.at("textDocument/completion", spec, 8, 4)["items"]}
        assert "base" not in labels, "nothing is deployed to it"
        told = client.at("textDocument/hover", spec, 7, 11)["contents"]["value"]
        assert "over `2` from environment base: defaults" in told
        assert "base.yaml#L8" in told
    finally:
        client.stop()
