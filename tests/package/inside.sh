#!/usr/bin/env bash
# What boot.sh runs inside, as root, under systemd. One line a check; the container's exit status says whether all held.
cd /opt/check
failed=0

good() { printf "%4d s  ok      %s\n" $SECONDS "$*"; }
bad() { printf "%4d s  FAILED  %s\n" $SECONDS "$*"; failed=1; }
# holds "what" command…
holds() {
    local what=$1 said
    shift
    if said=$("$@" 2>&1); then good "$what"; else bad "$what: $(tail -c 600 <<<"$said")"; fi
}
# until "what" command…: within half a minute
until_holds() {
    local what=$1 n
    shift
    for n in $(seq 150); do
        if "$@" >/dev/null 2>&1; then good "$what"; return; fi
        sleep 0.2
    done
    bad "$what (not within 30 s)"
    systemctl status --no-pager -n 5 sportello | tail -n 12
}
status_says() { systemctl show -p StatusText --value sportello | grep -qE -- "$1"; }
journal_says() { journalctl -u sportello -o cat --no-pager | grep -qE -- "$1"; }
as_user() { runuser -u sportello -- "$@"; }
is() { [[ $(systemctl "is-$1" "$3" 2>/dev/null) == "$2" ]]; }
main_pid() { systemctl show -p MainPID --value sportello; }
fresh_limits() { systemctl reset-failed sportello 2>/dev/null; true; }

page() { printf '<!doctype html><html lang=it><title>Comune di Prova</title><main><h1>Uffici</h1><h2>Ufficio Anagrafe</h2><p>Orario di apertura al pubblico: %s</p></main></html>' "$1" >/opt/check/page.html; }
sources() {
    printf '[[body]]\nid = "comune-prova"\nname = "Comune di Prova"\nkind = "comune"\n'
    for path in "$@"; do printf '[[body.source]]\nurl = "http://127.0.0.1:%s/%s"\nkind = "page"\nschedule = "* * * * * *"\n' "$site" "$path"; done
}

page 'dal lunedì al venerdì 8.30-12.30'
systemd-run -q --unit=site python3 /opt/check/site.py /opt/check/page.html /opt/check/port
while [[ ! -s port ]]; do sleep 0.1; done
site=$(cat port)
listen=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# ── installed
dpkg -i old.deb >install.log 2>&1 && good "the package installs" || bad "the package installs: $(cat install.log)"
holds "it says what to do first" grep -q 'systemctl enable --now sportello' install.log
holds "it starts nothing by itself" is active inactive sportello
holds "it enables nothing by itself" is enabled disabled sportello
holds "there is a user of the service" id sportello
if command -v man >/dev/null; then
    holds "man sportello" sh -c 'man -P cat sportello 2>/dev/null | grep -q doctor'
    holds "man sportello-sources-add" sh -c 'man -w sportello-sources-add'
else
    holds "man pages are there" sh -c 'zcat /usr/share/man/man1/sportello.1.gz | grep -q doctor'
fi
holds "completions" bash -c 'source /usr/share/bash-completion/completions/sportello && complete -p sportello'
holds "the settings are good as they come" sportello sources lint

# ── started
sed -i -e 's|^#:allow_private = false|allow_private = true|' -e 's|^#:delay = "1s"|delay = "0s"|' \
    -e "s|^#:listen = .*|listen = \"$listen\"|" -e 's|^#:contact = ""|contact = "mailto:prova@example.org"|' /etc/sportello/sportello.toml
sources uffici >/etc/sportello/sources.toml
systemctl enable -q --now sportello
holds "the service starts" is active active sportello
until_holds "systemctl status shows what it does" status_says '^1 sources'
until_holds "it reads the page" sh -c 'runuser -u sportello -- sportello offices --json | grep -q 08:30'
holds "the journal has priorities" sh -c 'journalctl -u sportello -o json | grep -q "\"PRIORITY\":\"6\""'
holds "its data is closed to others" sh -c '[ "$(stat -c "%U %a" /var/lib/sportello)" = "sportello 700" ]'
holds "a second one is refused" sh -c 'runuser -u sportello -- sportello run 2>&1 | grep -q "another sportello"'
as_user sportello subscribers add ada@example.org --all >/dev/null 2>&1
page 'dal lunedì al venerdì 9.00-12.30'
until_holds "a change is mailed" sh -c 'grep -l ada@example.org /var/lib/sportello/outbox/*.eml'
holds "the journal is asked by source" sh -c 'journalctl -q -o cat SPORTELLO_SOURCE=comune-prova/uffici | grep -q "hours changed"'
holds "the doctor finds it well" as_user sportello doctor
holds "the doctor finds it well as root, too" sportello doctor
holds "no address of a subscriber is in the journal" sh -c '! journalctl -o cat | grep -q "ada@example.org"'

# ── reloaded
sources uffici uffici-2 >/etc/sportello/sources.toml
holds "reload" systemctl reload sportello
until_holds "the new source is watched" status_says '^2 sources'
echo 'evry = "1h"' >>/etc/sportello/sources.toml
systemctl reload sportello
until_holds "a file with an error is refused with its reasons" journal_says 'not reloaded.*evry'
holds "and what was in force goes on" is active active sportello
sources uffici uffici-2 >/etc/sportello/sources.toml

# ── reached through systemd's socket
ask_socket() { python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b"GET /readyz HTTP/1.0\r\n\r\n"); print(s.recv(99))' "$1"; }
holds "its folder in /run can be entered" test "$(stat -c %a /run/sportello)" = 755
systemctl stop sportello
systemctl start sportello.socket
holds "the socket is the web server's" sh -c '[ "$(stat -c "%G %a" /run/sportello-web.sock)" = "www-data 660" ]'
systemctl start sportello
holds "the service answers at systemd's socket" sh -c "$(declare -f ask_socket); ask_socket /run/sportello-web.sock | grep -q '200 OK'"
systemctl stop sportello sportello.socket
fresh_limits
systemctl start sportello

# ── secrets
install -d -m 700 /etc/credstore
sed -i -e 's|^#:transport = "files"|transport = "smtp"|' -e 's|^#:smtp = .*|smtp = "smtp://ada@127.0.0.1:9"|' \
    -e 's|^#:from = .*|from = "avvisi@sportello.example"|' /etc/sportello/sportello.toml
fresh_limits
systemctl restart sportello 2>/dev/null
until_holds "without the password it does not start, and says why" journal_says 'no password'
holds "and is not tried again and again" is active failed sportello
install -m 600 /dev/stdin /etc/credstore/sportello.smtp-password <<<'segreto'
fresh_limits
holds "with the password in /etc/credstore it starts" systemctl restart sportello
holds "the doctor, as root, finds the password and says that the server is away" sh -c 'sportello doctor | grep -q "cannot connect"'
sed -i 's|^transport = "smtp"|transport = "files"|' /etc/sportello/sportello.toml
systemctl reload sportello

# ── stuck
mkdir -p /etc/systemd/system/sportello.service.d
printf '[Service]\nWatchdogSec=2s\nTimeoutAbortSec=1s\nRestartSec=1s\n' >/etc/systemd/system/sportello.service.d/quick.conf
systemctl daemon-reload
fresh_limits
systemctl restart sportello
until_holds "it runs under a short watchdog" status_says '^2 sources'
sleep 3
holds "which it feeds" test "$(systemctl show -p NRestarts --value sportello)" = 0
stuck=$(main_pid)
kill -STOP "$stuck"
until_holds "a stopped process is replaced by the watchdog" sh -c "[ \$(systemctl show -p NRestarts --value sportello) -ge 1 ] && [ \$(systemctl show -p MainPID --value sportello) != $stuck ] && systemctl -q is-active sportello"
rm -r /etc/systemd/system/sportello.service.d
systemctl daemon-reload

# ── upgraded, downgraded
fresh_limits
before=$(main_pid)
changes=$(as_user sportello changes --json | wc -l)
dpkg -i --force-confold new.deb >upgrade.log 2>&1 && good "an upgrade installs" || bad "an upgrade installs: $(cat upgrade.log)"
until_holds "and is running" sh -c "systemctl -q is-active sportello && [ \$(systemctl show -p MainPID --value sportello) != $before ]"
holds "it keeps the data" sh -c "[ \$(runuser -u sportello -- sportello changes --json | wc -l) -ge $changes ] && [ $changes -ge 1 ]"
holds "and the settings" grep -q "$listen" /etc/sportello/sportello.toml
holds "and says nothing of first steps" sh -c '! grep -q "enable --now" upgrade.log'
dpkg -i --force-confold old.deb >downgrade.log 2>&1 && good "a downgrade installs" || bad "a downgrade installs: $(cat downgrade.log)"
until_holds "and is running, with the same data" sh -c "systemctl -q is-active sportello && [ \$(runuser -u sportello -- sportello changes --json | wc -l) -ge $changes ]"

# ── stopped, removed, purged
systemctl stop sportello
holds "it stops cleanly" test "$(systemctl show -p Result --value sportello)" = success
until_holds "and says so" journal_says '^stopped$'
install -d -o sportello -g sportello -m 700 /var/backups/sportello
holds "root makes no file that the service cannot write" sh -c 'sportello backup /root/copy.db && sportello changes >/dev/null && [ -z "$(find /var/lib/sportello ! -user sportello)" ]'
holds "a backup" as_user sportello backup /var/backups/sportello/copy.db
printf '[store]\npath = "/var/backups/sportello/drill.db"\n' >/var/backups/sportello/drill.toml
holds "is restored elsewhere" as_user sportello --config /var/backups/sportello/drill.toml restore /var/backups/sportello/copy.db
holds "and every byte of it agrees" sh -c 'runuser -u sportello -- sportello --config /var/backups/sportello/drill.toml doctor --verify | grep "^ok.*agree with their hashes"'
holds "and is restored in place" as_user sportello restore /var/backups/sportello/copy.db --force
fresh_limits
systemctl start sportello
holds "removal" dpkg -r sportello
holds "ends the service" sh -c '! systemctl -q is-active sportello'
holds "and leaves the data and the settings" sh -c 'test -s /var/lib/sportello/sportello.db && test -s /etc/sportello/sportello.toml'
dpkg -i old.deb >/dev/null 2>&1
holds "installed again, the data is there" sh -c "[ \$(runuser -u sportello -- sportello changes --json | wc -l) -ge $changes ]"
holds "purging" dpkg -P sportello
holds "leaves nothing" sh -c 'left=$(ls -d /var/lib/sportello /var/cache/sportello /etc/sportello /etc/credstore/sportello.* /usr/bin/sportello /etc/systemd/system/*.wants/sportello.service 2>/dev/null); echo "$left"; [ -z "$left" ]'

systemctl exit $failed
