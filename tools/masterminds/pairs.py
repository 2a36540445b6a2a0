"""Print random pairs of a version and a range: `pairs.py SEED COUNT`."""

from __future__ import annotations

import random
import re
import sys

OPERATORS = ["", "", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "~>", "^", "^", "^"]
PRE = ["", "", "", "-0", "-rc.1", "-rc.2", "-rc.10", "-alpha", "-1", "-rc-1"]


def number(dice: random.Random) -> str:
    """Return one part of a version."""
    return dice.choice(["0", "0", "1", "1", "2", "3", "10"])


def version(dice: random.Random) -> str:
    """Return a whole version."""
    return ".".join(number(dice) for _ in range(3)) + dice.choice(PRE)


def partial(dice: random.Random) -> str:
    """Return a version with parts left out or open."""
    parts = dice.choice([0, 1, 1, 2, 2, 3, 3, 3])
    if parts == 3:
        return dice.choice(["", "", "v"]) + version(dice)
    wild = dice.choice(["*", "x", "X"])
    text = ".".join([number(dice) for _ in range(parts)] + ([wild] if parts == 0 or dice.random() < 0.5 else []))
    return text + (dice.choice(PRE) if dice.random() < 0.3 else "")


def group(dice: random.Random) -> str:
    """Return comparisons that must all hold."""
    if dice.random() < 0.1:
        return partial(dice) + dice.choice([" - ", "  -  ", "-"]) + partial(dice)
    comparisons = [
        dice.choice(OPERATORS) + dice.choice(["", "", " "]) + partial(dice) for _ in range(dice.choice([1, 1, 1, 2, 2, 3]))
    ]
    return dice.choice([" ", ", ", ",", " , "]).join(comparisons)


def main(seed: int, count: int) -> None:
    """Print pairs."""
    dice = random.Random(seed)
    while count:
        text = dice.choice([" || ", "||"]).join(group(dice) for _ in range(dice.choice([1, 1, 1, 2])))
        if re.search(r"\|\|\S+\s+-\s|\s-\s+\S+\|\|", text):  # upstream takes the bars for a part of the version
            continue
        print(f"{version(dice)}\t{text}")
        count -= 1


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
