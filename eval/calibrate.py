"""Fit the confidence of answers on the dev questions: `python -m eval calibrate` writes `app/abstain.json`.

Every dev question is answered, whatever the odds; the label is whether that answer is right and complete (no answer to
an unanswerable question is). Confidence is Platt's logistic over the ranker's log-odds (Platt, Probabilistic Outputs
for Support Vector Machines, 1999) and some plain signs against an answer, whose weights may only be negative. The
threshold is the one with the least cost on dev, where a false answer counts `cost` times as much as a false refusal.
What the figures would be on questions that were not fitted to is estimated by cross-validation over needs, fit and
threshold both.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.abstain import SIGNS, Calibration, signs
from app.answer import Answerer
from corpus.fold import fold
from corpus.report import Report
from eval.gold import Gold
from eval.metrics import auc
from eval.run import run
from eval.score import Row, score
from index.search import Searcher

FOLDS = 10
_RIDGE = 0.1


def calibrate(gold: Gold, searcher: Searcher, work: Path, cost: float) -> dict[str, Any]:
    """What `abstain.json` is to hold.

    Args:
        gold: the dev questions.
        searcher: over the reports they are about, with its ranker.
        work: a file that is not there, for the run.
        cost: of a false answer, in false refusals.
    """
    assert searcher.ranker is not None  # noqa: S101 - without one there are no odds
    done = run(gold, Answerer(searcher, Calibration(1.0, 0.0, 0.0)), work)
    rows = score(done, gold, searcher.reports)
    seen = np.array([_seen(row, done.rows[row.id]["answer"], searcher.reports) for row in rows])
    right = np.array([row.answerable and row.cited_correct == 1.0 for row in rows])
    weights = fit(seen, right)
    threshold = choose(_sigmoid(_logits(seen, weights)), rows, cost)
    slope, *against, intercept = (round(float(weight), 6) for weight in weights)
    return {
        "slope": slope,
        "intercept": intercept,
        "signs": dict(zip(SIGNS, against, strict=True)),
        "threshold": round(threshold, 4),
        "trade_off": f"a false answer counts as {cost:g} false refusals",
        "gold": gold.sha256,
        "index": searcher.manifest.digest,
        "model": searcher.manifest.model_digest,
        "ranker": searcher.ranker.digest,
        "cross_validated": cross_validated(seen, right, rows, cost),
    }


def write(path: Path, row: dict[str, Any]) -> None:
    """Write it where `Calibration.load` reads it."""
    path.write_text(json.dumps(row, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def fit(seen: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weights of log-odds and signs, and the intercept, with Platt's smoothed targets.

    Args:
        seen: shape (n, 1 + signs).
        right: shape (n,).
    """
    from scipy.optimize import minimize

    positive, negative = int(right.sum()), int((~right).sum())
    target = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(weights: NDArray[np.float64]) -> float:
        logits = _logits(seen, weights)
        return float((np.logaddexp(0, logits) - target * logits).sum() + _RIDGE * (weights[1:-1] ** 2).sum())

    bounds = [(1e-3, None), *[(None, 0.0)] * (seen.shape[1] - 1), (None, None)]
    found = minimize(loss, np.eye(1, len(bounds))[0], method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64)


def choose(confidence: NDArray[np.float64], rows: Sequence[Row], cost: float) -> float:
    """The threshold of least cost; among equal ones the middle of the widest gap between two confidences."""
    steps = np.unique(np.concatenate([[0.0, 1.0], confidence]))
    best: tuple[float, float, float] | None = None
    for low, high in zip(steps, steps[1:], strict=False):
        threshold = float(low + high) / 2
        shown = confidence >= threshold
        false = sum(s and not row.answerable for s, row in zip(shown, rows, strict=True))
        withheld = sum(not s and row.answerable for s, row in zip(shown, rows, strict=True))
        key = (cost * false + withheld, float(low - high), threshold)
        best = key if best is None else min(best, key)
    assert best is not None  # noqa: S101 - there is always a step
    return best[2]


def cross_validated(
    seen: NDArray[np.float64], right: NDArray[np.bool_], rows: Sequence[Row], cost: float
) -> dict[str, float]:
    """The figures on needs that were left out of fit and threshold, `FOLDS` times."""
    needs = sorted({row.need for row in rows})
    part = np.array([needs.index(row.need) % FOLDS for row in rows])
    confidence, shown = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    for n in range(FOLDS):
        held = part == n
        weights = fit(seen[~held], right[~held])
        learnt = _sigmoid(_logits(seen[~held], weights))
        threshold = choose(learnt, [row for row, out in zip(rows, held, strict=True) if not out], cost)
        confidence[held] = _sigmoid(_logits(seen[held], weights))
        shown[held] = confidence[held] >= threshold
    able = np.array([row.answerable for row in rows])
    return {
        "auc_answerable": round(auc(confidence, able), 4),
        "auc_right": round(auc(confidence, right), 4),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
        "false_answers": round(float(shown[~able].mean()), 4),
        "false_refusals": round(float((~shown[able]).mean()), 4),
        "cited_correct": round(float(np.where(shown, right, ~able).mean()), 4),
    }


def _seen(row: Row, answer: Mapping[str, Any], reports: Mapping[str, Report]) -> tuple[float, ...]:
    """Log-odds, and which signs speak against what was quoted."""
    bounded = min(max(row.confidence, 1e-6), 1 - 1e-6)
    cited = [citation for claim in answer["claims"] for citation in claim["citations"]]
    quoted = [(reports[c["report"]], reports[c["report"]].sentence(c["sentence"])) for c in cited]
    return math.log(bounded / (1 - bounded)), *map(float, signs(fold(answer["standalone_question"]), quoted))


def _logits(seen: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(seen @ weights[:-1] + weights[-1], dtype=np.float64)


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float64)
