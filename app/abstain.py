"""Does anything here answer the question? How sure, and when to say that the report does not.

A first, general rule, by logistic regression on the dev questions: how near the best sentence is, and which of the
question's plain demands it leaves unmet: a figure, a date, the numbers and the names that the question itself gives.
It knows no topics. Its limits are those of its evidence: a neighbouring figure of the same kind still passes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.extract import Pick
from corpus.report import Report
from index.needs import unmet


@dataclass(frozen=True, slots=True)
class AbstainConfig:
    """The rule's weights and the confidence below which an answer is refused.

    Attributes:
        bias, cosine: of the logistic; `cosine` weighs the best hit's cosine.
        figure, date, number, name: added when that demand is unmet.
        threshold: answer at or above it; at this one, cross-validated on dev, 40 % of the unanswerable questions are
            answered and 10 % of the answerable refused.
    """

    bias: float = -1.5
    cosine: float = 6.2
    figure: float = -2.3
    date: float = -3.8
    number: float = -4.7
    name: float = -2.1
    threshold: float = 0.7


CONFIG = AbstainConfig()


def confidence(question: str, nearness: float, picks: Sequence[Pick], reports: Mapping[str, Report]) -> float:
    """The probability that what was picked answers the question, from 0 to 1; 0 where nothing was picked.

    Args:
        question: as it was searched.
        nearness: the best hit's cosine with it.
        picks: what would be quoted.
        reports: id → report.
    """
    if not picks:
        return 0.0
    weights = (CONFIG.figure, CONFIG.date, CONFIG.number, CONFIG.name)
    unmet_needs = unmet(question, [(reports[pick.report], pick.sentence) for pick in picks])
    missing_weight = sum(weight for weight, missing in zip(weights, unmet_needs, strict=True) if missing)
    return 1 / (1 + math.exp(-(CONFIG.bias + CONFIG.cosine * nearness + missing_weight)))
