#!/usr/bin/env bash
# The browser tests: installs what they need below target/ (once), and runs them on a binary.
#
#   tests/browser/run.sh target/debug/sportello
#
# Needs chromium, node with npm, and Java (for the HTML validator). Pictures of every page are left in target/browser/pictures.
set -euo pipefail
binary=$(realpath "${1:?the binary}")
cd "$(dirname "$0")/../.."
work=target/browser
mkdir -p "$work"
cp tests/browser/package.json tests/browser/site.mjs "$work/"
[[ -d $work/node_modules/vnu-jar ]] || npm install --prefix "$work" --silent --no-audit --no-fund
exec node "$work/site.mjs" "$binary" "$work/pictures"
