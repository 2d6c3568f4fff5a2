#!/bin/sh
# Makes .venv with the newest Python there is. Debian and its children ship Python without ensurepip, in a package of its
# own (python3.11-venv): installed here when root, else named.
set -eu
cd "$(dirname "$0")/.."

PYTHON=$(sh scripts/python.sh)
version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
unset PYTHONPATH PYTHONHOME

if ! "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package="python$version-venv"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$PYTHON has no venv module with ensurepip: install it the way your system does, or name another Python: make PYTHON=..." >&2
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        echo "$PYTHON has no ensurepip. Once, please: sudo apt-get install $package" >&2
        exit 1
    fi
    sh scripts/apt.sh "$package"
fi

# Made anew when the old one is of another place or its Python is gone; otherwise what is in it may stay.
if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && [ "$(cat .venv/.place 2>/dev/null || pwd)" = "$(pwd)" ]; then
    :
else
    "$PYTHON" -m venv --clear .venv
fi
pwd > .venv/.place
echo "Python $(.venv/bin/python -c 'import platform; print(platform.python_version())') in .venv"
