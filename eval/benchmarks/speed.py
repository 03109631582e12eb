"""How fast it answers: `python -m eval.benchmarks.speed`, over the shipped report with its index built.

Prints the time of a warm question by stage (median and 95th percentile of several rounds over questions in both
languages) and of a cold `wenzheng ask`, from process start to exit. Times depend on the machine: compare runs made
side by side on one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from app.commands import open_answerer
from app.settings import load

_ROUNDS = 5
_COLD_STARTS = 5
_QUESTIONS = (
    "What does the plan say about clean heating?",
    "What is the forest coverage rate?",
    "What are the six industrial clusters?",
    "How many kindergartens and schools will be built?",
    "How many old residential compounds have been renovated?",
    "What will the Horinger New Area focus on?",
    "Who won the 2018 World Cup?",
    "规划里对清洁取暖是怎么说的?",
    "森林覆盖率是多少?",
    "六大产业集群是哪些?",
    "要新建多少所幼儿园和学校?",
    "改造了多少个老旧小区?",
    "和林格尔新区重点发展什么?",
    "2018年世界杯谁夺冠了?",
)


def main() -> int:
    """Measure and print; returns the exit code."""
    answerer = open_answerer(load({}))
    for question in _QUESTIONS:
        answerer.ask(question)
    totals: list[float] = []
    stages: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for question in _QUESTIONS:
            began = time.perf_counter()
            answer = answerer.ask(question)
            totals.append((time.perf_counter() - began) * 1000)
            for stage, milliseconds in answer.timings_ms.items():
                stages.setdefault(stage, []).append(milliseconds)
    _print_row("warm ask, ms", totals)
    for stage, times in stages.items():
        _print_row(f"  {stage}", times)
    wenzheng = Path(sys.executable).with_name("wenzheng")
    cold = []
    for _ in range(_COLD_STARTS):
        began = time.perf_counter()
        subprocess.run([str(wenzheng), "ask", _QUESTIONS[0]], check=True, capture_output=True)  # noqa: S603
        cold.append(time.perf_counter() - began)
    sys.stdout.write(f"cold ask, s      median {statistics.median(cold):5.2f}  of {_COLD_STARTS}\n")
    return 0


def _print_row(name: str, times: list[float]) -> None:
    p50, p95 = np.percentile(times, (50, 95))
    sys.stdout.write(f"{name:16} p50 {p50:7.1f}  p95 {p95:7.1f}  of {len(times)}\n")


if __name__ == "__main__":
    sys.exit(main())
