"""What must run before a check from outside can begin?

A private Redis and both servers (debug builds), each on an address and in a folder of its own, and gone afterwards.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVERS = ("stateless-server", "stateful-server")
DEADLINE_SECONDS = 10


@contextlib.contextmanager
def both_servers(*arguments):
    """Yields the URL of each server, by its name; each is told the arguments besides its own."""
    # A plain end by SIGTERM would leave the children behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lab-")))
        redis = stack.enter_context(private_redis(folder))
        yield {name: stack.enter_context(server(name, folder, redis, arguments)) for name in SERVERS}


@contextlib.contextmanager
def private_redis(folder):
    if shutil.which("redis-server") is None:
        sys.exit("redis-server is not installed: apt-get install redis-server")
    socket = folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
    with child(command, stdout=subprocess.DEVNULL):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not socket.exists():
            if time.monotonic() > deadline:
                sys.exit("redis-server does not listen")
            time.sleep(0.01)
        yield f"redis+unix://{socket}"


@contextlib.contextmanager
def server(name, folder, redis, arguments):
    binary = ROOT / "target" / "debug" / name
    if not binary.exists():
        sys.exit(f"{name} is not built: cargo build --workspace --bins")
    command = [binary, "--listen", "127.0.0.1:0", "--database-url", f"sqlite://{folder}/{name}.db"]
    command += ["--redis-url", redis] if name == "stateful-server" else []
    command += arguments
    with (folder / f"{name}.log").open("w") as log, child(command, stdout=subprocess.PIPE, stderr=log) as process:
        first = process.stdout.readline().decode()
        if not first.startswith("listening on "):
            sys.exit(f"{name} does not listen:\n" + (folder / f"{name}.log").read_text())
        yield first.removeprefix("listening on ").strip()


@contextlib.contextmanager
def child(command, environment=None, **options):
    # The servers' flags are variables too: they get none but these.
    environment = environment or {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
