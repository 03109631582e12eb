"""XQuAD as paragraph retrieval: `python -m eval.benchmarks.xquad DATA_DIR [--model PATH ...] [--baseline-teacher]`.

DATA_DIR holds `xquad.en.json` and `xquad.zh.json` (Artetxe et al., "On the Cross-lingual Transferability of
Monolingual Representations", ACL 2020; https://github.com/google-deepmind/xquad, CC BY-SA 4.0): 240 paragraphs and
1,190 questions, the same in both languages. Each question is to find its own paragraph among all of them by the
inner product of their vectors; a paragraph is clipped to what the encoder reads. Texts are folded first, as the
product folds them.

It is a test: nothing is trained on it or chosen by it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UsageError, WenzhengError
from corpus.fold import fold
from index.encode import SHIPPED, Encoder, load_encoder
from index.train import packaged_teacher

_DIRECTIONS = (("en", "zh"), ("zh", "zh"), ("en", "en"))


@dataclass(frozen=True, slots=True)
class Questions:
    """One language of the set: `paragraphs`, `questions`, and for each question the index of its paragraph."""

    paragraphs: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Mean reciprocal rank of the right paragraph, and the share of questions that rank it first, both in [0, 1]."""

    mrr: float
    hit_at_1: float


def read_questions(path: Path) -> Questions:
    """Read a file in SQuAD's format.

    Raises:
        UsageError: the file is missing or has another format.
    """
    paragraphs: list[str] = []
    questions: list[str] = []
    answers: list[int] = []
    try:
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for item in paragraph["qas"]:
                    questions.append(fold(item["question"]))
                    answers.append(len(paragraphs))
                paragraphs.append(fold(paragraph["context"]))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UsageError(
            f"{path} is not a file in SQuAD's format: {fault!r}", "Give the folder of xquad.*.json."
        ) from fault
    return Questions(tuple(paragraphs), tuple(questions), tuple(answers))


def score(questions: NDArray[np.float32], paragraphs: NDArray[np.float32], answers: Sequence[int]) -> Score:
    """Score vectors of questions, shape (n, dim), against those of paragraphs, shape (m, dim); ties count against."""
    similar = questions @ paragraphs.T
    right = np.asarray(answers)
    ranks = (similar >= similar[np.arange(len(right)), right][:, None]).sum(axis=1)
    return Score(mrr=float((1.0 / ranks).mean()), hit_at_1=float((ranks == 1).mean()))


def run(encoder: Encoder, sets: dict[str, Questions]) -> dict[str, Score]:
    """Scores by direction, "en→zh" being English questions over Chinese paragraphs."""
    questions = {language: encoder.encode(some.questions) for language, some in sets.items()}
    paragraphs = {language: encoder.encode(some.paragraphs) for language, some in sets.items()}
    return {
        f"{asked}→{found}": score(questions[asked], paragraphs[found], sets[found].answers)
        for asked, found in _DIRECTIONS
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print one Markdown table row per model; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.xquad", description="XQuAD paragraph retrieval.")
    parser.add_argument("data", type=Path, help="folder of xquad.en.json and xquad.zh.json")
    parser.add_argument(
        "--model", action="append", default=[], help="model folder or hub id (default: the shipped one)"
    )
    parser.add_argument("--baseline-teacher", action="store_true", help="also all-MiniLM-L6-v2 (the [train] extra)")
    args = parser.parse_args(argv)
    models: dict[str, str] = {name: name for name in args.model} or {"index/encoder": str(SHIPPED)}
    try:
        if args.baseline_teacher:
            models["all-MiniLM-L6-v2"] = str(packaged_teacher())
        sets = {language: read_questions(args.data / f"xquad.{language}.json") for language in ("en", "zh")}
        lines = ["| model | " + " | ".join(f"{a}→{b} MRR / hit@1" for a, b in _DIRECTIONS) + " |", "|---" * 4 + "|"]
        for name, path in models.items():
            scores = run(load_encoder(path, light=True), sets).values()
            lines.append(f"| {name} | " + " | ".join(f"{s.mrr:.3f} / {s.hit_at_1:.3f}" for s in scores) + " |")
    except (WenzhengError, ModuleNotFoundError) as fault:
        print(f"error: {fault}", file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(lines))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
