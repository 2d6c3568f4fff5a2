#!/bin/sh
# Prints the newest Python of this machine that hoyhoy is tested with, 3.11 or later. Each candidate is started: a name on
# the path may be a version switcher's empty shell.
set -eu

newest_first="python3.14 python3.13 python3.12 python3.11 python3 python"
for name in ${PYTHON:-} $newest_first; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        # The interpreter itself, not the shell script or link that stands for it.
        "$path" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done
echo "hoyhoy needs Python 3.11 or later on the path (or: make PYTHON=/path/to/python3.11)" >&2
exit 1
