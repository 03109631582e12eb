"""Fitting the sentence ranker: our training questions, asked of an index of the reports they are about.

A candidate is right where it is one of the sentences that the question's evidence quotes. Questions that their report
does not answer (near-misses, and questions of one report asked of another) have no right candidate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.library import Library
from corpus.readers import KINDS, read_text
from index.build import build
from index.encode import load_encoder
from index.pairs import pairs
from index.questions import TrainingQuestion
from index.questions import load as load_questions
from index.rerank import EVIDENCE, SIGNALS, Logistic, Ranker, evidence
from index.search import Searcher

_LEARNT = 0.05
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one report.

    Attributes:
        id: of the training question.
        split: `train` or `validation`.
        lang: it was asked in.
        kind: `need`, `near-miss` or `other-report`.
        rows: the signals of its candidates, shape (n, len(SIGNALS)), in fused order.
        question: as it was asked.
        right: which of them answer, shape (n,).
        missed: right sentences that are not among the candidates.
    """

    id: str
    split: str
    lang: str
    kind: str
    question: str
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    missed: int


def searcher_over(reports: Path, work: Path) -> Searcher:
    """A library and an index of the reports that the training questions are about, made in `work`."""
    files = {path.stem: path for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    work.mkdir(parents=True, exist_ok=True)
    library = Library(work)
    for name, id_ in report_ids(load_questions()).items():
        if not (work / id_).exists():
            library.add(files[name], id_, name)
    build(library, work / ".index", load_encoder(light=False))
    return Searcher(work / ".index", library, load_encoder(light=True))


def report_ids(questions: Iterable[TrainingQuestion]) -> dict[str, str]:
    """Report name → an id that a library takes."""
    return {name: f"r{n:02}" for n, name in enumerate(sorted({q.report for q in questions}))}


def cases(searcher: Searcher, reports: Path, others: int, seed: int = 1) -> Iterator[Case]:
    """Every training question in both languages, and `others` questions of one report asked of another."""
    questions = load_questions()
    ids = report_ids(questions)
    texts = {path.stem: read_text(path) for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    asked = [(q, q.report, q.kind) for q in questions]
    asked += [(pair.question, pair.report, "other-report") for pair in pairs(questions, texts, others, seed)]
    for question, report, kind in asked:
        evidence = set(question.evidence) if kind == "need" else set()
        for lang in ("zh", "en"):
            hits, rows = searcher.candidates(getattr(question, lang), ids[report])
            found = [hit.sentence.text.strip() for hit in hits]
            right = np.array([text in evidence for text in found], dtype=bool)
            yield Case(
                question.id,
                question.split,
                lang,
                kind,
                fold(getattr(question, lang)),
                rows,
                right,
                len(evidence - set(found)),
            )


def fit_answers(some: Sequence[Case], penalty: float = 30.0) -> Logistic:
    """Over the candidates of answerable questions, every question weighing the same."""
    asked = [case for case in some if case.right.any()]
    rows, right = np.concatenate([c.rows for c in asked]), np.concatenate([c.right for c in asked])
    shares = np.concatenate([np.full(len(c.right), 1 / len(c.right)) for c in asked]) * len(right) / len(asked)
    return logistic(rows, right, shares, penalty)


def fit_answerable(some: Sequence[Case], answers: Logistic, penalty: float = 10.0) -> Logistic:
    """Over whole questions, answerable ones and others weighing the same together.

    The encoder has learnt from the training questions, so that their scores are better than a new question's: they
    count `_LEARNT` of a validation question.
    """
    asked = [case for case in some if len(case.rows)]
    rows = np.stack([evidence(c.question, c.rows, answers.probabilities(c.rows)) for c in asked])
    able = np.array([c.kind == "need" for c in asked])
    counts = np.array([_LEARNT if c.split == "train" else 1.0 for c in asked])
    shares = counts * np.where(able, 1 / counts[able].sum(), 1 / counts[~able].sum())
    return logistic(rows, able, shares * len(rows) / shares.sum(), penalty)


def logistic(
    rows: NDArray[np.float64], right: NDArray[np.bool_], shares: NDArray[np.float64], penalty: float
) -> Logistic:
    """Logistic regression with an L2 penalty on standardised inputs; the weights fit the inputs as they are."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=1 / penalty, max_iter=5000).fit((rows - mean) / scale, right, shares)
    weights = model.coef_[0] / scale
    return Logistic(tuple(map(float, weights)), float(model.intercept_[0] - weights @ mean))


def measure(some: Iterable[Case], scores: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """hit@1, hit@5 and mean reciprocal rank of answerable questions, a right sentence that is no candidate counting."""
    ranks = []
    for n, case in enumerate(some):
        if case.kind == "need":
            order = np.argsort(-scores[n], kind="stable")
            ranks.append(next((r for r, at in enumerate(order, start=1) if case.right[at]), np.inf))
    first = np.array(ranks)
    found = {"hit@1": (first <= 1).mean(), "hit@5": (first <= 5).mean(), "mrr": (1 / first).mean()}
    return {name: round(float(value), 4) for name, value in found.items()} | {"n": len(first)}


def write(path: Path, ranker: Ranker, figures: Mapping[str, Any]) -> None:
    """Write `ranker.json`, with the figures that were measured."""
    parts = (("answers", ranker.answers, SIGNALS), ("answerable", ranker.answerable, EVIDENCE))
    row: dict[str, Any] = {"model": ranker.model}
    for name, part, inputs in parts:
        weights = {each: round(weight, 6) for each, weight in zip(inputs, part.weights, strict=True)}
        row[name] = {"bias": round(part.bias, 6), "weights": weights}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row | {"measured": figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def make(reports: Path, work: Path, out: Path, others: int, seed: int) -> dict[str, Any]:
    """Fit the ranker to the shipped encoder and write it; returns what was measured on the validation reports."""
    searcher = searcher_over(reports, work)
    asked = list(cases(searcher, reports, others, seed))
    train, held = ([case for case in asked if case.split == split] for split in ("train", "validation"))
    answers = fit_answers(train)
    ranker = Ranker(answers, fit_answerable(asked, answers), searcher.manifest.model_digest)
    figures = measured(train, held, answers)
    write(out, ranker, figures)
    return figures


def measured(train: Sequence[Case], held: Sequence[Case], answers: Logistic) -> dict[str, Any]:
    """By language: the ranking before and after, and the area under the ROC curve of answerable against not.

    The ranking has not seen the `held` cases; whether a question is answerable is cross-validated over them.
    """
    likely = [answers.probabilities(case.rows) for case in held]
    fold = {id_: n % _FOLDS for n, id_ in enumerate(sorted({case.id for case in held}))}
    odds = np.zeros(len(held))
    for k in range(_FOLDS):
        model = fit_answerable([*train, *(case for case in held if fold[case.id] != k)], answers)
        for n, case in enumerate(held):
            if fold[case.id] == k and len(case.rows):
                odds[n] = model.odds(evidence(case.question, case.rows, likely[n]))
    found: dict[str, Any] = {}
    for lang in ("zh", "en"):
        among = [n for n, case in enumerate(held) if case.lang == lang]
        some = [held[n] for n in among]
        fused = [-np.arange(len(case.rows), dtype=np.float64) for case in some]
        found[lang] = {"fused": measure(some, fused), "ranked": measure(some, [likely[n] for n in among])}
        for kind in ("near-miss", "other-report"):
            asked = [n for n in among if held[n].kind in ("need", kind) and len(held[n].rows)]
            able = np.array([held[n].kind == "need" for n in asked])
            found[lang][f"auc against {kind}"] = auc(odds[asked], able)
            best = np.array([likely[n].max() for n in asked])
            found[lang][f"auc against {kind}, best score alone"] = auc(best, able)
    return found


def auc(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a right one scores above a wrong one, ties counting half."""
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(right, scores)), 4)
