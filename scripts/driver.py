"""Succeeds where playwright's own program starts: it is linked to a library that a small Debian lacks."""

import subprocess
import sys

from playwright._impl._driver import compute_driver_executable

sys.exit(subprocess.run([compute_driver_executable()[0], "--version"], check=False).returncode)
