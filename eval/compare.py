"""Two scored runs over the same questions: what one fixed and what it broke, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.metrics import bootstrap, mcnemar
from eval.run import RunError
from eval.score import Row

_ANSWERABLE = ("hit_5", "mrr", "citation_precision", "citation_recall", "nugget_recall")


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure's mean moved from the old run to the new one, with its 95 % interval.

    `cited_correct` is over all questions, the others are over the answerable ones.
    """

    measure: str
    old: float
    new: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The paired comparison of two runs.

    Attributes:
        fixed, broken: ids of the questions that became, or ceased to be, cited-correct.
        p: two-sided exact McNemar p of that split.
        differences: per measure, with an interval from resampling information needs.
    """

    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    p: float
    differences: tuple[Difference, ...]

    @property
    def regressed(self) -> bool:
        """Whether the new run is worse beyond chance: by McNemar's test, or by the interval of the headline."""
        worse = len(self.broken) > len(self.fixed) and self.p < 0.05
        return worse or next(d for d in self.differences if d.measure == "cited_correct").high < 0


def compare(old: tuple[Mapping[str, Any], Sequence[Row]], new: tuple[Mapping[str, Any], Sequence[Row]]) -> Comparison:
    """Compare two scored runs (header and rows each).

    Raises:
        RunError: they are not over the same questions, so that nothing can be said.
    """
    (old_header, old_rows), (new_header, new_rows) = old, new
    if old_header.get("gold") != new_header.get("gold") or [r.id for r in old_rows] != [r.id for r in new_rows]:
        raise RunError("The two runs were made with different questions and cannot be compared.", "Run both again.")
    if not new_rows:
        raise RunError("The runs have no questions.")
    pairs = list(zip(old_rows, new_rows, strict=True))
    fixed = tuple(n.id for o, n in pairs if n.cited_correct > o.cited_correct)
    broken = tuple(n.id for o, n in pairs if n.cited_correct < o.cited_correct)
    return Comparison(
        fixed,
        broken,
        mcnemar(len(fixed), len(broken)),
        tuple(_difference(measure, pairs) for measure in ("cited_correct", *_ANSWERABLE)),
    )


def _difference(measure: str, pairs: Sequence[tuple[Row, Row]]) -> Difference:
    """Cluster bootstrap by need, seeded: the two languages of a need are no independent evidence."""
    pairs = [(old, new) for old, new in pairs if new.answerable or measure not in _ANSWERABLE]
    needs: dict[str, list[float]] = {}
    for old, new in pairs:
        needs.setdefault(new.need, []).append(getattr(new, measure) - getattr(old, measure))
    low, high = bootstrap(needs)
    means = [[getattr(row, measure) for row in side] for side in zip(*pairs, strict=True)] or [[0.0], [0.0]]
    return Difference(measure, float(np.mean(means[0])), float(np.mean(means[1])), low, high)
