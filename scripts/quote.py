"""How does the book's diff follow the servers when they change?

Quotes it anew, and cuts it into the same pieces: a margin note stays above the line it stood above. Read what changed
afterwards; a note may no longer fit.
"""

import difflib
import re
import subprocess

from lab import ROOT, SERVERS

PAGE = ROOT / "docs/src/the-diff.md"
PIECE = re.compile(r"(<!-- (\w+\.rs) -->\n```diff\n)(.*?)(^```$)", re.M | re.S)


def main():
    text = PAGE.read_text()
    quoted = {}
    for match in PIECE.finditer(text):
        quoted.setdefault(match[2], []).append(match[3].splitlines(keepends=True))
    pieces = {file: iter(cut_alike(old, real_diff(file))) for file, old in quoted.items()}
    PAGE.write_text(PIECE.sub(lambda match: match[1] + "".join(next(pieces[match[2]])) + match[4], text))


def real_diff(file):
    pair = [f"{server}/src/{file}" for server in SERVERS]
    diff = subprocess.run(["diff", "-u", *pair], cwd=ROOT, capture_output=True, text=True, check=False)
    return diff.stdout.splitlines(keepends=True)[2:]


def cut_alike(old, new):
    """The new lines, cut before those lines before which the old ones were cut."""
    blocks = difflib.SequenceMatcher(None, sum(old, []), new, autojunk=False).get_matching_blocks()
    starts = [sum(map(len, old[:piece])) for piece in range(1, len(old))]
    after = [next(block for block in blocks if start < block.a + block.size or not block.size) for start in starts]
    cuts = [block.b + max(start - block.a, 0) for start, block in zip(starts, after)]
    return [new[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(new)])]


if __name__ == "__main__":
    main()
