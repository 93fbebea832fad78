"""Does each server do what its OpenAPI document says, whatever it is sent?

Schemathesis makes requests from the document, right ones and wrong ones, and checks every answer against it: all of its
checks, zero failures, no 5xx. The seed is fixed, so that a failure comes again.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from lab import ROOT, both_servers

SEED = "20"
EXAMPLES = "20"


def main():
    with both_servers() as servers, ThreadPoolExecutor() as pool:
        runs = dict(zip(servers, pool.map(fuzz, servers.values())))
    for name, run in runs.items():
        print(f"schemathesis against {name}")
        print(run.stdout if run.returncode else "\n".join(run.stdout.splitlines()[-10:]))
    broken = [name for name, run in runs.items() if run.returncode]
    print(f"{len(runs) - len(broken)} passed, {len(broken)} failed")
    sys.exit(1 if broken else 0)


def fuzz(url):
    command = [ROOT / "target/tools/bin/schemathesis", "--no-color", "run", f"{url}/openapi.json", "--checks", "all"]
    command += ["--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none", "--request-timeout", "10"]
    hooks = {"SCHEMATHESIS_HOOKS": str(ROOT / "scripts/fuzz_values.py"), "PYTHONDONTWRITEBYTECODE": "1"}
    options = {"env": os.environ | hooks, "cwd": ROOT / "target", "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command + sys.argv[1:], text=True, check=False, **options)


if __name__ == "__main__":
    main()
