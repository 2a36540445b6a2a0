"""A workspace that a team has worked in: releases that lag, a freeze, a skipped gate, drift, and specs with errors."""

from __future__ import annotations

from pathlib import Path

from support.called import call
from support.repositories import Repository, environment, spec

SERVICES = ("api", "cart", "mail", "search", "stock", "web")
FREEZE = "<b>code</b> freeze"
CLOSED = (
    f'  promotion: {{from: staging}}\n  windows: [{{kind: deny, schedule: "0 0 * * *", duration: 24h, reason: "{FREEZE}"}}]\n'
)
SKIPPED = """\
api staging: image 1.0.0 → 1.1.0

Tiphys-Service: api
Tiphys-Environment: staging
Tiphys-Image-Tag: 1.1.0
Tiphys-Override: soak: INC-4711
"""


def tags(dev: str = "1.0.0", staging: str = "1.0.0", prod: str = "1.0.0") -> dict[str, str]:
    return {"dev": dev, "staging": staging, "prod": prod}


def lived_in(folder: Path) -> Repository:
    """Make the workspace.

    In staging, `web` lacks two releases of dev and has to soak; in prod, which is closed, `api` lacks one of staging.
    """
    made = Repository(folder)
    made.write("tiphys.yaml", "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://github.com/acme/shop.git}\n")
    for name, more in (
        ("dev", ""),
        ("staging", "  promotion: {from: dev, soak: 24h}\n"),
        ("prod", "  promotion: {from: staging}\n"),
    ):
        made.write(f"environments/{name}.yaml", environment(name, "1.1.0", more))
    for name in SERVICES:
        made.write(f"services/{name}/pipeline.yaml", spec(name, **tags()))
    release(made, "begin", "Ann")
    for subject, who, name, versions in [
        ("web dev 1.1.0", "Ann", "web", tags("1.1.0")),
        ("web dev 1.2.0", "Bob", "web", tags("1.2.0")),
        ("api dev 1.1.0", "Ann", "api", tags("1.1.0")),
        (SKIPPED, "Eve O'Neil & Co", "api", tags("1.1.0", "1.1.0")),
    ]:
        made.write(f"services/{name}/pipeline.yaml", spec(name, **versions))
        release(made, subject, who)
    made.write("environments/prod.yaml", environment("prod", "1.1.0", CLOSED))
    release(made, "Freeze prod", "Bob")
    values = made.root / "generated/dev/cart/values.yaml"
    values.write_text(values.read_text().replace("1.0.0", "0.9.0"))
    text = spec("mail", **tags())
    made.write("services/mail/pipeline.yaml", text.replace("  environments:", "  values: {ports: 1}\n  environments:"))
    made.write("services/broken/pipeline.yaml", "a: [\n")
    return made


def release(made: Repository, message: str, who: str) -> None:
    """Generate what follows from the specs, and commit all of it."""
    call(made, "generate", "-q")
    made.commit(message, who)
