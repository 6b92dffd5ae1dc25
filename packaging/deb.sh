#!/usr/bin/env bash
# Makes the Debian package: target/debian/sportello_VERSION_ARCH.deb. Needs cargo-deb (cargo install --locked cargo-deb).
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked
packaging/prepare.sh target/release/sportello target/package
cargo deb --no-build --locked
