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

from app.question import asks_for_date, asks_for_figure
from corpus.fold import fold
from corpus.report import Report
from index.chunk import search_text
from index.search import Hit
from index.tokens import language

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COUNTED_ZH = re.compile("[零一二三四五六七八九十百千万亿两]+(?=[个项大种家所条座位名届次年月日户亩])")
_DATE = re.compile(r"\d{4}年|\d+月|[一二三四五六七八九十两\d]+年|周年|[一二三四五六七八九十]+五")
_NAME = re.compile(r"(?<!^)(?<![.?!:;。？！] )(?<![\w'])[A-Z][\w&]*[\w]")


@dataclass(frozen=True, slots=True)
class AbstainConfig:
    """The rule's weights and the confidence below which an answer is refused.

    Attributes:
        bias, cosine: of the logistic; `cosine` weighs the best hit's cosine.
        figure, date, number, name: added when that demand is unmet.
        threshold: answer at or above it.
    """

    bias: float = -1.3
    cosine: float = 5.4
    figure: float = -0.7
    date: float = -2.4
    number: float = -4.4
    name: float = -2.2
    threshold: float = 0.7


CONFIG = AbstainConfig()


def confidence(question: str, picked: Sequence[Hit], reports: Mapping[str, Report]) -> float:
    """The probability that the picked sentences answer the question, from 0 to 1; 0 where nothing was picked."""
    if not picked:
        return 0.0
    best, *unmet = features(question, picked, reports)
    weights = (CONFIG.figure, CONFIG.date, CONFIG.number, CONFIG.name)
    logit = CONFIG.bias + CONFIG.cosine * best + sum(w for w, missing in zip(weights, unmet, strict=True) if missing)
    return 1 / (1 + math.exp(-logit))


def features(
    question: str, picked: Sequence[Hit], reports: Mapping[str, Report]
) -> tuple[float, bool, bool, bool, bool]:
    """What the rule looks at.

    Returns:
        The best hit's cosine in the question's own view (else in any), and whether each demand is unmet by the picked
        sentences: a figure that the question does not itself give, a date, the question's numbers, its names.
    """
    best = picked[0]
    folded = fold(question)
    given = _NUMBER.findall(folded)
    chinese = fold(" ".join(search_text(reports[hit.report], hit.sentence, "zh") for hit in picked))
    everything = (
        fold(" ".join([chinese, *_english(picked, reports), *_front(picked, reports)])).lower().replace(",", "")
    )
    figures = [n for n in _NUMBER.findall(chinese) if n not in given] or _COUNTED_ZH.findall(chinese)
    names = [] if language(question) == "zh" else _NAME.findall(question)
    names += re.findall("[A-Za-z]{2,}", folded) if language(question) == "zh" else []
    return (
        best.cosine(language(question)) or max((m.cosine for m in best.matches), default=0.0),
        asks_for_figure(folded) and not figures,
        asks_for_date(folded) and not _DATE.search(chinese),
        any(number.replace(",", "") not in everything for number in given),
        any(name.lower().removesuffix("s") not in everything for name in names),
    )


def _english(picked: Sequence[Hit], reports: Mapping[str, Report]) -> list[str]:
    return [search_text(reports[hit.report], hit.sentence, "en") for hit in picked]


def _front(picked: Sequence[Hit], reports: Mapping[str, Report]) -> list[str]:
    """What the cited reports are about as wholes: their descriptions and title lines, in both languages."""
    cited = [reports[id_] for id_ in dict.fromkeys(hit.report for hit in picked)]
    lines = [(report, s) for report in cited for s in report.sentences if s.id.startswith("h")]
    texts = [search_text(report, s, view) for report, s in lines for view in ("zh", "en")]
    return texts + [value for report in cited for value in report.about.values()]
