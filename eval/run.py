"""Ask every gold question and write down what happened: one immutable JSONL file for each run.

The first line says what was run (commit, split, digests of gold, index, settings and model, cold start, memory); each
other line is one question with its whole answer JSON. A question that crashes gets a row that says so.
"""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answer import Answerer
from app.reply import Answer
from corpus.errors import WenzhengError
from eval.gold import Gold, Question

RUNS = Path(__file__).parent / "runs"
_ROOT = Path(__file__).parent.parent


class RunError(WenzhengError):
    """A run cannot be used: empty, damaged, or made with something else."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read from its file: the header and question id → row."""

    header: dict[str, Any]
    rows: dict[str, dict[str, Any]]


def run(
    gold: Gold,
    answerer: Answerer,
    path: Path,
    cold_start_s: float | None = None,
    progress: Callable[[Iterable[Question]], Iterable[Question]] = lambda questions: questions,
) -> Run:
    """Ask the questions of `gold` in order and write the run to `path`; `cold_start_s` goes into its header.

    Raises:
        RunError: there is a file already; a run is never overwritten.
    """
    if path.exists():
        raise RunError(f"The run {path} exists already.", "Give another name with --out, or remove it.")
    answerer.ask("你好吗?")  # the first question pays for what is loaded late
    rows = [_ask(question, answerer) for question in progress(gold.questions)]
    header = {
        "run": 1,
        "commit": commit(),
        "split": gold.split,
        "gold": gold.sha256,
        **{name: digest for name, digest in answerer.ask("你好吗?").digests.items()},
        "questions": len(rows),
        "cold_start_s": cold_start_s,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [header, *rows]), encoding="utf-8")
    fresh.replace(path)
    return Run(header, {row["id"]: row for row in rows})


def read(path: Path) -> Run:
    """Read a run. Raises RunError where it is empty or damaged."""
    try:
        header, *rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        if header.get("run") != 1 or header["questions"] != len(rows):
            raise RunError(f"The run {path} is cut short or is no run.", "Run again: python -m eval run.")
        return Run(header, {row["id"]: row for row in rows})
    except (OSError, ValueError, KeyError, AttributeError) as fault:
        raise RunError(f"The run {path} is empty or damaged: {fault}.", "Run again: python -m eval run.") from fault


def commit() -> str:
    """The short name of the checkout's commit, with a + where it has changes; `unknown` outside a checkout."""
    try:
        described = subprocess.run(  # noqa: S603
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],  # noqa: S607
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip()


def _ask(question: Question, answerer: Answerer) -> dict[str, Any]:
    began = time.perf_counter()
    row: dict[str, Any] = {"id": question.id}
    try:
        row["answer"] = answerer.ask(question.question, question.history, question.report, question.id).to_json()
        row["wall_ms"] = round((time.perf_counter() - began) * 1000, 3)
        if question.history:
            row["as_asked"] = _ranked(answerer.ask(question.question, (), question.report))
        if question.standalone:
            row["gold_rewrite"] = _ranked(answerer.ask(question.standalone, (), question.report))
    except Exception as fault:  # noqa: BLE001 - a crash is a result: it scores 0
        row["crash"] = f"{type(fault).__name__}: {fault}"
    return row


def _ranked(answer: Answer) -> list[str]:
    return [hit.sentence.id for hit in answer.passages]
