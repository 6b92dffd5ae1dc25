#!/usr/bin/env python3
"""How fast mails leave, beside what the server takes at most: 10 000 personal alerts of one change, each commit durable.

    cargo build --release && sudo benches/mail_rate.py [--mails N] [--server sink|postfix|both] [--rounds N]

A town on this machine changes an hour; the outbox fills; the program hands the mails over. In turns with it, `smtp-source` hands as many
mails of the same size, each to another recipient, over as many connections to the same server. A turn begins when the server has nothing left
of the one before. `smtp-source` writes one sender on all envelopes, and so does the program where no address for bounces is set; with one, each
envelope has a return path of its own (VERP), which Postfix has to look up: that is a row by itself. Needs Debian's postfix (for both tools and
a private instance in a temporary folder, which needs root); starts no server of the machine. Prints rates, their ratio and the program's memory.
"""

import argparse, http.server, os, pathlib, resource, shutil, socket, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONNECTIONS = 8
ROWS = ["Anagrafe", "Stato civile", "Protocollo", "Tributi", "URP", "SUAP"]


def page(hour):
    rows = "".join(f"<tr><td>Ufficio {name}</td><td>dal lunedì al venerdì {hour if name == 'Tributi' else '8.30'}-12.30</td></tr>" for name in ROWS)
    return ("<!doctype html><html lang=it><head><meta charset=utf-8><title>Comune di Prova</title></head><body><main><h1>Orari degli uffici</h1>"
            f"<table><thead><tr><th>Ufficio</th><th>Orario di apertura al pubblico</th></tr></thead><tbody>{rows}</tbody></table></main></body></html>").encode()


class Town(http.server.BaseHTTPRequestHandler):
    hour = "9.00"

    def do_GET(self):
        body = page(Town.hour) if self.path == "/uffici" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the mail server does not answer")


class Sink:
    def start(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "512"], stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def rest(self):
        pass

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Postfix:
    """A whole Postfix of its own: takes mails into its queue, durably, and throws them away from there."""

    def start(self, folder):
        self.port = free_port()
        self.config = folder / "postfix"
        self.config.mkdir()
        for name in ["master.cf", "postfix-script", "post-install", "postfix-files"]:
            shutil.copy(f"/etc/postfix/{name}", self.config / name)
        lines = []
        for line in (self.config / "master.cf").read_text().splitlines():
            words = line.split()
            if line[:1] not in ("#", " ", "\t", "") and len(words) >= 8:
                if words[0] == "smtp" and words[1] == "inet":
                    words[0] = f"127.0.0.1:{self.port}"
                words[4] = "n"
                line = " ".join(words)
            lines.append(line)
        (self.config / "master.cf").write_text("\n".join(lines) + "\n")
        self.queue = queue = folder / "queue"
        data = folder / "data"
        queue.mkdir()
        data.mkdir()
        shutil.chown(data, "postfix")
        folder.chmod(0o755)
        settings = {
            "compatibility_level": "3.6", "queue_directory": queue, "data_directory": data, "multi_instance_name": "postfix-sportello",
            "multi_instance_enable": "yes", "myhostname": "mail.sportello.test", "mydestination": "", "inet_interfaces": "127.0.0.1",
            "mynetworks": "127.0.0.0/8", "default_transport": "discard:", "relay_transport": "discard:", "alias_maps": "",
            "smtpd_relay_restrictions": "permit_mynetworks, reject", "smtp_dns_support_level": "disabled",
        }
        (self.config / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        subprocess.run(["postfix", "-c", self.config, "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def rest(self):
        """Waits until all that was taken has left."""
        for _ in range(600):
            if not any(files for part in ("incoming", "active") for _, _, files in os.walk(self.queue / part)):
                return
            time.sleep(0.1)
        sys.exit("the server's queue does not empty")

    def stop(self):
        subprocess.run(["postfix", "-c", self.config, "stop"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Program:
    def __init__(self, binary, folder, n_mails):
        self.binary, self.folder = binary, folder
        town = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Town)
        threading.Thread(target=town.serve_forever, daemon=True).start()
        (folder / "sources.toml").write_text(
            '[[body]]\nid = "comune-prova"\nname = "Comune di Prova"\nkind = "comune"\n\n[[body.source]]\n'
            f'url = "http://127.0.0.1:{town.server_port}/uffici"\nkind = "page"\n')
        self.settings("")
        self.run("subscribers", "add", "lettore-00000@lettori.test", "--all")
        self.run("check", "--all")
        # one mail as a file tells how large they are
        self.n_changes = 1
        Town.hour = "9.03"
        self.run("check", "--all")
        (mail,) = folder.glob("outbox/*.eml")
        self.size = mail.stat().st_size
        (folder / "people.csv").write_text("email\n" + "".join(f"lettore-{n:05}@lettori.test\n" for n in range(n_mails)))
        self.run("subscribers", "import", "people.csv")

    def settings(self, mail):
        (self.folder / "sportello.toml").write_text(f"[crawl]\nallow_private = true\ndelay = \"0s\"\n{mail}")

    def run(self, *arguments):
        process = subprocess.run([self.binary, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if process.returncode:
            sys.exit(f"sportello {' '.join(arguments)}: {process.stderr}")
        return process.stderr.strip()

    def fill(self):
        """Makes the hour change, so that one mail for each reader waits."""
        # never back to an earlier hour: that would wait for confirmation
        self.n_changes += 1
        Town.hour = f"{9 + self.n_changes // 20}.{self.n_changes % 20 * 3:02}"
        self.run("check", "--all", "--no-send")

    def send(self, server, n_mails, bounces):
        """Seconds for all that waits."""
        self.settings(f"[mail]\ntransport = \"smtp\"\nsmtp = \"smtp://127.0.0.1:{server.port}\"\nfrom = \"Sportello <avvisi@sportello.test>\"\n"
                      + ('bounces = "rimbalzi@sportello.test"\n' if bounces else ""))
        self.fill()
        server.rest()
        started = time.monotonic()
        said = self.run("check", "--body", "comune-prova")
        seconds = time.monotonic() - started
        if f"{n_mails} mails sent" not in said:
            sys.exit(f"not all were sent: {said}")
        return seconds


def source(server, n_mails, size):
    server.rest()
    started = time.monotonic()
    subprocess.run(["smtp-source", "-d", "-N", "-s", str(CONNECTIONS), "-m", str(n_mails), "-l", str(size), "-f", "rimbalzi@sportello.test",
                    "-t", "lettore@lettori.test", f"127.0.0.1:{server.port}"], check=True)
    return time.monotonic() - started


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--mails", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=4)
    arguments.add_argument("--server", choices=["sink", "postfix", "both"], default="both")
    arguments.add_argument("--binary", default=str(ROOT / "target/release/sportello"))
    arguments = arguments.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sportello-mail-"))
    place = folder / "place"
    place.mkdir()
    failed = False
    try:
        program = Program(arguments.binary, place, arguments.mails)
        size = program.size
        print(f"{arguments.mails} mails of {size} bytes over {CONNECTIONS} connections, {arguments.rounds} rounds in turns, load {os.getloadavg()[0]:.1f}")
        for name, server, goal in [("smtp-sink", Sink(), 0.25), ("Postfix", Postfix(), 0.90)]:
            if arguments.server not in ("both", name.replace("smtp-", "").lower()):
                continue
            server.start(folder)
            try:
                turns = {"smtp-source": lambda: source(server, arguments.mails, size),
                         "one sender": lambda: program.send(server, arguments.mails, bounces=False),
                         "return paths": lambda: program.send(server, arguments.mails, bounces=True)}
                taken = dict.fromkeys(turns, 0.0)
                for n_round in range(arguments.rounds):
                    # each of them goes first in its turn
                    order = list(turns)
                    for turn in order[n_round % 3:] + order[:n_round % 3]:
                        taken[turn] += turns[turn]()
            finally:
                server.stop()
            total = arguments.mails * arguments.rounds
            print(f"{name:10} smtp-source {total / taken['smtp-source']:7.0f}/s")
            for turn in ["one sender", "return paths"]:
                ratio = taken["smtp-source"] / taken[turn]
                failed |= ratio < goal
                print(f"{'':10} sportello, {turn:13} {total / taken[turn]:7.0f}/s   ratio {ratio:.2f}, goal {goal:.2f}: "
                      + ("held" if ratio >= goal else "MISSED"))
        print(f"most memory of the program: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(failed)


main()
