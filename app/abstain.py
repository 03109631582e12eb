"""Does anything here answer the question? How sure, and when to say that the report does not.

A first, general rule, by logistic regression on the dev questions: how near the best sentence is, and which of the
question's plain demands it leaves unmet: a figure, a date, the numbers and the names that the question itself gives.
It knows no topics. Its limits are those of its evidence: a neighbouring figure of the same kind still passes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.extract import Pick, gives_date, gives_figure
from app.question import asks_for_date, asks_for_figure
from corpus.figures import figures
from corpus.fold import fold
from corpus.report import Report
from index.chunk import search_text
from index.tokens import language

_NAME = re.compile(r"(?<!^)(?<![.?!:;。？！] )(?<![\w'])[A-Z][\w&]*[\w]")
_ACRONYM = re.compile("[A-Za-z]{2,}")


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
    unmet = sum(weight for weight, missing in zip(weights, demands(question, picks, reports), strict=True) if missing)
    return 1 / (1 + math.exp(-(CONFIG.bias + CONFIG.cosine * nearness + unmet)))


def demands(question: str, picks: Sequence[Pick], reports: Mapping[str, Report]) -> tuple[bool, bool, bool, bool]:
    """Which plain demands of a question the picked sentences leave unmet.

    Returns:
        A figure that the question does not itself give; a date; the figures that it gives; the names that it gives.
        Names and figures may also stand in the title block or the description of a cited report.
    """
    lang = language(question)
    cited = [reports[id_] for id_ in dict.fromkeys(pick.report for pick in picks)]
    quoted = [(reports[pick.report], pick.sentence) for pick in picks]
    places = quoted + [(report, s) for report in cited for s in report.sentences if s.id.startswith("h")]
    about = [value for report in cited for value in report.about.values()]
    words = fold(" ".join([search_text(*place, view) for place in places for view in ("zh", "en")] + about)).lower()
    given = {figure.value for report, s in places for figure in figures(search_text(report, s, "zh"), "zh")}
    asked = [f for f in figures(question, lang) if not f.weak and f.unit != "year"]
    names = (_ACRONYM if lang == "zh" else _NAME).findall(question)
    if lang == "en" and any(report.edition is None for report in cited):
        names = []  # a Chinese text does not spell them
    return (
        asks_for_figure(question) is not None and not any(gives_figure(question, s, report) for report, s in quoted),
        asks_for_date(question) and not any(gives_date(s, report) for report, s in quoted),
        any(figure.value not in given for figure in asked),
        any(name.lower().removesuffix("s") not in words for name in names),
    )
