"""Questions of one report asked of another: unanswerable in the domain, and free.

A pair is kept only where a name or a counted noun of the Chinese question occurs nowhere in the other report; what is
still answerable by chance is the noise whose rate the datasheet gives.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.fold import fold
from index.questions import TrainingQuestion
from index.segment import tagger

_NAMES = {"nr", "ns", "nt", "nz"}
_COUNTS = ("多少", "几", "哪些")
_NOUNS = {"n", "nz", "vn"}
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, a report of another place or year, and the word of the question that this report does not have."""

    question: TrainingQuestion
    report: str
    absent: str


def pairs(
    questions: Sequence[TrainingQuestion], reports: Mapping[str, str], wanted: int, seed: int = 1
) -> tuple[Pair, ...]:
    """Draw cross-report pairs at random, none across splits.

    Args:
        questions: needs are used, near-misses are not.
        reports: name → text.
        wanted: how many at most.
        seed: of the draw, so that it is always the same.
    """
    splits = {question.report: question.split for question in questions}
    folded = {name: fold(text) for name, text in reports.items()}
    needs = [question for question in questions if question.kind == "need"]
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    drawn = [(need, name) for need in needs for name in sorted(splits) if name != need.report]
    draw.shuffle(drawn)
    found: list[Pair] = []
    for need, name in drawn:
        if len(found) == wanted:
            break
        if splits[name] != need.split:
            continue
        absent = next((word for word in telling_words(need.zh) if word not in folded[name]), None)
        if absent is not None:
            found.append(Pair(need, name, absent))
    return tuple(found)


def telling_words(question: str) -> tuple[str, ...]:
    """The names in a Chinese question and the nouns that it counts, folded, in order."""
    return tuple(dict.fromkeys(_telling(fold(question))))


def _telling(question: str) -> Iterator[str]:
    counting = False
    for token in tagger().lcut(question):
        if len(token.word) >= _SHORTEST and (token.flag in _NAMES or (counting and token.flag in _NOUNS)):
            yield token.word
        counting = token.word in _COUNTS or (counting and token.flag not in _NOUNS)
