"""Run the command line as `python -m generator`."""

import gc
import sys


def main() -> None:
    """Run the program and exit with its exit code."""
    if sys.platform == "win32":  # locks, links and processes are those of POSIX: nothing was ever tested there
        sys.stderr.write("tiphys: native Windows is not supported: install and run Tiphys in WSL, which is a Linux system\n")
        sys.exit(2)
    gc.disable()  # the process is short-lived, so collecting cycles costs more than it frees, imports included
    from generator.cli import at_once

    at_once.answer(sys.argv[1:])
    from generator.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
