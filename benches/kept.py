#!/usr/bin/env python3
"""The program on stores of several sizes: a check that finds nothing new, the start of the service, and pages of the site.

    cargo bench --bench store -- --only queries --folder DIR
    cargo build --release && cargo build --release --example town
    benches/kept.py DIR [--rounds 3]

Each folder in DIR whose name is a number of documents holds a store of that size, filled with 12.5 changes for each document. Sizes take
turns, so that what else the machine does falls on all; each line ends with the ratio to the smallest size.
"""

import argparse, http.client, os, pathlib, random, signal, socket, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import round as town

PORT = 8089  # of the town, and 8090 of the site: both stand in the stores
GOAL = 1.5
OFFICES = ["anagrafe", "tributi", "urp", "protocollo", "edilizia"]


class Kept:
    """A store of a size, with the folder it lies in."""

    def __init__(self, folder):
        self.folder, self.n_documents = folder, int(folder.name)
        self.n_bodies = self.n_documents // town.PAGES
        # each run of this program has a year of its own, so that days go on where a store was checked before
        runs = folder / "runs"
        n_runs = len(runs.read_text()) if runs.exists() else 0
        runs.write_text("." * (n_runs + 1))
        self.year, self.day = 2032 + n_runs, 0

    def check(self):
        """Years after all that is in the store, a day later each time."""
        self.day += 1
        now = f"{self.year}-01-{self.day:02}T09:00:00Z"
        return town.run([town.SPORTELLO, "-q", "check", "--all", "--no-send", "--now", now], self.folder)

    def start(self):
        return Service(self.folder)

    def warm(self):
        """Into the system's cache, from which a machine that has been idle may have dropped it: pages are compared, not disks."""
        with open(self.folder / "sportello.db", "rb") as file:
            while file.read(1 << 20):
                pass

    def body(self, dice):
        return f"comune-{dice.randrange(self.n_bodies):05}"


class Service:
    """A service from its start to READY=1, as systemd would see it."""

    def __init__(self, folder):
        with tempfile.TemporaryDirectory() as place:
            path = f"{place}/notify"
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
                listener.bind(path)
                listener.settimeout(60)
                started = time.monotonic()
                self.process = subprocess.Popen(
                    [town.SPORTELLO, "-q", "run"], cwd=folder, stdin=subprocess.DEVNULL, env=os.environ | {"NOTIFY_SOCKET": path}
                )
                while b"READY=1" not in listener.recv(4096):
                    pass
                self.wall = time.monotonic() - started
                # the clock of another process's processor time, as clock_getcpuclockid(3) makes its name
                self.cpu = time.clock_gettime((~self.process.pid << 3) | 2)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def pages(kept):
    """Addresses of each kind of page: a name, and what makes one from dice."""
    office = lambda dice: dice.choice(OFFICES)
    return {
        "home page": lambda dice: "/it/",
        "a province": lambda dice: "/it/province/AG",
        "a body": lambda dice: f"/it/enti/{kept.body(dice)}",
        "an office": lambda dice: f"/it/enti/{kept.body(dice)}/{office(dice)}",
        "a change": lambda dice: f"/it/variazioni/{dice.randrange(1, kept.n_bodies * 125)}",
        "newest changes": lambda dice: "/it/variazioni",
        "newest changes of an office": lambda dice: f"/it/variazioni?ufficio={office(dice)}",
        "newest changes of a body": lambda dice: f"/it/variazioni?ente={kept.body(dice)}",
        "feed of a body": lambda dice: f"/it/variazioni.atom?ente={kept.body(dice)}",
        "calendar of a body": lambda dice: f"/it/calendario.ics?ente={kept.body(dice)}",
        "search: an office of a body": lambda dice: f"/it/cerca?q={office(dice)}+c{dice.randrange(kept.n_bodies)}",
        "search: frequent words": lambda dice: "/it/cerca?q=ufficio+tributi+comune",
        "exceptions of today": lambda dice: "/it/oggi",
        "sources": lambda dice: "/it/fonti",
        "form for subscribers, with a body": lambda dice: f"/it/iscriviti?ente={kept.body(dice)}",
        "API: bodies": lambda dice: "/api/v1/bodies?limit=100",  # as many as the smallest store has
        "API: offices of a body": lambda dice: f"/api/v1/bodies/{kept.body(dice)}/offices",
        "API: history of an office": lambda dice: f"/api/v1/bodies/{kept.body(dice)}/offices/{office(dice)}/history",
        "API: changes of a body": lambda dice: f"/api/v1/changes?body={kept.body(dice)}",
        "API: a change": lambda dice: f"/api/v1/changes/{dice.randrange(1, kept.n_bodies * 125)}",
        "API: sources": lambda dice: "/api/v1/sources?limit=100",
        # last, since it goes over whole tables and takes the place of what was read before
        "metrics": lambda dice: "/metrics",
    }


def ask(address, n):
    """Asks from another address after some requests: nobody else asks so much."""
    connection = http.client.HTTPConnection("127.0.0.1", 8090, timeout=30, source_address=(f"127.0.1.{1 + n // 20 % 250}", 0))
    started = time.monotonic()
    connection.request("GET", address)
    answer = connection.getresponse()
    answer.read()
    took = time.monotonic() - started
    connection.close()
    return answer.status, took


def line(what, figures, unit, goal=None):
    ratio = figures[-1] / figures[0]
    note = "" if goal is None else f"  {'met' if ratio <= goal else 'NOT MET'} ({goal})"
    print(f"{what:<42}", *(f"{figure:10.2f}" for figure in figures), f"{unit:<4} {ratio:6.2f}{note}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--times", type=int, default=100, help="requests of each kind of page; with more than bodies in the smallest store, most of its answers are those kept from before")
    arguments.add_argument("--only", choices=["check", "start", "pages"])
    arguments.add_argument("--program", type=pathlib.Path, default=town.ROOT / "target/release/sportello")
    arguments.add_argument("--town", type=pathlib.Path, default=town.ROOT / "target/release/examples/town")
    given = arguments.parse_args()
    town.SPORTELLO, town.TOWN = given.program.resolve(), given.town.resolve()
    stores = [Kept(folder) for folder in given.folder.iterdir() if folder.name.isdigit()]
    stores.sort(key=lambda kept: kept.n_documents)
    print(town.machine())
    print(f"{'documents':<42}", *(f"{kept.n_documents:10}" for kept in stores), f"{'':<4}  ratio")
    if given.only in (None, "check"):
        checks(given, stores)
    else:
        quiet(stores)
    if given.only in (None, "start"):
        starts(given, stores)
    if given.only in (None, "pages"):
        site(given, stores)


def checks(given, stores):
    site = town.Site(stores[-1].n_bodies, PORT)
    try:
        site.set(etag=1, token=1, counter=0, change=0)
        for kept in stores:
            kept.check()  # takes over the sources, and settles how far the health of those that failed has moved
        runs = [[] for _ in stores]
        for _ in range(given.rounds):
            for kept, its in zip(stores, runs):
                its.append(kept.check())
    finally:
        site.stop()
    line("check, all 304: processor time a document", [1e6 * town.middle(its) / kept.n_documents for kept, its in zip(stores, runs)], "µs", GOAL)
    line("check, all 304: memory", [town.middle(its, "peak") / 1024 for its in runs], "MiB")


def quiet(stores):
    """A check years ahead of today: a service that is started finds nothing due, and its pages are not measured beside a crawl."""
    site = town.Site(stores[-1].n_bodies, PORT)
    try:
        site.set(etag=1, token=1, counter=0, change=0)
        for kept in stores:
            kept.check()
    finally:
        site.stop()


def starts(given, stores):
    times = [[] for _ in stores]
    for _ in range(3 * given.rounds):
        for kept, its in zip(stores, times):
            service = kept.start()
            its.append(service)
            service.stop()
    line("start of the service until it is ready", [1000 * statistics.median(one.wall for one in its) for its in times], "ms")
    line("the same, processor time", [1000 * statistics.median(one.cpu for one in its) for its in times], "ms")


def site(given, stores):
    taken = [{} for _ in stores]
    for kept, its in zip(stores, taken):
        kept.warm()
        service, dice = kept.start(), random.Random(7)
        try:
            for name, address in pages(kept).items():
                answers = [ask(address(dice), n) for n in range(given.times)]
                wrong = [status for status, _ in answers if status != 200]
                if wrong:
                    print(f"{name}: {address(dice)} answers {wrong[0]}")
                its[name] = 1000 * statistics.median(took for _, took in answers)
        finally:
            service.stop()
    for name in taken[0]:
        line(name, [its[name] for its in taken], "ms", GOAL)


if __name__ == "__main__":
    main()
