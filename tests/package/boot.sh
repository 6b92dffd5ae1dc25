#!/usr/bin/env bash
# Boots a Debian with systemd as its first process, installs the package there, and goes through a service's life: start, alert, reload,
# watchdog, upgrade, downgrade, removal, purge.
#
#   tests/package/boot.sh target/debian/sportello_0.1.0-1_amd64.deb
#
# The Debian is this one, under an overlay in memory: nothing here is changed. Needs root and systemd-nspawn (systemd-container); where
# they are not to be had it says so and ends with 77.
set -euo pipefail
deb=$(realpath "${1:?the package}")
cannot() { echo "SKIPPED: nobody has booted the package: $*"; exit 77; }
((EUID == 0)) || cannot "only root can"
command -v systemd-nspawn >/dev/null || cannot "there is no systemd-nspawn (apt-get install systemd-container)"
unshare --mount true 2>/dev/null || cannot "no mounts of one's own are allowed here"
[[ -n ${IN_OWN_NAMESPACE:-} ]] || exec env IN_OWN_NAMESPACE=1 unshare --mount --propagation private "$(realpath "$0")" "$deb"
here=$(dirname "$(realpath "$0")")

work=$(mktemp -d)
trap 'umount -l "$work" 2>/dev/null; rmdir "$work"' EXIT
mount -t tmpfs tmpfs "$work" || cannot "no file system in memory can be mounted"
mkdir "$work"/{up,work,root,out}
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/up,workdir=$work/work" "$work/root" || cannot "no overlay can be mounted"
root=$work/root

# only our units start, and nothing of an earlier installation is there
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/sportello "$root"/var/lib/sportello
: >"$root/etc/machine-id"
rm -f "$root/usr/sbin/policy-rc.d" # a container's "start nothing"
rm -f "$root/var/lib/man-db/auto-update" # the index of man pages takes seconds, and nobody looks anything up
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/memory"
rm -f "$root"/etc/dpkg/dpkg.cfg.d/*docker* "$root"/etc/dpkg/dpkg.cfg.d/*exclude* # and its "no man pages"
install -D -m 755 "$here/inside.sh" "$root/opt/check/inside.sh"
install -m 644 "$here/site.py" "$root/opt/check/"
cp "$deb" "$root/opt/check/old.deb"
# the next version: the same under a higher number
next=$(mktemp -d -p "$work")
dpkg-deb -R "$deb" "$next"
sed -i 's/^Version: .*/Version: 99.0-1/' "$next/DEBIAN/control"
dpkg-deb --root-owner-group -Znone --build "$next" "$root/opt/check/new.deb" >/dev/null
rm -r "$next"
cat >"$root/etc/systemd/system/check.service" <<'UNIT'
[Service]
Type=oneshot
ExecStart=/opt/check/inside.sh
StandardOutput=file:/out/log
StandardError=inherit
# what it starts beside it is not ended with it
KillMode=process
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../check.service "$root/etc/systemd/system/multi-user.target.wants/"
answer=0
timeout 180 systemd-nspawn -q -D "$root" --bind="$work/out:/out" --boot --register=no --keep-unit --console=pipe </dev/null \
    >"$work/console" 2>&1 || answer=$?
cat "$work/out/log" 2>/dev/null || { cat "$work/console"; echo "the container did not boot"; answer=1; }
exit "$answer"
