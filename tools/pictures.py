"""Draw the pictures of the documentation from the examples, for light and for dark pages: docs/images/.

A page on GitHub has its own theme, whatever the system has; so there are two pictures, and <picture>
chooses. Run it after a change of the examples or of the drawing; a test holds them fresh:

    python -m tools.pictures
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.pipeline.run import Mode, Request, run
from generator.report.plans.as_svg import as_svg
from generator.report.plans.of_built import forecast_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "online-boutique"
SHOWN = {"canary": ("frontend", "prod"), "blue-green": ("checkoutservice", "prod"), "steps": ("cartservice", "prod")}
"""Which release of the example is which picture."""


def pictures() -> dict[str, str]:
    """Return every picture by the name of its file."""
    built = []
    run(Request(str(EXAMPLE), Mode.LINT, on_built=built.append))
    by_name = {(item.resolved.service, item.resolved.environment.name): item for item in built}
    return {
        f"plan-{name}-{theme}.svg": as_svg(forecast_of(by_name[key]), theme).replace('width="100%"', 'width="960" height="508"')
        for name, key in SHOWN.items()
        for theme in ("light", "dark")
    }


def main() -> int:
    """Write the pictures."""
    TARGET.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
