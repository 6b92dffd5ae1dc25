"""Lays out what the package holds, from the same list in Cargo.toml, and packs it with dpkg-deb: for checks where cargo-deb is not
installed and building for release takes too long. The package that is given to people is made by packaging/deb.sh.

    packaging/layout.py target/debug/sportello target/package/sportello.deb
"""

import glob, gzip, os, shutil, subprocess, sys, tempfile, tomllib

program, out = sys.argv[1:]
cargo = tomllib.load(open("Cargo.toml", "rb"))["package"]
deb = cargo["metadata"]["deb"]
architecture = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
version = os.environ.get("VERSION", f"{cargo['version']}-1")


def put(text, path, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text)
    os.chmod(path, mode)


with tempfile.TemporaryDirectory() as root:
    os.chmod(root, 0o755)
    for source, target, mode in deb["assets"]:
        found = [program] if source == "target/release/sportello" else sorted(glob.glob(source))
        if not found:
            sys.exit(f"Cargo.toml names {source}, which is not there")
        for path in found:
            whole = os.path.join(root, target, os.path.basename(path) if target.endswith("/") else "")
            whole = whole.rstrip("/")
            text = open(path, "rb").read()
            if "/man/" in whole:
                whole, text = whole + ".gz", gzip.compress(text, mtime=0)
            put(text, whole, int(mode, 8))
    binary = os.path.join(root, "usr/bin/sportello")
    subprocess.check_call(["strip", binary])
    changelog = open(deb["changelog"], "rb").read()
    put(gzip.compress(changelog, mtime=0), os.path.join(root, "usr/share/doc/sportello/changelog.Debian.gz"), 0o644)
    put(open(deb["license-file"][0], "rb").read(), os.path.join(root, "usr/share/doc/sportello/copyright"), 0o644)
    for script in sorted(os.listdir(deb["maintainer-scripts"])):
        path = os.path.join(deb["maintainer-scripts"], script)
        put(open(path, "rb").read(), os.path.join(root, "DEBIAN", script), 0o755)
    put(("\n".join(deb["conf-files"]) + "\n").encode(), os.path.join(root, "DEBIAN/conffiles"), 0o644)
    description = deb["extended-description"].strip().replace("\n\n", "\n.\n").replace("\n", "\n ")
    control = f"""\
Package: sportello
Version: {version}
Architecture: {architecture}
Maintainer: {deb["maintainer"]}
Section: {deb["section"]}
Priority: optional
Depends: {deb["depends"].replace("$auto", "libc6")}
Suggests: {deb["suggests"]}
Description: {cargo["description"]}
 {description}
"""
    put(control.encode(), os.path.join(root, "DEBIAN/control"), 0o644)
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    subprocess.check_call(["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, out], stdout=subprocess.DEVNULL)
