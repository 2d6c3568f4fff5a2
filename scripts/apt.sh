#!/bin/sh
# Installs Debian packages, as root, asking nothing: apt.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive
echo "Debian packages: $*"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --yes --no-install-recommends "$@"
} >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    exit 1
}
