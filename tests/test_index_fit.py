"""Fitting the sentence ranker, on cases of the tests' own."""

from dataclasses import replace

import numpy as np
import pytest

from index import fit
from index.fit import Case, auc, fit_answerable, fit_answers, logistic, measure, measured
from index.rerank import SIGNALS


def case(n, kind="need", split="train", lang="zh", seed=0):
    """Ten candidates; the right one, if any, is nearer than the others, and more so the smaller the noise."""
    rng = np.random.default_rng(n * 7 + seed)
    rows = rng.normal(scale=0.3, size=(10, len(SIGNALS)))
    right = np.zeros(10, dtype=bool)
    if kind == "need":
        right[rng.integers(10)] = True
        rows[right, list(SIGNALS).index("near")] += 2
    return Case(f"q{n}", split, lang, kind, "多少?", rows, right, 0)


TRAIN = [case(n, kind) for n, kind in enumerate(("need", "need", "near-miss") * 20)]
HELD = [
    case(n, kind, "validation", lang, seed=99)
    for n, kind in enumerate(("need", "near-miss", "other-report") * 10)
    for lang in ("zh", "en")
]


def test_the_logistic_speaks_of_the_inputs_as_they_are():
    rng = np.random.default_rng(1)
    rows = rng.normal(loc=[5, -100], scale=[1, 50], size=(20_000, 2))
    right = rng.random(20_000) < 1 / (1 + np.exp(-(2 * (rows[:, 0] - 5) + 0.02 * (rows[:, 1] + 100))))
    model = logistic(rows, right, np.ones(len(rows)), penalty=1e-3)
    assert model.weights == pytest.approx((2, 0.02), rel=0.1)
    assert model.bias == pytest.approx(-10 + 2, abs=0.6)


def test_it_learns_what_a_right_candidate_is_and_when_there_is_none():
    answers = fit_answers(TRAIN)
    weights = dict(zip(SIGNALS, answers.weights, strict=True))
    assert max(weights, key=weights.get) == "near"
    figures = measured(TRAIN, HELD, answers)
    for lang in ("zh", "en"):
        assert figures[lang]["ranked"]["hit@1"] > 0.9 > figures[lang]["fused"]["hit@1"]
        assert figures[lang]["ranked"]["n"] == 10
        assert figures[lang]["auc against near-miss"] > 0.9


def test_learnt_questions_count_little_for_what_is_answerable(monkeypatch):
    answers = fit_answers(TRAIN)
    reversed_ = [case(n, "near-miss" if n % 2 else "need", "validation", seed=5) for n in range(40)]
    small = fit_answerable([*TRAIN, *reversed_], answers)
    monkeypatch.setattr(fit, "_LEARNT", 1.0)
    assert fit_answerable([*TRAIN, *reversed_], answers) != small


def test_unseen_questions_teach_what_answers_and_not_what_is_answerable(monkeypatch):
    like = [case(n, split="unseen", seed=3) for n in range(20)]
    unlike = [replace(one, rows=-one.rows) for one in like]
    near = list(SIGNALS).index("near")
    assert fit_answers([*TRAIN, *unlike]).weights[near] < 0  # what is learnt from counts little beside them
    assert fit_answerable([*TRAIN, *unlike], fit_answers(TRAIN)) == fit_answerable(TRAIN, fit_answers(TRAIN))
    monkeypatch.setattr(fit, "_LEARNT", 1.0)
    assert fit_answers([*TRAIN, *unlike]).weights[near] > 0


def test_measures_of_a_ranking():
    some = [case(0), case(1), case(2, "near-miss")]
    perfect = [c.right.astype(float) for c in some]
    assert measure(some, perfect) == {"hit@1": 1.0, "hit@5": 1.0, "mrr": 1.0, "n": 2}
    worst = measure(some, [-score for score in perfect])
    assert worst == {"hit@1": 0.0, "hit@5": 0.0, "mrr": 0.1, "n": 2}
    nowhere = Case("q", "train", "zh", "need", "?", np.zeros((3, len(SIGNALS))), np.zeros(3, dtype=bool), 1)
    assert measure([nowhere], [np.zeros(3)])["mrr"] == 0.0
    assert auc(np.array([1.0, 3.0, 2.0]), np.array([False, True, False])) == 1.0
