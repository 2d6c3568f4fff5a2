#!/bin/sh
# Sees to the programs that some tests need and no Python package brings. Root on a Debian system gets what is missing;
# everybody else is told what is missing, what for, and the command; those tests are then left out, by name.
set -eu
cd "$(dirname "$0")/.."

missing=""
reasons=""
needs() { # Debian package, what for, and a command that succeeds where it is there
    package=$1
    reason=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        missing="$missing $package"
        reasons="$reasons  $package: $reason
"
    fi
}

needs chromium "the sign-up pages are clicked in a real browser (or name one: CHROMIUM=...)" command -v "${CHROMIUM:-chromium}"
needs firefox-esr "the browser phones of Twilio's SDKs live in this browser too (or name one: FIREFOX=...)" command -v "${FIREFOX:-firefox-esr}"
needs libnss3-tools "browsers' databases of whom they trust are written by its certutil" command -v certutil
needs libatomic1 "the browser's driver is linked to it" .venv/bin/python scripts/driver.py
needs curl "programs that know no Twilio client are led here too" command -v curl
needs default-jdk-headless "so are programs in Java" command -v javac
needs postgresql "what is stored is stored on this database too (tests start a server of their own)" sh -c 'ls /usr/lib/postgresql/*/bin/initdb'

needs baresip-core "a real SIP phone calls, hears and is heard" command -v baresip
needs sip-tester "SIPp plays the sad paths, and the load" command -v sipp

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    sh scripts/apt.sh $missing
else
    printf 'Missing, so some tests will be left out or fail:\n%s' "$reasons"
    if command -v apt-get >/dev/null 2>&1; then echo "  once, please: sudo apt-get install$missing"; fi
fi
