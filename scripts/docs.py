"""Do the commands of the book print what the book says?

Runs every `console` block of every page, a page in one shell, and compares the outputs. `…` stands for what differs from
run to run. The ports of the page become free ones, and its home is a folder that is gone afterwards.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from lab import ROOT

PORTS = ("8081", "8082", "6380")
DEADLINE_SECONDS = 15
END = "~~~ end of the output ~~~"


def main():
    pages = [ROOT / "README.md", *sorted(ROOT.glob("*-server/README.md")), *sorted((ROOT / "docs/src").glob("*.md"))]
    results = [(page, run(page)) for page in pages if "```console" in page.read_text()]
    failed = [page for page, differences in results if differences]
    for page, differences in results:
        print(f"{page.relative_to(ROOT)}: " + ("\n".join(differences) or "as printed"))
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def run(page):
    """What differs from the page, command by command."""
    with tempfile.TemporaryDirectory(prefix="docs-") as home:
        shell = Shell(home)
        try:
            return [text for command, expected in commands(page) for text in shell.differences(command, expected)]
        finally:
            shell.end()


def commands(page):
    """Each command of the page, with the lines it shall print."""
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(), re.M | re.S):
        for entry in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = entry.rstrip("\n").split("\n")
            length = next(at for at, line in enumerate(lines, 1) if not line.endswith("\\"))
            yield "\n".join(lines[:length]), lines[length:]


class Shell:
    """One shell, in a process group of its own, so that what it starts ends with it."""

    def __init__(self, home):
        self.ports = {port: free_port() for port in PORTS}
        environment = {"PATH": os.environ["PATH"], "HOME": home, "RUST_LOG": "error"}
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        self.process = subprocess.Popen(["bash"], env=environment, cwd=ROOT, start_new_session=True, **streams)
        self.lines = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\r\n"))

    def differences(self, command, expected):
        real = command
        for port, free in self.ports.items():
            real = real.replace(port, free)
        self.lines.clear()
        self.process.stdin.write(f"{real}\necho; echo '{END}'\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:  # What is started in the background prints when it is ready.
            if END in self.lines and fits(expected, self.printed()):
                return []
            if END in self.lines and not command.endswith("&"):
                break
            time.sleep(0.01)
        return [f"\n$ {command}", *(f"- {line}" for line in expected), *(f"+ {line}" for line in self.printed())]

    def printed(self):
        text = "\n".join(line for line in self.lines if line != END)
        for port, free in self.ports.items():
            text = text.replace(free, port)
        return [line for line in text.split("\n") if line]

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def fits(expected, printed):
    pattern = "\n".join(re.escape(line).replace("…", ".*") for line in expected if line)
    return re.fullmatch(pattern, "\n".join(printed), re.S) is not None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


if __name__ == "__main__":
    main()
