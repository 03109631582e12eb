"""What a search finds: sentences, each with its clauses and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.report import Sentence, Span
from index.chunk import View

_HARDLY = 0.03


@dataclass(frozen=True, slots=True)
class Match:
    """One clause of a found sentence: through which view it was seen, where it stands, its cosine with the question."""

    view: View
    span: Span
    cosine: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One found sentence.

    Attributes:
        rank: 1 for the best.
        score: fused; only its order means anything.
        matches: its clauses in both views, nearest to the question first.
        lexical: per view its BM25 score; 0 where no term is shared.
        probability: that it answers, or is part of the answer, as the sentence ranker sees it; 0 without a ranker.
    """

    rank: int
    score: float
    report: str
    sentence: Sentence
    matches: tuple[Match, ...]
    lexical: Mapping[View, float]
    probability: float = 0.0

    @property
    def view(self) -> View:
        """The view that its nearest clause was seen through."""
        return self.matches[0].view if self.matches else "zh"

    def cosine(self, view: View) -> float:
        """The cosine of its nearest clause in one view, 0 where there is none."""
        return next((match.cosine for match in self.matches if match.view == view), 0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: best first.
        odds: log-odds that something here answers the question, as the sentence ranker sees it; -inf without one.
    """

    hits: tuple[Hit, ...]
    odds: float = -math.inf

    @classmethod
    def mean(cls, several: Sequence[Found]) -> Found:
        """One search asked in several ways: geometric means of probabilities, mean odds.

        A sentence that one of them did not find, or hardly, counts there as `_HARDLY` likely.
        """
        if len(several) == 1:
            return several[0]
        hits: dict[tuple[str, str], Hit] = {}
        likely: dict[tuple[str, str], list[float]] = {}
        for found in several:
            for hit in found.hits:
                key = (hit.report, hit.sentence.id)
                hits.setdefault(key, hit)
                likely.setdefault(key, []).append(max(hit.probability, _HARDLY))
        missing = {key: len(several) - len(some) for key, some in likely.items()}
        mean = {k: (math.prod(likely[k]) * _HARDLY ** missing[k]) ** (1 / len(several)) for k in hits}
        best = sorted(hits, key=lambda key: (-round(mean[key], 6), hits[key].rank, key))
        ranked = (replace(hits[key], rank=n, probability=round(mean[key], 6)) for n, key in enumerate(best, start=1))
        return cls(tuple(ranked), round(sum(found.odds for found in several) / len(several), 6))
