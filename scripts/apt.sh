#!/bin/sh
# Installs Debian packages, as root, asking nothing: apt.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive
echo "Debian packages: $*"
apt-get --quiet=2 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
apt-get --quiet=2 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
    install --yes --no-install-recommends "$@" </dev/null
