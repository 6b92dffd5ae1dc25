#!/usr/bin/env bash
# Makes what belongs into a package and is not in the repository: man pages, completions, the settings with the paths of an installed
# system, Debian's changelog. The program itself is the source of most of it.
#
#   packaging/prepare.sh target/release/sportello target/package
set -euo pipefail
program=$(realpath "${1:?the program}")
out=${2:?the folder}
cd "$(dirname "$0")/.."
rm -rf "$out"
mkdir -p "$out"/{man,completions}
"$program" man --directory "$out/man"
"$program" completions bash >"$out/completions/sportello"
"$program" completions zsh >"$out/completions/_sportello"
"$program" completions fish >"$out/completions/sportello.fish"

# Relative paths start where a command is run; an installed program is run from anywhere.
paths=(
    '#:path = "sportello.db"|path = "/var/lib/sportello/sportello.db"'
    '#:file = "sources.toml"|file = "/etc/sportello/sources.toml"'
    '#:directory = "outbox"|directory = "/var/lib/sportello/outbox"'
)
settings=$(cat sportello.toml.example)
for path in "${paths[@]}"; do
    [[ $settings == *"${path%|*}"* ]] || { echo "sportello.toml.example has no line ${path%|*}" >&2; exit 1; }
    settings=${settings/"${path%|*}"/"${path#*|}"}
done
printf '%s\n' "$settings" >"$out/sportello.toml"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p;/^version/q' Cargo.toml)
maintainer=$(sed -n 's/^maintainer = "\([^"]*\)".*/\1/p' Cargo.toml)
date=$(git log -1 --format=%cD 2>/dev/null || date -R)
cat >"$out/changelog" <<CHANGELOG
sportello ($version-1) stable; urgency=medium

  * See /usr/share/doc/sportello/CHANGELOG.md for what a user sees.

 -- $maintainer  $date
CHANGELOG
