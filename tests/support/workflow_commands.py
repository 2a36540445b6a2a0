"""What the runner of GitHub takes for commands in a log."""

from __future__ import annotations

import re

# GitHub

COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "echo", "set-output"}


def commands(text):
    """Return what GitHub's runner takes for commands: (name, properties, message), by its documented rules."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        newer = re.match(r"\s*::([^ :]+)(?: (.*?))?::(.*)", line)
        older = re.search(r"##\[([^\] ]+)[^\]]*\](.*)", line)
        if newer and newer[1] in COMMANDS:
            properties = dict(part.split("=", 1) for part in (newer[2] or "").split(",") if "=" in part)
            found.append((newer[1], {key: decoded(value, ":,") for key, value in properties.items()}, decoded(newer[3])))
        elif older and older[1] in COMMANDS:
            found.append((older[1], {}, older[2]))
    return found


def decoded(text, more=""):
    for letter in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(letter):02X}", letter)
    return text
