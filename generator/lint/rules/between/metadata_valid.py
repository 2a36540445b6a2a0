"""The rule TP646, metadata-valid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.kubernetes.names import DNS_LABEL, name_of
from generator.kubernetes.objects import ROLLOUTS, KubeObject, Objects
from generator.lint.rules.rule import Finding
from generator.syntax.wording import a

_ANNOTATIONS = 256 * 1024
"""The most bytes of all annotations of an object, names and values."""

_ASKED = re.compile(r"(?:Subject|SelfSubject|LocalSubject|Token).*Review\Z|Binding\Z|Eviction\Z")
"""Kinds that are sent to the API server as a question or a command, and are not stored."""

_PLACEHOLDER = re.compile(r"\{\{|\$\{|\$\(|<[^<>]+>")
"""A name that another tool still completes."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An object must have a name that its kind permits, and at most 256 KiB of annotations.

    Most names have up to 253 lowercase letters, digits, hyphens and dots. Namespaces and Services have up to 63
    without dots, Jobs up to 63, CronJobs up to 52. The API server rejects any other.
    Wrong:
        kind: ConfigMap
        metadata: {name: Web_settings}
    Right:
        kind: ConfigMap
        metadata: {name: web-settings}
    Source: kubernetes.io, Object Names and IDs; k8s.io/apimachinery, pkg/api/validation
    """
    name, form = item.metadata.get("name"), name_of(item.group, item.kind)
    if name in (None, ""):
        # A schema of Argo asks for the metadata as a whole.
        known = item.is_built_in or (item.group == ROLLOUTS and "metadata" in item.data)
        if known and item.whole and not item.metadata.get("generateName") and not _ASKED.match(item.kind):
            yield Finding(("metadata", "name") if item.metadata else (), f"this {item.kind} has no name", "add `metadata.name`")
    elif isinstance(name, str) and not form.fits(name) and not _PLACEHOLDER.search(name):
        shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
        long = f" of {len(name)} characters" if len(name) > _SHOWN else ""
        yield Finding(("metadata", "name"), f"`{shown}`{long} is not a valid name of {a(item.kind)}", form.hint)
    namespace = item.metadata.get("namespace")
    if isinstance(namespace, str) and namespace and not DNS_LABEL.fits(namespace) and not _PLACEHOLDER.search(namespace):
        yield Finding(("metadata", "namespace"), f"`{namespace}` is not a valid name of a Namespace", DNS_LABEL.hint)
    size = sum(len(str(text).encode("utf-8", "replace")) for pair in item.annotations.items() for text in pair)
    if size > _ANNOTATIONS:
        message = f"the annotations have {size:,} bytes; the maximum is {_ANNOTATIONS:,}"
        yield Finding(("metadata", "annotations"), message, "shorten them")


_SHOWN = 60
