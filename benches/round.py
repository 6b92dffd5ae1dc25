#!/usr/bin/env python3
"""What a round costs beside a bare loop of requests, and beside urlwatch and webchanges, over one site on this machine.

    cargo build --release --example town && cargo build --release
    benches/round.py [--documents 5000] [--against VENV] [--rounds 3] [--json FILE]

VENV is a Python environment in which `pip install urlwatch webchanges` was done; the rows of what is not there say "not measured".
Figures are processor time (user and system) of whole processes, start and end included, as the kernel accounts them; each cell is
the median of --rounds runs, taken in turns. Rows that miss their goal say so; the exit code is 0 all the same.
"""

import argparse, http.server, json, os, pathlib, platform, shutil, socketserver, statistics, subprocess, sys, tempfile, threading, time, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = 10  # of one body, as in examples/town.rs


def host(body):
    n = body + 1
    return f"127.{1 + (n >> 16)}.{(n >> 8) & 255}.{n & 255}"


class Run:
    """What one process took."""

    def __init__(self, cpu, wall, peak, out):
        self.cpu, self.wall, self.peak, self.out = cpu, wall, peak, out

    def __repr__(self):
        return f"{self.cpu:.2f} s of CPU, {self.wall:.1f} s, {self.peak / 1024:.0f} MiB"


def run(command, folder, may_fail=False, env=None):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        words, talk = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if process.returncode and not may_fail:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{talk[-2000:]}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, words + talk)


class Site:
    """The town, with so many bodies."""

    def __init__(self, n_bodies, port):
        self.n_bodies, self.port = n_bodies, port
        self.process = subprocess.Popen([TOWN, "serve", str(n_bodies), str(port)], stdout=subprocess.PIPE)
        if self.process.stdout.readline().strip() != b"ready":
            sys.exit("the site does not start")

    def set(self, **switches):
        for key, value in switches.items():
            urllib.request.urlopen(f"http://{host(0)}:{self.port}/-/{key}/{value}").close()

    def addresses(self):
        return [f"http://{host(body)}:{self.port}/uffici/{n}" for body in range(self.n_bodies) for n in range(PAGES)]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Sportello:
    def __init__(self, site, folder, kind):
        self.folder, self.day = folder, 0
        bodies = []
        for body in range(site.n_bodies):
            at = f"http://{host(body)}:{site.port}"
            lines = [f'[[body]]\nid = "comune-{body}"\nname = "Comune {body}"\nkind = "comune"\n']
            addresses = [f"{at}/sitemap.xml"] if kind == "sitemap" else [f"{at}/uffici/{n}" for n in range(PAGES)]
            lines += [f'[[body.source]]\nurl = "{address}"\nkind = "{kind}"\n' for address in addresses]
            bodies.append("\n".join(lines))
        folder.mkdir()
        (folder / "sources.toml").write_text("\n".join(bodies))
        (folder / "sportello.toml").write_text('[crawl]\nallow_private = true\ndelay = "0s"\nper_host = 32\n[web]\nlisten = ""\n')

    def round(self):
        """A day later than the last one."""
        self.day += 1
        return run([SPORTELLO, "-q", "check", "--all", "--no-send", "--now", f"2026-03-{self.day:02}T09:00:00Z"], self.folder)


class Urlwatch:
    def __init__(self, site, folder, venv):
        folder.mkdir()
        self.folder = folder
        (folder / "urls.yaml").write_text("\n---\n".join(f"url: {address}" for address in site.addresses()))
        (folder / "config.yaml").write_text("report:\n  stdout:\n    enabled: false\n")
        self.command = [venv / "bin/urlwatch", "--urls", "urls.yaml", "--config", "config.yaml", "--cache", "cache.db", "--hooks", "none.py"]

    def round(self):
        return run(self.command, self.folder, may_fail=True)


class Webchanges(Urlwatch):
    def __init__(self, site, folder, venv):
        super().__init__(site, folder, venv)
        self.command = [venv / "bin/webchanges", "--jobs", "urls.yaml", "--config", "config.yaml", "--database", "snapshots.db"]


def versions(venv):
    words = {"sportello": run([SPORTELLO, "--version"], ROOT).out.strip(), "rustc": run(["rustc", "--version"], ROOT).out.strip()}
    if venv:
        listed = run([venv / "bin/pip", "list", "--format", "json", "--disable-pip-version-check"], ROOT).out
        found = {package["name"].lower(): package["version"] for package in json.loads(listed.splitlines()[0])}
        words |= {name: found.get(name, "missing") for name in ["urlwatch", "webchanges", "requests", "httpx"] if name in found}
        words["python"] = run([venv / "bin/python", "--version"], ROOT).out.strip()
    return words


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) >> 20
    return f"{os.cpu_count()} x {model}, {memory} GiB, Linux {platform.release()}"


class Table:
    """Rows as they come: printed, and kept for the JSON."""

    def __init__(self):
        self.rows = []

    def add(self, name, ours, theirs, goal, unit="s of CPU", at_most=True):
        if theirs is None:
            print(f"{name:<62} not measured", flush=True)
            self.rows.append({"work": name, "measured": False, "goal": goal})
            return
        ratio = ours / theirs if theirs else float("inf")
        met = goal is None or (ratio <= goal if at_most else ratio >= goal)
        goal_words = "" if goal is None else f"{'<=' if at_most else '>='} {goal:.2f}  {'met' if met else 'NOT MET'}"
        print(f"{name:<62} {ours:9.3f} {theirs:9.3f} {unit:<9} {ratio:6.2f}  {goal_words}", flush=True)
        self.rows.append({"work": name, "ours": ours, "theirs": theirs, "unit": unit, "ratio": ratio, "goal": goal, "met": met})


def middle(runs, what="cpu"):
    return statistics.median(getattr(one, what) for one in runs)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--documents", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--sources", choices=["page", "sitemap"], default="sitemap")
    arguments.add_argument("--against", type=pathlib.Path, metavar="VENV")
    arguments.add_argument("--sizes", type=int, nargs="*", default=[], metavar="N", help="memory and cost per document at so many documents, too")
    arguments.add_argument("--readers", type=int, default=10_000, help="how many get a mail of one change")
    arguments.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/sportello")
    arguments.add_argument("--town", type=pathlib.Path, default=ROOT / "target/release/examples/town")
    arguments.add_argument("--port", type=int, default=8089)
    arguments.add_argument("--json", type=pathlib.Path)
    given = arguments.parse_args()
    global SPORTELLO, TOWN
    SPORTELLO, TOWN = given.program.resolve(), given.town.resolve()
    venv = given.against.absolute() if given.against else None
    table, folder = Table(), pathlib.Path(tempfile.mkdtemp(prefix="sportello-round-"))
    told = versions(venv)
    print(machine(), *(f"{name} {version}" if name not in version.lower() else version for name, version in told.items()), sep="\n")
    try:
        rounds(given, venv, table, folder)
        first_mail(given, table, folder)
        if given.sizes:
            sizes(given, table, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "versions": told, "documents": given.documents, "rows": table.rows}, indent=2) + "\n")


def rounds(given, venv, table, folder):
    site = Site(given.documents // PAGES, given.port)
    try:
        measure(given, venv, table, folder, site)
    finally:
        site.stop()


def measure(given, venv, table, folder, site):
    n = given.documents
    ask = lambda mode, order="list": run([TOWN, "ask", site.n_bodies, site.port, mode, order], folder)
    kinds = {"urlwatch": Urlwatch, "webchanges": Webchanges}
    others = {name: kind(site, folder / name, venv) for name, kind in kinds.items() if venv and (venv / "bin" / name).exists()}
    ours, asked, by_host, theirs = {}, {}, {}, {name: {} for name in ["urlwatch", "webchanges"]}

    # everything is new: each run has a store of its own
    site.set(etag=1, token=1, counter=0, change=0)
    ours["first"], asked["first"] = [], []
    for turn in range(given.rounds):
        sportello = Sportello(site, folder / f"sportello-{turn}", given.sources)
        ours["first"].append(sportello.round())
        asked["first"].append(ask("parse"))
        by_host.setdefault("first", []).append(ask("parse", "hosts"))
    for name, other in others.items():
        theirs[name]["first"] = [other.round()]

    token = 1
    work = [("304", "unchanged", {"etag": 1}), ("equal", "bodies", {"etag": 0}), ("token", "parse", {"etag": 0}), ("counter", "parse", {"etag": 0}), ("change", "parse", {"etag": 0})]
    for name, mode, switches in work:
        site.set(**switches)
        ours[name], asked[name] = [], []
        def stir():
            nonlocal token
            token += 1
            if name in ("token", "counter", "change"):
                site.set(token=token)
            if name == "counter":
                site.set(counter=token)
            if name == "change":
                site.set(change=token)
        if name == "equal":
            sportello.round()  # settles that there are no validators any more
        for turn in range(given.rounds):
            stir()
            ours[name].append(sportello.round())
            asked[name].append(ask(mode))
            by_host.setdefault(name, []).append(ask(mode, "hosts"))
        for other_name, other in others.items():
            stir()
            theirs[other_name][name] = [other.round()]

    titles = {
        "304": ("nothing changed, the server answers 304", "the bare loop", 1.5, 10),
        "equal": ("equal bytes", "the loop reading bodies", 1.6, 10),
        "token": ("bytes differ by tokens, text equal", "the loop and one parse", 2.0, 3),
        "counter": ("the visible text differs by a counter, facts equal", "the loop and one parse", 2.0, 3),
        "change": ("one page in a hundred changes its hours", "the loop and one parse", None, None),
        "first": ("everything is new", "the loop and one parse", 3.0, 3),
    }
    print(f"\n{n} documents of {site.n_bodies} bodies, sources of kind {given.sources}, median of {given.rounds}\n")
    print(f"{'':<62} {'ours':>9} {'theirs':>9} {'':<9} {'ratio':>6}  goal")
    for name, (title, against, goal, _) in titles.items():
        table.add(f"{title} / {against}", middle(ours[name]), middle(asked[name]), goal)
    for name, (title, against, _, _) in titles.items():
        table.add(f"{title} / {against}, host by host", middle(ours[name]), middle(by_host[name]), None)
    for other in theirs:
        for name, (title, _, _, times) in titles.items():
            runs = theirs[other].get(name)
            goal = 1 / times if times and other == "urlwatch" else None
            table.add(f"{title} / {other}", middle(ours[name]), runs and middle(runs), goal)
        wall = [sum(middle(one[name], "wall") for name in titles) for one in ([ours] + ([theirs[other]] if theirs[other] else []))]
        table.add(f"wall time of these rounds / {other}", wall[0], wall[1] if len(wall) > 1 else None, 1 / 5, "s")
        peak = [max(middle(one[name], "peak") for name in titles) / 1024 for one in ([ours] + ([theirs[other]] if theirs[other] else []))]
        table.add(f"peak memory / {other}", peak[0], peak[1] if len(peak) > 1 else None, 1 / 3, "MiB")
    print("\nper document:", ", ".join(f"{name} {1e6 * middle(runs) / n:.0f} µs" for name, runs in ours.items()), "· memory", ", ".join(f"{name} {middle(runs, 'peak') / 1024:.0f} MiB" for name, runs in ours.items()))
    print("bare loop:   ", ", ".join(f"{name} {1e6 * middle(runs) / n:.0f} µs" for name, runs in asked.items()))


class Page(http.server.BaseHTTPRequestHandler):
    """One page whose hour changes; when the changed one was first handed out."""

    hour, changed, fetched = "8.30", False, None

    def do_GET(self):
        body = (f"<!doctype html><html lang=it><title>Comune</title><main><h1>Ufficio Anagrafe</h1><p>dal lunedì al venerdì {Page.hour}-12.30</p></main></html>").encode()
        self.send_response(200 if self.path == "/anagrafe" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if Page.changed and self.path == "/anagrafe" and not Page.fetched:
            Page.fetched = time.monotonic()

    def log_message(self, *_):
        pass


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that notes when it accepted the first mail, and how many came."""

    first, n = None, 0

    def handle(self):
        say = lambda words: self.wfile.write(words + b"\r\n")
        say(b"220 mailbox")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                Mailbox.first = Mailbox.first or time.monotonic()
                Mailbox.n += 1
            say(b"221 bye" if word == b"QUIT" else b"250 mailbox")
            if word == b"QUIT":
                return


def first_mail(given, table, folder):
    """From the changed page, once it is fetched, to the first of so many readers' mails accepted, in `run`."""
    page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    mailbox = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    for server in (page, mailbox):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    place = folder / "first-mail"
    place.mkdir()
    (place / "sources.toml").write_text(f'[[body]]\nid = "comune"\nname = "Comune"\nkind = "comune"\n[[body.source]]\nurl = "http://127.0.0.1:{page.server_port}/anagrafe"\nkind = "page"\nevery = "1m"\n')
    (place / "sportello.toml").write_text(f'[crawl]\nallow_private = true\ndelay = "0s"\n[mail]\ntransport = "smtp"\nsmtp = "smtp://127.0.0.1:{mailbox.server_address[1]}"\n[web]\nlisten = ""\n')
    (place / "people.csv").write_text("email\n" + "".join(f"lettore-{n:05}@lettori.test\n" for n in range(given.readers)))
    run([SPORTELLO, "-q", "check", "--all"], place)
    run([SPORTELLO, "subscribers", "import", "people.csv"], place)
    Page.hour, Page.changed = "9.00", True
    daemon = subprocess.Popen([SPORTELLO, "-q", "run"], cwd=place, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    patience = time.monotonic() + 180
    while not Mailbox.first and time.monotonic() < patience and daemon.poll() is None:
        time.sleep(0.05)
    daemon.terminate()
    daemon.wait()
    for server in (page, mailbox):
        server.shutdown()
    if not Mailbox.first or not Page.fetched:
        sys.exit("the first mail did not come")
    took = Mailbox.first - Page.fetched
    print(f"\nfrom the page fetched to the first of {given.readers} mails accepted: {took:.2f} s (goal: at most 1): {'met' if took <= 1 else 'NOT MET'}", flush=True)
    table.rows.append({"work": f"from the page fetched to the first of {given.readers} mails", "ours": took, "unit": "s", "goal": 1, "met": took <= 1})


def sizes(given, table, folder):
    print()
    first = None
    for n in given.sizes:
        site = Site(n // PAGES, given.port)
        try:
            site.set(etag=1, token=1, counter=0, change=0)
            sportello = Sportello(site, folder / f"size-{n}", given.sources)
            new = sportello.round()
            again = [sportello.round() for _ in range(given.rounds)]
        finally:
            site.stop()
        shutil.rmtree(sportello.folder)
        figures = (1e6 * new.cpu / n, 1e6 * middle(again) / n, max(new.peak, middle(again, "peak")) / 1024)
        first = first or figures
        for what, figure, begin, unit, goal in zip(["first round, per document", "304 round, per document"], figures, first, ["µs of CPU"] * 2, [1.2] * 2):
            table.add(f"{n} documents, {what} / at {given.sizes[0]}", figure, begin, goal, unit)
        grown = figures[2] - first[2]
        met = figures[2] <= 150 and grown <= 64
        print(f"{n} documents, peak memory: {figures[2]:.0f} MiB, grown by {grown:.0f} MiB (goal: at most 150 in all, 64 grown): {'met' if met else 'NOT MET'}", flush=True)
        table.rows.append({"work": f"peak memory at {n} documents", "ours": figures[2], "unit": "MiB", "grown": grown, "met": met})


if __name__ == "__main__":
    main()
