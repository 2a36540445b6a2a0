"""Run the command line as `python -m tiphys`; the package itself is called `generator`."""

from __future__ import annotations

import sys
from os.path import dirname

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the working directory, whose files are not code of ours: a repository may well have a generator/
    here = dirname(__file__)
    if here not in sys.path:
        sys.path.append(here)
    from generator.__main__ import main

    main()
