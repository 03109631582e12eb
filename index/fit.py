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
from index.sources import read_pairs, read_sentences

_LEARNT = 0.02
_MASS = {"need": 1.0, "near-miss": 0.5, "other-report": 0.2, "off-topic": 0.3}
_OFF_TOPIC = 250
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one report.

    Attributes:
        id: of the training question.
        split: `train`; `unseen`, for training too, of which the encoder has learnt nothing; or `validation`.
        lang: it was asked in.
        kind: `need`, `near-miss`, `other-report` or `off-topic`.
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


def cases(searcher: Searcher, reports: Path, data: Path, others: int, seed: int = 1) -> Iterator[Case]:
    """Every training question in both languages, and questions that their report does not answer.

    Args:
        searcher: over the reports of the training questions.
        reports: the folder with these reports.
        data: the folder with `bench/cmrc2018_trial.json`, whose questions are off every report's topic.
        others: how many questions of one report to ask of another, for training; for validation, all there are.
        seed: of the draws.
    """
    questions = load_questions()
    ids = report_ids(questions)
    texts = {path.stem: read_text(path) for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    asked = [(q.id, q.split, q.kind, q.zh, q.en, q.report, set(q.evidence)) for q in questions]
    for place, zh, en in read_sentences("ranker"):
        name, sentence = place.split("#")
        answer = searcher.reports[ids[name]].sentence(sentence).text.strip()
        asked.append((place, "unseen", "need", zh, en, name, {answer}))
    for split, wanted in (("train", others), ("validation", len(questions))):
        of_it = [q for q in questions if q.split == split]
        for pair in pairs(of_it, texts, wanted, seed):
            q = pair.question
            asked.append((f"{q.id} of {pair.report}", split, "other-report", q.zh, q.en, pair.report, set()))
    held = sorted({q.report for q in questions if q.split == "validation"})
    for n, (id_, zh, en) in enumerate(_off_topic(data)):
        asked.append((id_, "validation", "off-topic", zh, en, held[n % len(held)], set()))
    for id_, split, kind, zh, en, report, quoted in asked:
        wanted_texts = quoted if kind == "need" else set()
        for lang, text in (("zh", zh), ("en", en)):
            hits, rows = searcher.candidates(text, ids[report])
            found = [hit.sentence.text.strip() for hit in hits]
            right = np.array([sentence in wanted_texts for sentence in found], dtype=bool)
            missed = len(wanted_texts - set(found))
            yield Case(id_, split, lang, kind, fold(text), rows, right, missed)


def _off_topic(data: Path) -> list[tuple[str, str, str]]:
    """Id, Chinese and English of questions on anything."""
    english = dict(read_pairs("cmrc-trial.en.tsv"))
    articles = json.loads((data / "bench" / "cmrc2018_trial.json").read_text(encoding="utf-8"))["data"]
    asked = [q for article in articles for paragraph in article["paragraphs"] for q in paragraph["qas"]]
    return [(q["id"], q["question"], english[q["id"]]) for q in asked if q["id"] in english][:_OFF_TOPIC]


def fit_answers(some: Sequence[Case], penalty: float = 100.0) -> Logistic:
    """Over the candidates of answerable questions; those that the encoder has learnt from count `_LEARNT`."""
    asked = [case for case in some if case.right.any()]
    rows, right = np.concatenate([c.rows for c in asked]), np.concatenate([c.right for c in asked])
    counts = [_LEARNT if c.split == "train" else 1.0 for c in asked]
    shares = np.concatenate([np.full(len(c.right), n / len(c.right)) for n, c in zip(counts, asked, strict=True)])
    return logistic(rows, right, shares * len(right) / shares.sum(), penalty)


def fit_answerable(some: Sequence[Case], answers: Logistic, penalty: float = 10.0) -> Logistic:
    """Over whole questions, each kind weighing what `_MASS` says together.

    The encoder has learnt from the training questions, so that their scores are better than a new question's: they
    count `_LEARNT` of a validation question. The unseen ones, all of which are answerable, are left out.
    """
    asked = [case for case in some if len(case.rows) and case.split != "unseen"]
    rows = np.stack([evidence(c.question, c.rows, answers.probabilities(c.rows)) for c in asked])
    able = np.array([c.kind == "need" for c in asked])
    counts = np.array([_LEARNT if c.split == "train" else 1.0 for c in asked])
    kinds = np.array([c.kind for c in asked])
    shares = np.zeros(len(asked))
    for kind, mass in _MASS.items():
        if (kinds == kind).any():
            shares[kinds == kind] = counts[kinds == kind] * mass / counts[kinds == kind].sum()
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


def make(reports: Path, data: Path, work: Path, out: Path, others: int, seed: int) -> dict[str, Any]:
    """Fit the ranker to the shipped encoder and write it; returns what was measured on the validation reports."""
    searcher = searcher_over(reports, work)
    asked = list(cases(searcher, reports, data, others, seed))
    held = [case for case in asked if case.split == "validation"]
    train = [case for case in asked if case.split != "validation"]
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
    part = {id_: n % _FOLDS for n, id_ in enumerate(sorted({case.id for case in held}))}
    odds = np.zeros(len(held))
    for k in range(_FOLDS):
        model = fit_answerable([*train, *(case for case in held if part[case.id] != k)], answers)
        for n, case in enumerate(held):
            if part[case.id] == k and len(case.rows):
                odds[n] = model.odds(evidence(case.question, case.rows, likely[n]))
    found: dict[str, Any] = {}
    for lang in ("zh", "en"):
        among = [n for n, case in enumerate(held) if case.lang == lang]
        some = [held[n] for n in among]
        fused = [-np.arange(len(case.rows), dtype=np.float64) for case in some]
        found[lang] = {"fused": measure(some, fused), "ranked": measure(some, [likely[n] for n in among])}
        for kind in ("near-miss", "other-report", "off-topic"):
            asked = [n for n in among if held[n].kind in ("need", kind) and len(held[n].rows)]
            able = np.array([held[n].kind == "need" for n in asked])
            if able.all():
                continue
            found[lang][f"auc against {kind}"] = auc(odds[asked], able)
            best = np.array([likely[n].max() for n in asked])
            found[lang][f"auc against {kind}, best score alone"] = auc(best, able)
    return found


def auc(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a right one scores above a wrong one, ties counting half."""
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(right, scores)), 4)
