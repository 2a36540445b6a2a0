"""The addresses that Argo CD and clusters read from: of this repository, of chart repositories, of images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from generator.diagnostics import Diagnostic, Pointer, Severity
from generator.syntax.merge import lookup
from generator.workspace.naming import EXAMPLE_REGISTRY

if TYPE_CHECKING:
    from generator.syntax.reader import Source
    from generator.workspace.model import Environment, ServiceSpec, Workspace

UNKNOWN_ADDRESS = "https://git.example.com/SET-THIS.git"
"""The address that `tiphys import` writes where it does not know that of the repository."""

PLACEHOLDERS = (
    UNKNOWN_ADDRESS,
    "https://github.com/acme/deploy-config.git",
    "https://github.com/acme/online-boutique-config.git",
    "oci://registry.example.com/charts-",
    "oci://registry.example.com/online-boutique/charts-",
)
"""Prefixes of the addresses that `tiphys init` and `tiphys import` write."""

IMAGE = "ghcr.io/acme/hello"
"""The image that `tiphys init` writes."""


def no_repository(workspace: Workspace) -> Iterator[Diagnostic]:
    """Yield a diagnostic if the address of this repository is not set."""
    if workspace.repo_url:
        return
    span = workspace.source.span_of_key(("spec",))
    message = "`spec.repoURL` is not set: Argo CD reads the values from this repository and needs its address"
    hint = "set `repoURL:` to the URL that `git remote get-url origin` prints"
    yield Diagnostic(workspace.source.path, span, "TP022", Severity.ERROR, message, hint, ("spec",))


def placeholder_addresses(workspace: Workspace, environments: Iterable[Environment]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each address in use that is still the one that `tiphys init` or `tiphys import` wrote."""
    places: list[tuple[Source, Pointer, str]] = [(workspace.source, ("spec", "repoURL"), "your repository")]
    at: Pointer = ("spec", "chart", "repository")
    places += [(one.part(at), at, "your chart repository") for one in environments]
    for source, at, what in places:
        _, address = lookup(source.data, at)
        if isinstance(address, str) and address.startswith(PLACEHOLDERS):
            writer = "import" if address == UNKNOWN_ADDRESS else "init"
            message = f"`{address}` is a placeholder from `tiphys {writer}`: Argo CD cannot fetch from it"
            yield Diagnostic(source.path, source.span_of(at), "TP048", Severity.NOTE, message, f"set the address of {what}", at)


def placeholder_image(spec: ServiceSpec) -> Iterator[Diagnostic]:
    """Yield a diagnostic for the image of a service that is still the one that `tiphys init` or `tiphys add` wrote."""
    at: Pointer = ("spec", "image", "repository")
    _, repository = lookup(spec.source.data, at)
    writer = {IMAGE: "init", f"{EXAMPLE_REGISTRY}/{spec.name}": "add"}.get(repository) if isinstance(repository, str) else None
    if writer:
        message = f"`{repository}` is a placeholder from `tiphys {writer}`: no registry has this image"
        span, hint = spec.source.span_of(at), "set the repository of your image"
        yield Diagnostic(spec.source.path, span, "TP048", Severity.NOTE, message, hint, at, spec.name)
