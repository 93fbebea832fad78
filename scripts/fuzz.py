"""Does each server do what its OpenAPI document says, whatever it is sent?

Schemathesis makes requests from the document, right ones and wrong ones, and checks every answer against it: all of its
checks, zero failures, no 5xx. The seed is fixed, so that a failure comes again.
"""

import contextlib
import os
import subprocess
import sys

from lab import ROOT, both_servers, child

SEED = "20"
EXAMPLES = "20"
# The fuzzer sends wrong passwords by the thousands, from one address and also in the name of those it logs in.
LENIENT = ("--guesses-per-account", "1000000", "--guesses-per-address", "1000000", "--demo-visitors", "10000")


def main():
    with both_servers(*LENIENT) as servers, contextlib.ExitStack() as stack:
        runs = {name: stack.enter_context(run(name, url)) for name, url in servers.items()}
        broken = [name for name, process in runs.items() if process.wait() != 0]
    for name in runs:
        lines = log(name).read_text().splitlines()
        told = lines if name in broken else [line for line in lines if " generated, " in line]
        print(f"schemathesis against {name}", *told, sep="\n")
    print(f"{len(runs) - len(broken)} passed, {len(broken)} failed")
    sys.exit(1 if broken else 0)


def run(name, url):
    command = [ROOT / "target/tools/bin/schemathesis", "--no-color", "run", f"{url}/openapi.json", "--checks", "all"]
    command += ["--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none", "--request-timeout", "10"]
    hooks = {"SCHEMATHESIS_HOOKS": str(ROOT / "scripts/fuzz_values.py"), "PYTHONDONTWRITEBYTECODE": "1"}
    streams = {"stdout": log(name).open("w"), "stderr": subprocess.STDOUT}
    return child(command + sys.argv[1:], os.environ | hooks, cwd=ROOT / "target", **streams)


def log(name):
    return ROOT / "target" / f"fuzz-{name}.log"


if __name__ == "__main__":
    main()
