"""Run the command line as `python -m generator`."""

import gc
import sys


def main() -> None:
    """Run the program and exit with its exit code."""
    gc.disable()  # the process is short-lived, so collecting cycles costs more than it frees, imports included
    from generator.cli import at_once

    at_once.answer(sys.argv[1:])
    from generator.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
