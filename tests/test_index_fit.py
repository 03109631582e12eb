"""Fitting the sentence ranker, on cases of the tests' own."""

from dataclasses import replace

import numpy as np
import pytest
from support import logistic as logistic_of

from corpus.fold import fold
from index import fit
from index.chunk import Excerpt
from index.fit import (
    Case,
    auc,
    fit_answerable,
    fit_answers,
    fit_reads,
    logistic,
    measure,
    measured,
    with_readings,
)
from index.questions import TrainingQuestion
from index.rerank import READ
from index.signals import SIGNALS
from index.sources import Twin


def case(n, kind="need", split="unseen", lang="zh", seed=0):
    """Ten candidates; the right one, if any, is nearer than the others, and what is read of it is higher still."""
    rng = np.random.default_rng(n * 7 + seed)
    rows = rng.normal(scale=0.3, size=(10, len(SIGNALS)))
    right = np.zeros(10, dtype=bool)
    if kind == "need":
        right[rng.integers(10)] = True
        rows[right, list(SIGNALS).index("near")] += 0.5
    ways = [(Excerpt(f"{n} {'right' if yes else 'wrong'}"),) for yes in right]
    return Case(f"q{n}", split, lang, kind, "多少?", rows, ways, right)


class Reader:
    """Tells what is right, almost always."""

    def logits(self, pairs):
        return np.array([3.0 * ("right" in text) - 1.0 + 0.1 * (len(text) % 3) for _, text, _ in pairs])


KINDS = ("need", "need", "near-miss")
UNSEEN = [case(n, kind) for n, kind in enumerate(KINDS * 20)]
HELD = [
    case(n, kind, "validation", lang, seed=99)
    for n, kind in enumerate(("need", "near-miss", "other-report") * 50)
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
    answers = fit_answers(UNSEEN, penalty=1.0)
    weights = dict(zip(SIGNALS, answers.weights, strict=True))
    assert max(weights, key=weights.get) == "near"
    some = with_readings([*UNSEEN, *HELD], answers, Reader())
    reads = fit_reads(some, answers)
    assert dict(zip(READ, reads.weights, strict=True))["read"] > 0
    figures = measured(some, answers)
    for lang in ("zh", "en"):
        fused, signals, read = (figures[lang][name]["hit@1"] for name in ("fused", "by signals", "read"))
        assert read > signals + 0.05 > fused + 0.1, (read, signals, fused)
        assert figures[lang]["read"]["n"] == 50
        assert figures[lang]["auc against near-miss"] > 0.8


def test_only_questions_with_an_answer_among_their_candidates_teach_what_answers():
    asked = [case for case in UNSEEN if case.kind == "need"]
    assert fit_answers(UNSEEN) == fit_answers(asked)
    nowhere = replace(asked[0], right=np.zeros(10, dtype=bool), rows=-asked[0].rows)
    assert fit_answers([*asked, nowhere]) == fit_answers(asked)
    answers = fit_answers(asked)
    read = with_readings(asked, answers, Reader())
    assert fit_reads([*read, replace(read[0], right=np.zeros(10, dtype=bool))], answers) == fit_reads(read, answers)


def test_each_kind_weighs_the_same_however_many_there_are():
    answers, reads = logistic_of(SIGNALS, near=1.0), logistic_of(READ, read=1.0)
    some = with_readings(UNSEEN, answers, Reader())
    misses = [case for case in some if case.kind == "near-miss"]
    twice = fit_answerable([*some, *misses], answers, reads, penalty=1e-6)
    once = fit_answerable(some, answers, reads, penalty=1e-6)
    assert twice.bias == pytest.approx(once.bias, rel=0.05, abs=0.3)


def test_only_those_that_nothing_has_learnt_from_are_asked(searcher, monkeypatch, tmp_path):
    report = searcher.reports["anning-2024"]
    first, second, third = [s for s in report.sentences if s.kind == "body"][:3]

    def question(id_, kind, split, evidence):
        return TrainingQuestion(
            id_, "county", "1", split, kind, "figure", f"{id_}多少座？", f"{id_}?", "", "", evidence, ()
        )

    some = [
        question("learnt", "need", "train", (first.text.strip(),)),
        question("held", "need", "validation", (first.text.strip(),)),
        question("missed", "near-miss", "validation", ()),
    ]
    monkeypatch.setattr(fit, "load_questions", lambda: some)
    monkeypatch.setattr(fit, "report_ids", lambda questions: {"county": "anning-2024"})
    monkeypatch.setattr(fit, "pairs", lambda questions, texts, count, seed: [])
    monkeypatch.setattr(fit, "_off_topic", lambda data: [("off", "红烧肉怎么做？", "How is pork braised?")])
    rows = {
        "sentences": [(f"county#{second.id}", f"{second.text[:9]}吗？", "Roads?")],
        "near": [(f"county#{second.id}", "几时？", "When?")],
    }
    monkeypatch.setattr(fit, "read_sentences", lambda learner: rows["sentences"] if learner == "ranker" else [])
    monkeypatch.setattr(fit, "read_near", lambda learner: rows["near"] if learner == "ranker" else [])
    twin = Twin("county", second.id, "新建几座？", "How many new?", "拆了几座？", "How many torn down?", first.id)
    broad = ("county", f"{second.text[:9]}和{third.text[:9]}怎么样？", "Heating?", [second.id, third.id], [])
    off = ("红烧鱼怎么做？", "How is fish braised?")
    for name, row in (("read_twins", twin), ("read_broad", broad), ("read_off_topic", off)):
        monkeypatch.setattr(fit, name, lambda learner, row=row: [row] if learner == "ranker" else [])
    found = list(fit.cases(searcher, tmp_path, tmp_path))
    assert [(c.split, c.kind, c.lang) for c in found][::2] == [
        ("validation", "need", "zh"),
        ("validation", "near-miss", "zh"),
        ("unseen", "need", "zh"),
        ("unseen", "near-miss", "zh"),
        ("unseen", "need", "zh"),
        ("unseen", "near-miss", "zh"),
        ("unseen", "need", "zh"),
        ("validation", "off-topic", "zh"),
        ("unseen", "off-topic", "zh"),
    ]
    assert [c.lang for c in found][1::2] == ["en"] * 9
    assert [int(c.right.sum()) for c in found][::2] == [1, 0, 1, 0, 1, 0, 2, 0, 0]
    held = found[0]
    assert held.question == "held多少座?"
    right = [ways[0].text for ways, yes in zip(held.excerpts, held.right, strict=True) if yes]
    assert right == [fold(first.text.strip())]


def test_measures_of_a_ranking():
    some = [case(0), case(1), case(2, "near-miss")]
    perfect = [c.right.astype(float) for c in some]
    assert measure(some, perfect) == {"hit@1": 1.0, "hit@5": 1.0, "mrr": 1.0, "n": 2}
    worst = measure(some, [-score for score in perfect])
    assert worst == {"hit@1": 0.0, "hit@5": 0.0, "mrr": 0.1, "n": 2}
    nowhere = Case("q", "unseen", "zh", "need", "?", np.zeros((3, len(SIGNALS))), ["", "", ""], np.zeros(3, dtype=bool))
    assert measure([nowhere], [np.zeros(3)])["mrr"] == 0.0
    assert auc(np.array([1.0, 3.0, 2.0]), np.array([False, True, False])) == 1.0
