"""The public sets in one table: `python -m eval.benchmarks.public DATA_DIR`, the same as `python -m eval bench`.

Runs each set of which DATA_DIR holds a file; where to get them, and their licences, stands in `xquad.py`, `cmrc.py`,
`ntrex.py` and `nomiracl.py`; what the rows are, and what is done with texts that are too long for an encoder, in
`rankers.py`. The sets are tests: nothing is trained on them or chosen by them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UsageError, WenzhengError
from eval.benchmarks import cmrc, nomiracl, ntrex, xquad
from eval.benchmarks.rankers import Ranker, rankers
from eval.benchmarks.tasks import Task
from index.encode import SHIPPED

_SETS = ((xquad.FILES, xquad.load), (cmrc.FILES, cmrc.load), (ntrex.FILES, ntrex.load), (nomiracl.FILES, nomiracl.load))


def tasks(folder: Path) -> list[Task]:
    """The tasks of every set that is in `folder`, at least in part.

    Raises:
        UsageError: there is none, a set is incomplete, or a file has another format.
    """
    found = [load(folder) for files, load in _SETS if any((folder / name).exists() for name in files)]
    if not found:
        names = ", ".join(name for files, _ in _SETS for name in files)
        raise UsageError(f"{folder} holds none of the public sets.", f"They are: {names}.")
    return [task for some in found for task in some]


def table(tasks: Sequence[Task], rankers: Sequence[Ranker]) -> str:
    """Markdown: a row for each ranker, a column for each task; progress goes to stderr."""
    rows = {ranker.name: [ranker.name] for ranker in rankers}
    for task in tasks:
        for ranker in rankers:
            began = time.perf_counter()
            measured = ranker.across or not task.across
            figures = task.measure(ranker.scores(task)) if measured else ()
            rows[ranker.name].append(" / ".join(f"{figure:.3f}" for figure in figures) or "–")
            sys.stderr.write(f"{task.name}, {ranker.name}: {time.perf_counter() - began:.0f} s\n")
    header = ["", *(task.name for task in tasks)]
    lines = [header, ["---"] * len(header), *rows.values()]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval bench", description="The public sets, beside baselines.")
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="folder of the sets; see eval/benchmarks/*.py")
    parser.add_argument("--model", default=str(SHIPPED), help="encoder, a folder or hub id (default: the shipped one)")
    arguments = parser.parse_args(argv)
    try:
        found = tasks(arguments.data)
        rows, left_out = rankers(arguments.model)
        sys.stdout.write(table(found, rows))
        sys.stdout.write("".join(f"\n{line}\n" for line in left_out))
    except WenzhengError as fault:
        sys.stderr.write(f"eval: {fault}\n")
        return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
