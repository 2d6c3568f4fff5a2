"""Start the app: `python examples/dialer` from a checkout, or `python -m` with the package's name."""

import sys
from pathlib import Path

if __package__:
    from .app import main
else:  # Run by path: the folder becomes the package `dialer`.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from dialer.app import main

if __name__ == "__main__":
    sys.exit(main())
