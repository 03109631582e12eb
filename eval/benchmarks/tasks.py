"""What every public set is made of: a task is questions, the passages to score for them, and how that is measured.

Knows no set by name and no ranker. All texts are folded when they are read, as the product folds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UsageError
from corpus.fold import fold
from eval.metrics import reciprocal_rank, success
from index.chunk import View

Measure = Callable[[NDArray[np.float32]], tuple[float, ...]]
"""Scores of every passage for every question, shape (questions, passages) → figures."""


@dataclass(frozen=True, slots=True)
class Task:
    """One column of the table.

    Attributes:
        name: the set, the direction ("en→zh": English questions, Chinese passages) and what `measure` gives.
        lang: the language of the passages.
        across: whether scores of different questions are held against each other.
    """

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    lang: View
    measure: Measure
    across: bool = False


@dataclass(frozen=True, slots=True)
class Squad:
    """A file in SQuAD's format: `paragraphs`, `questions`, and for each question the index of its paragraph."""

    paragraphs: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[int, ...]


def read_squad(path: Path) -> Squad:
    """Read a file in SQuAD's format (Rajpurkar et al., EMNLP 2016). Raises UsageError where it is not one."""
    paragraphs: list[str] = []
    questions: list[str] = []
    answers: list[int] = []
    with reading(path, "in SQuAD's format"):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for item in paragraph["qas"]:
                    questions.append(fold(item["question"]))
                    answers.append(len(paragraphs))
                paragraphs.append(fold(paragraph["context"]))
        if not questions:
            raise ValueError("no question in it")
    return Squad(tuple(paragraphs), tuple(questions), tuple(answers))


@contextmanager
def reading(path: Path, form: str) -> Iterator[None]:
    """Turn what goes wrong while `path` is read and parsed into a UsageError that says it is not `form`."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        hint = "Where to get it stands in eval/benchmarks."
        raise UsageError(f"{path} is not a file {form}: {fault!r}.", hint) from fault


def retrieval(name: str, asked: Squad, found: Squad, lang: View) -> Task:
    """The task to find each question's own paragraph among all: MRR and hit@1.

    Args:
        name: the set and the direction.
        asked: where the questions are from.
        found: where the paragraphs are from; the same set, perhaps in another language, in the same order.
        lang: the language of `found`.

    Raises:
        UsageError: they do not belong together.
    """
    if asked.answers != found.answers:
        raise UsageError(f"The two files of {name} hold different questions.", "Take both from one release.")
    measure = partial(mrr_and_hit, answers=found.answers)
    return Task(f"{name} MRR / hit@1", asked.questions, found.paragraphs, lang, measure)


def mrr_and_hit(scores: NDArray[np.float32], answers: Sequence[int]) -> tuple[float, float]:
    """Mean reciprocal rank of the right passage and the share of questions that rank it first; ties count against."""
    names = np.arange(scores.shape[1]).astype(str)
    pairs = []
    for row, right in zip(scores, answers, strict=True):
        ranked = names[np.lexsort((np.arange(len(names)) == right, -row))].tolist()
        pairs.append((reciprocal_rank(ranked, {str(right)}), success(ranked, {str(right)}, 1)))
    mrr, hit = np.mean(pairs, axis=0).tolist()
    return mrr, hit
