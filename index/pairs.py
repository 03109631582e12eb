"""Questions of one report asked of another: unanswerable in the domain, and free.

A pair is kept only where the question names something, in both languages, and a name in its Chinese occurs nowhere in
the other report. (Counted nouns were tried: every fourth such pair was answerable, in full or part, since another
report says the same in other words.) What is still answerable is the noise whose rate the datasheet gives.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.fold import fold
from index.questions import TrainingQuestion
from index.segment import tagger

_NAMES = {"nr", "ns", "nt", "nz"}
_SHORTEST = 2
_ENGLISH_NAME = re.compile(r"(?<!^)(?<![.?!:;] )(?<![\w'])[A-Z][\w&]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, a report of another place or year, and the name in the question that this report does not have."""

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
    needs = [q for q in questions if q.kind == "need" and _ENGLISH_NAME.search(q.en)]
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    drawn = [(need, name) for need in needs for name in sorted(splits) if name != need.report]
    draw.shuffle(drawn)
    found: list[Pair] = []
    for need, name in drawn:
        if len(found) == wanted:
            break
        if splits[name] != need.split:
            continue
        absent = next((word for word in names(need.zh) if word not in folded[name]), None)
        if absent is not None:
            found.append(Pair(need, name, absent))
    return tuple(found)


def names(question: str) -> tuple[str, ...]:
    """The names of people, places, bodies and things in a Chinese question, folded, in order, as jieba sees them."""
    tokens = tagger().lcut(fold(question))
    return tuple(dict.fromkeys(t.word for t in tokens if t.flag in _NAMES and len(t.word) >= _SHORTEST))
