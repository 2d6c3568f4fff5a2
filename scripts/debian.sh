#!/bin/sh
# Sees to the programs that some tests need and no Python package brings. Root on a Debian system gets what is missing;
# everybody else is told what is missing, what for, and the command; those tests are then left out, by name.
set -eu
cd "$(dirname "$0")/.."

missing=""
needs() { # program, Debian package, what for
    if ! command -v "$1" >/dev/null 2>&1; then
        missing="$missing $2"
        reasons="${reasons:-}  $2: $3
"
    fi
}

[ -n "${CHROMIUM:-}" ] || needs chromium chromium "the sign-up pages are clicked in a real browser (or: CHROMIUM=/path/to/chrome)"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    sh scripts/apt.sh $missing
else
    printf 'Missing, so some tests will be left out:\n%s' "$reasons"
    if command -v apt-get >/dev/null 2>&1; then echo "  once, please: sudo apt-get install$missing"; fi
fi
