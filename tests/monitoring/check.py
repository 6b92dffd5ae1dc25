"""Starts the service, asks it for its figures, and holds them against promtool, the alert rules and the dashboard.

    tests/monitoring/check.py target/debug/sportello

Needs promtool (Debian's prometheus).
"""

import json, os, re, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

program = os.path.abspath(sys.argv[1])
repository = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
monitoring = os.path.join(repository, "monitoring")


def promtool(*arguments, **more):
    return subprocess.run(["promtool", *arguments], cwd=monitoring, capture_output=True, text=True, **more)


def figures():
    """What /metrics says of a service that watches one page on this machine, which is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = "127.0.0.1:%d" % free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/sportello.toml", "w") as file:
            file.write(f'[crawl]\nallow_private = true\n[web]\nlisten = "{listen}"\n')
        with open(folder + "/sources.toml", "w") as file:
            file.write('[[body]]\nid = "comune-prova"\nname = "Comune di Prova"\nkind = "comune"\n')
            file.write('[[body.source]]\nurl = "http://127.0.0.1:9/uffici"\nkind = "page"\n')
        service = subprocess.Popen([program, "run"], cwd=folder, stderr=subprocess.DEVNULL)
        try:
            for _ in range(300):
                try:
                    return urllib.request.urlopen(f"http://{listen}/metrics").read().decode()
                except urllib.error.URLError:
                    time.sleep(0.1)
            sys.exit("the service did not answer")
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()


problems = []
for arguments in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]):
    ended = promtool(*arguments)
    if ended.returncode:
        problems.append(f"promtool {' '.join(arguments)}: {ended.stdout}{ended.stderr}")

text = figures()
ended = promtool("check", "metrics", input=text)
if ended.returncode:
    problems.append(f"promtool check metrics: {ended.stdout}{ended.stderr}")

known = set(re.findall(r"^# TYPE (\S+)", text, re.M))
board = json.load(open(os.path.join(monitoring, "dashboard.json")))
asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
asked += re.findall(r"^ *expr: (.*)", open(os.path.join(monitoring, "alerts.yml")).read(), re.M)
named = {name for expression in asked for name in re.findall(r"\b(?:sportello|process)_[a-z_]+\b", expression)}
problems += [f"{name} is asked for, and /metrics has none" for name in sorted(named - known)]

print("\n".join(problems) or f"   {len(known)} families of figures, {len(named)} of them in alerts and dashboard")
raise SystemExit(bool(problems))
