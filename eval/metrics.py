"""The measures, as pure functions of rankings, spans and texts. Each says what it is and where it is defined.

Retrieval measures take ranked ids and the set of relevant ids, binary; they agree with `ir_measures` (tested).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.figures import Figure, figures
from corpus.fold import fold
from corpus.report import Span
from index.tokens import language

Groups = Sequence[Sequence[Sequence[Span]]]
"""Evidence: all groups → any alternative → all spans."""


def success(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 if one of the first `k` is relevant, else 0 (hit@k; Success@k in TREC's terms)."""
    return float(any(id_ in relevant for id_ in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant one, 0 where there is none (Voorhees, TREC-8 Question Answering Track, 1999)."""
    return next((1 / rank for rank, id_ in enumerate(ranked, start=1) if id_ in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain at `k`, binary, log2 (Järvelin and Kekäläinen, TOIS 20(4), 2002)."""
    gain = sum(1 / math.log2(rank + 1) for rank, id_ in enumerate(ranked[:k], start=1) if id_ in relevant)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gain / ideal if ideal else 0.0


def group_recall(found: Collection[str], groups: Sequence[Sequence[Collection[str]]]) -> float:
    """Share of evidence groups of which some alternative was found whole, from 0 to 1."""
    return float(np.mean([any(set(alternative) <= set(found) for alternative in group) for group in groups]))


def citation_precision(cited: Sequence[Span], groups: Groups) -> float:
    """Share of the cited spans that overlap some evidence; 0 where nothing is cited."""
    evidence = [span for group in groups for alternative in group for span in alternative]
    return float(np.mean([any(span.overlaps(e) for e in evidence) for span in cited])) if cited else 0.0


def citation_recall(cited: Sequence[Span], groups: Groups, text: str) -> float:
    """Share of evidence groups of which every span of some alternative is cited, from 0 to 1.

    A span counts as cited where every character of it in `text` lies in a cited span, punctuation and white space
    aside (a clause is quoted with or without the comma that ends it).
    """
    covered = {at for span in cited for at in range(span.start, span.end)}

    def is_cited(span: Span) -> bool:
        return all(at in covered for at in range(span.start, span.end) if text[at].isalnum())

    return float(np.mean([any(all(map(is_cited, alternative)) for alternative in group) for group in groups]))


def f1(precision: float, recall: float) -> float:
    """Their harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def nugget_recall(answer: str, nuggets: Sequence[Sequence[str]]) -> float:
    """Share of nuggets that an answer states, from 0 to 1 (after Voorhees, TREC Question Answering Track, 2003).

    A form that is a figure must occur as that figure, by value and unit, in either language's writing, or as a term of
    a ratio; any other form must occur as text, folded and without regard to case.
    """
    text = fold(answer).lower()
    found = (*figures(answer, "zh"), *figures(answer, "en"))
    given = {(f.value, f.unit) for f in found} | {((term,), "") for f in found if f.kind == "ratio" for term in f.value}

    def is_stated(form: str) -> bool:
        figure = _only_figure(form)
        return (figure.value, figure.unit) in given if figure else fold(form).lower() in text

    return float(np.mean([any(map(is_stated, forms)) for forms in nuggets]))


def _only_figure(form: str) -> Figure | None:
    """The figure that a form is, where it is nothing else."""
    found = figures(form, language(form))
    return found[0] if len(found) == 1 and (found[0].start, found[0].end) == (0, len(form)) else None


def auc(scores: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a right one scores above a wrong one, ties counting half (Mann–Whitney)."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    positive, negative = int(right.sum()), int((~right).sum())
    if not positive or not negative:
        return float("nan")
    return float((ranks[right].sum() - positive * (positive + 1) / 2) / (positive * negative))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson, JASA 22, 1927); (0, 1) where there is nothing to count."""
    from scipy.stats import binomtest

    if n == 0:
        return 0.0, 1.0
    interval = binomtest(successes, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap(values: Mapping[str, Sequence[float]], rounds: int = 2000, seed: int = 1) -> tuple[float, float]:
    """95 % percentile interval of a mean, resampling clusters (Efron and Tibshirani, 1993).

    Args:
        values: cluster (an information need) → its values.
        rounds: resamples.
        seed: of the generator, so that the interval is always the same.
    """
    if not values:
        return 0.0, 1.0
    sums = np.array([sum(v) for v in values.values()], dtype=float)
    counts = np.array([len(v) for v in values.values()], dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(sums), size=(rounds, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def mcnemar(fixed: int, broken: int) -> float:
    """Two-sided exact p of as uneven a split of discordant pairs (McNemar, Psychometrika 12, 1947)."""
    from scipy.stats import binomtest

    return float(binomtest(fixed, fixed + broken, 0.5).pvalue) if fixed + broken else 1.0


def risk_coverage(confidence: Sequence[float], correct: Sequence[bool]) -> list[tuple[float, float]]:
    """Selective risk at each coverage (El-Yaniv and Wiener, JMLR 11, 2010).

    Returns:
        (coverage, risk) points, the surest answer first: of all those answered, which share is wrong.
    """
    order = sorted(range(len(correct)), key=lambda i: (-confidence[i], i))
    points, wrong = [], 0
    for n, i in enumerate(order, start=1):
        wrong += not correct[i]
        points.append((n / len(correct), wrong / n))
    return points


def aurc(points: Sequence[tuple[float, float]]) -> float:
    """Area under the risk–coverage curve: the mean risk over all coverages (Geifman et al., ICLR 2019)."""
    return float(np.mean([risk for _, risk in points])) if points else 0.0
