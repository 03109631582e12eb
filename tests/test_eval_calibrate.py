"""Fitting confidence and threshold, on odds of the tests' own."""

from types import SimpleNamespace

import numpy as np
import pytest
from support import answer

from app.abstain import SIGNS
from eval.calibrate import _seen, choose, cross_validated, fit
from eval.metrics import auc


def rows(able, needs=None):
    return [SimpleNamespace(answerable=a, need=f"n{n if needs is None else needs[n]}") for n, a in enumerate(able)]


def seen(odds, **there):
    """Log-odds and the signs, as `fit` takes them."""
    signs = (there.get(name, 0) for name in SIGNS)
    return np.column_stack(np.broadcast_arrays(np.asarray(odds, dtype=float), *signs)).astype(float)


def named(weights):
    return dict(zip(("odds", *SIGNS, "intercept"), weights, strict=True))


def test_the_logistic_recovers_the_odds_it_was_made_from():
    rng = np.random.default_rng(1)
    odds = rng.normal(size=20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(2 * odds - 1)))
    weights = named(fit(seen(odds), right))
    assert {weights[name] for name in SIGNS} == {0}
    assert weights["odds"] == pytest.approx(2, abs=0.1)
    assert weights["intercept"] == pytest.approx(-1, abs=0.1)


def test_it_stays_finite_where_the_odds_separate():
    weights = fit(seen([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True]))
    assert np.isfinite(weights).all()
    assert weights[0] > 0


def test_a_sign_against_an_answer_never_speaks_for_it():
    right = np.array([True, False] * 20)
    against = named(fit(seen(np.zeros(40), number=~right, name=right, time=~right), right))
    assert against["number"] < -1
    assert against["time"] < -1
    assert against["name"] == against["figure"] == against["date"] == 0


def test_what_is_fitted_to_are_the_odds_and_the_signs_of_what_was_quoted(hohhot):
    def quoted(question, *sentences, confidence=0.5):
        row = answer(hohhot, sentences, "zh", standalone_question=question).to_json()
        return _seen(SimpleNamespace(confidence=confidence), row, {hohhot.id: hohhot})

    assert quoted("还剩多少户国有企业？", "p10.6") == (0.0,) * (1 + len(SIGNS))
    assert quoted("哪一年整合的国有企业？", "p10.6") == (0.0, *(float(name == "date") for name in SIGNS))
    assert quoted("呼和浩特怎么样？", confidence=0.0)[0] == pytest.approx(-13.8, abs=0.1)
    assert quoted("呼和浩特怎么样？", confidence=1.0)[0] == pytest.approx(13.8, abs=0.1)


def test_the_threshold_has_the_least_cost_and_stands_mid_gap():
    confidence = np.array([0.1, 0.2, 0.6, 0.9])
    assert choose(confidence, rows([False, False, True, True]), 1.0) == pytest.approx(0.4)
    mixed = rows([False, True, False, True])
    assert choose(confidence, mixed, 0.5) < 0.2  # a refusal is dear: everything answerable is answered
    assert 0.6 < choose(confidence, mixed, 5.0) < 0.9


def test_area_under_the_curve():
    assert auc(np.array([1.0, 2.0, 3.0]), np.array([False, False, True])) == 1.0
    assert auc(np.array([1.0, 1.0]), np.array([False, True])) == 0.5
    assert np.isnan(auc(np.array([1.0]), np.array([True])))


def test_cross_validation_tells_what_is_learnt_from_noise():
    rng = np.random.default_rng(2)
    able = rng.random(400) < 0.7
    needs = [n // 2 for n in range(400)]
    signal = np.where(able, 2.0, -2.0) + rng.normal(size=400)
    good = cross_validated(seen(signal), able, rows(able, needs), 1.0)
    assert good["auc_answerable"] > 0.99
    assert good["false_answers"] < 0.1 > good["false_refusals"]
    noise = cross_validated(seen(rng.normal(size=400)), able, rows(able, needs), 1.0)
    assert noise["brier"] > good["brier"] + 0.1
    assert abs(noise["auc_answerable"] - 0.5) < 0.1
