"""Services resolved from texts, and where their values come from."""

from __future__ import annotations

from generator.service.origins import origins
from generator.service.resolve import Resolver
from generator.syntax.reader import parse
from generator.workspace.model import Environment, Preset, ServiceSpec

SPEC = """\
metadata: {{name: web, labels: {{team: shop}}}}
spec:
{spec}
"""


def resolved(spec: str, environment: str = "spec: {}", presets: dict[str, str] | None = None):
    """Return the service `web` in `prod`, from texts."""
    env_source = parse("environments/prod.yaml", environment.encode())
    made = {name: parse(f"strategies/{name}.yaml", text.encode()) for name, text in (presets or {}).items()}
    indented = "".join(f"  {line}\n" for line in spec.splitlines())
    spec_source = parse("pipeline.yaml", SPEC.format(spec=indented).encode())
    service = ServiceSpec("web", spec_source)
    known = {name: Preset(name, source, source.data["spec"]) for name, source in made.items()}
    return Resolver(known).resolve(service, Environment("prod", env_source, env_source.data["spec"]))


def where(service, *pointer):
    """Return the winner and whom it overrode, as `file:line`."""
    return [f"{origin.layer.source.path}:{origin.value.line}" for origin in origins(service.layers, pointer)]
