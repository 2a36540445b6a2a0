"""Container images in a real registry, small enough to be built in a test."""

from __future__ import annotations

import json
import urllib.request
from hashlib import sha256

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


def push_image(host: str, name: str, tag: str, content: bytes) -> str:
    """Push an image with one layer, and return its digest."""
    config = _blob(host, name, json.dumps({"architecture": "amd64", "os": "linux"}).encode(), _CONFIG)
    layer = _blob(host, name, content, _LAYER)
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": [layer]}
    content = json.dumps(manifest).encode()
    _ask("PUT", f"http://{host}/v2/{name}/manifests/{tag}", content, _MANIFEST)
    return f"sha256:{sha256(content).hexdigest()}"


def image_digest(image: str) -> str:
    """Return the digest that a registry has for `host/name:tag`; raises HTTPError for an image that it does not have."""
    where, _, tag = image.rpartition(":")
    host, _, name = where.partition("/")
    return str(_ask("HEAD", f"http://{host}/v2/{name}/manifests/{tag}", None, "")["Docker-Content-Digest"])


def _blob(host: str, name: str, content: bytes, kind: str) -> dict[str, object]:
    digest = f"sha256:{sha256(content).hexdigest()}"
    place = str(_ask("POST", f"http://{host}/v2/{name}/blobs/uploads/", b"", "")["Location"])
    place = place if place.startswith("http") else f"http://{host}{place}"
    _ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", content, "application/octet-stream")
    return {"mediaType": kind, "digest": digest, "size": len(content)}


def _ask(method: str, url: str, content: bytes | None, kind: str):
    headers = {"Accept": _MANIFEST, **({"Content-Type": kind} if kind else {})}
    with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method)) as answer:
        return answer.headers
