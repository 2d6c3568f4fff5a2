#!/bin/sh
# Writes requirements/*.txt anew: exact versions with the hashes of every file of theirs, and no index address, so that
# the same packages are installed from whatever index a machine has. Pins already there are kept where they still fit;
# `UPGRADE=1 make lock` takes the newest, `UPGRADE=name make lock` the newest of one package.
set -eu
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-$(sh scripts/python.sh)}
TOOL=build/lock
case ${UPGRADE:-} in
    "") upgrade="" ;;
    1) upgrade="--upgrade" ;;
    *) upgrade="--upgrade-package=$UPGRADE" ;;
esac

"$PYTHON" -m venv --clear "$TOOL"
"$TOOL/bin/python" scripts/install.py pip-tools==7.6.2

compile() {
    out=requirements/$1.txt
    shift
    # The caller's own links to files and further indexes stay out of the resolution: they are not everybody's.
    env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PYTHONPATH PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
        "$TOOL/bin/pip-compile" --quiet --no-config --strip-extras --allow-unsafe --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --annotation-style=line $upgrade --output-file="$out" "$@"
    echo "$out"
}

compile run pyproject.toml
compile speech --extra=speech --constraint requirements/run.txt pyproject.toml
compile build --constraint requirements/run.txt requirements/build.in
compile test --extra=mp3 --extra=postgres --extra=speech --constraint requirements/run.txt --constraint requirements/build.txt pyproject.toml requirements/build.in requirements/test.in
