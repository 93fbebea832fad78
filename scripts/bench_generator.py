"""What does a request cost the one who sends it?

Compares the CPU time of load generators for each request, on one static answer of nginx, in one interleaved run: each
generator once a round, in an order drawn anew. nginx has a core of its own, the generators share another. Needs nginx
and wrk; oha and hey take part where they are installed.

    python3 scripts/bench_generator.py [--rounds N] [--seconds S] [--loadtest PATH]
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BODY = "x" * 164
CONNECTIONS = 32
RATE = 10_000
SERVER_CORE, CLIENT_CORE = 0, 1


def main():
    asked = arguments()
    os.environ["PATH"] += ":/usr/sbin"  # Where Debian keeps nginx.
    missing = [program for program in ("nginx", "wrk") if not shutil.which(program)]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be installed: apt-get install nginx-light wrk")
    if os.cpu_count() < 2:
        sys.exit("two cores are needed: one for the server, one for the generators")
    with tempfile.TemporaryDirectory() as folder, Nginx(pathlib.Path(folder)) as url:
        contestants = lineup(url, asked)
        measured = {name: [] for name in contestants}
        order, draw = list(contestants), random.Random(1)
        for number in range(asked.rounds):
            draw.shuffle(order)
            for name in order:
                measured[name].append(contestants[name]())
            print(f"round {number + 1} of {asked.rounds}", file=sys.stderr)
        show(measured)
        many(url, asked)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--loadtest", default="target/release/loadtest")
    return parser.parse_args()


class Nginx:
    """One worker on its own core, which answers everything with the same 164 bytes."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; master_process off; pid {self.folder}/pid; error_log stderr crit;\n"
            "events { worker_connections 20000; }\n"
            "http { access_log off; keepalive_requests 1000000000;\n"
            f"  server {{ listen 127.0.0.1:{port} backlog=16384; location / {{ return 200 '{BODY}'; }} }}\n"
            "}\n"
        )
        command = ["nginx", "-p", str(self.folder), "-c", str(config)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        os.sched_setaffinity(self.process.pid, {SERVER_CORE})
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}/"
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def lineup(url, asked):
    """Name → a measurement: µs of CPU for each request, and how many requests it was."""
    seconds = asked.seconds
    users, rate = ["--users", str(CONNECTIONS)], ["--rate", str(RATE), "--connections", str(CONNECTIONS)]

    def ours(how):
        command = [asked.loadtest, "run", url, *how, "--duration", f"{seconds}s", "--json", "-"]

        def measure():
            output, cpu, _ = run(command)
            figures = json.loads(output)
            return cpu / figures["ok"] * 1e6, figures["ok"], figures["valid"]

        return measure

    def theirs(command, count):
        def measure():
            output, cpu, _ = run(command)
            requests = count(output)
            return cpu / requests * 1e6, requests, True

        return measure

    wrk = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url]
    contestants = {
        "closed · loadtest": ours(users),
        "closed · wrk": theirs(wrk, lambda text: int(re.search(r"(\d+) requests in", text)[1])),
        f"{RATE}/s · loadtest": ours(rate),
        f"{RATE}/s · loadtest --batch-window 1ms": ours([*rate, "--batch-window", "1ms"]),
    }
    if shutil.which("oha"):
        oha = ["oha", "--no-tui", "--output-format", "json", "-c", str(CONNECTIONS), "-z", f"{seconds}s"]
        count = lambda text: sum(json.loads(text)["statusCodeDistribution"].values())
        contestants["closed · oha"] = theirs([*oha, url], count)
        open_loop = [*oha, "-q", str(RATE), "--latency-correction", url]
        contestants[f"{RATE}/s · oha"] = theirs(open_loop, count)
    if shutil.which("hey"):
        hey = ["hey", "-c", str(CONNECTIONS), "-z", f"{seconds}s", "-cpus", "1", url]
        count = lambda text: int(re.search(r"\[200\]\s+(\d+) responses", text)[1])
        contestants["closed · hey"] = theirs(hey, count)
    return contestants


def run(command):
    """Its output, its CPU seconds and its largest memory in bytes, on the clients' core."""
    process = subprocess.Popen(
        ["taskset", "-c", str(CLIENT_CORE), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    output = process.stdout.read()
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed: {complaint.strip()}")
    return output, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def show(measured):
    """The median of the rounds, and beside it the median of the ratios within a round."""
    yardsticks = {"closed": "closed · wrk", f"{RATE}/s": f"{RATE}/s · oha"}
    print("| load | generator | µs of CPU a request | × " + " / ".join(yardsticks.values()) + " | requests a run |")
    print("|---|---|---|---|---|")
    for name in sorted(measured):
        load, generator = name.split(" · ")
        yardstick = measured.get(yardsticks[load])
        costs = [cost for cost, *_ in measured[name]]
        ratios = sorted(cost / other for cost, (other, *_) in zip(costs, yardstick or []))
        ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})" if ratios else "—"
        requests = statistics.median(count for _, count, _ in measured[name])
        invalid = sum(not valid for *_, valid in measured[name])
        note = f", {invalid} of {len(costs)} runs not valid" if invalid else ""
        print(f"| {load} | {generator} | {statistics.median(costs):.2f} | {ratio} | {requests:,.0f}{note} |")


def many(url, asked):
    """Memory must depend on neither the length of a run nor, by much, the number of connections."""
    loadtest = [asked.loadtest, "run", url, "--json", "-"]
    runs = {
        f"{RATE}/s for 2 s": ["--rate", str(RATE), "--duration", "2s"],
        f"{RATE}/s for 20 s": ["--rate", str(RATE), "--duration", "20s"],
        "10,000 connections": ["--users", "10000", "--think", "2s", "--duration", "10s", "--timeout", "10s"],
    }
    print("\n| run | memory at most, MB | answered | connections |")
    print("|---|---|---|---|")
    for name, how in runs.items():
        output, _, memory = run([*loadtest, *how])
        figures = json.loads(output)
        answered = f"{figures['ok']:,} of {figures['sent']:,}"
        print(f"| {name} | {memory / 1e6:.1f} | {answered} | {figures['connectionsOpened']:,} |")


if __name__ == "__main__":
    main()
