"""Fitting the sentence ranker: questions that no model has learnt from, asked of an index of their reports.

A candidate is right where it is one of the sentences that the question's evidence quotes. Questions that their report
does not answer (near-misses, and questions of one report asked of another) have no right candidate.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.library import Library
from corpus.readers import KINDS, read_text
from index.build import build
from index.chunk import Excerpt
from index.cross import CrossEncoder
from index.encode import SHIPPED as ENCODER
from index.encode import load_encoder
from index.pairs import pairs
from index.questions import TrainingQuestion
from index.questions import load as load_questions
from index.rerank import EVIDENCE, GRAPH, READ, Logistic, Ranker, evidence, read_rows, readings, to_read, weighed
from index.search import Searcher
from index.signals import SIGNALS
from index.sources import read_broad, read_near, read_off_topic, read_pairs, read_sentences, read_twins

_MASS = {"need": 1.0, "near-miss": 0.5, "other-report": 0.2, "off-topic": 2.0}
_OFF_TOPIC = 250
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one report.

    Attributes:
        id: of the training question.
        split: `unseen`, of a training report, but nothing has learnt from it; or `validation`.
        lang: it was asked in.
        kind: `need`, `near-miss`, `other-report` or `off-topic`.
        question: folded.
        rows: the signals of its candidates, shape (n, len(SIGNALS)), in fused order.
        excerpts: the ways in which each of them is read.
        right: which of them answer, shape (n,).
        read: what the cross-encoder makes of those that it reads; empty before that.
    """

    id: str
    split: str
    lang: str
    kind: str
    question: str
    rows: NDArray[np.float64]
    excerpts: Sequence[Sequence[Excerpt]]
    right: NDArray[np.bool_]
    read: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


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


def cases(searcher: Searcher, reports: Path, data: Path, seed: int = 1) -> Iterator[Case]:
    """Every question that nothing has learnt from, in both languages; some have no answer in the report that is asked.

    Args:
        searcher: over the reports of the training questions.
        reports: the folder with these reports.
        data: the folder with `bench/cmrc2018_trial.json`, whose questions are off every report's topic.
        seed: of the draws.
    """
    questions = load_questions()
    ids = report_ids(questions)
    held = [q for q in questions if q.split == "validation"]
    asked = [(q.id, "validation", q.kind, q.zh, q.en, q.report, set(q.evidence)) for q in held]
    for name, zh, en, sentences in _unseen():
        answers = {searcher.reports[ids[name]].sentence(id_).text.strip() for id_ in sentences}
        kind = "need" if answers else "near-miss"
        asked.append((f"{name}: {zh}", "unseen", kind, zh, en, name, answers))
    texts = {path.stem: read_text(path) for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    for pair in pairs(held, texts, len(questions), seed):
        q = pair.question
        asked.append((f"{q.id} of {pair.report}", "validation", "other-report", q.zh, q.en, pair.report, set()))
    names = sorted({q.report for q in held})
    for n, (id_, zh, en) in enumerate(_off_topic(data)):
        asked.append((id_, "validation", "off-topic", zh, en, names[n % len(names)], set()))
    names = sorted({q.report for q in questions if q.split == "train"})
    for n, (zh, en) in enumerate(read_off_topic("ranker")):
        asked.append((zh, "unseen", "off-topic", zh, en, names[n % len(names)], set()))
    for id_, split, kind, zh, en, report, quoted in asked:
        wanted = quoted if kind == "need" else set()
        for lang, question in (("zh", fold(zh)), ("en", fold(en))):
            hits, rows = searcher.candidates(question, ids[report])
            ways = [searcher.excerpts(hit) for hit in hits]
            right = np.array([hit.sentence.text.strip() in wanted for hit in hits], dtype=bool)
            yield Case(id_, split, lang, kind, question, rows, ways, right)


def _unseen() -> Iterator[tuple[str, str, str, list[str]]]:
    """Of what is kept for the ranker: report, question in Chinese and English, ids of sentences that answer, if any."""
    for some, answered in ((read_sentences("ranker"), True), (read_near("ranker"), False)):
        for place, zh, en in some:
            name, sentence = place.split("#")
            yield name, zh, en, [sentence] if answered else []
    for twin in read_twins("ranker"):
        yield twin.report, twin.zh, twin.en, [twin.answer]
        yield twin.report, twin.other_zh, twin.other_en, []
    for name, zh, en, sentences, _ in read_broad("ranker"):
        yield name, zh, en, sentences


def _off_topic(data: Path) -> list[tuple[str, str, str]]:
    """Id, Chinese and English of questions on anything."""
    english = dict(read_pairs("cmrc-trial.en.tsv"))
    articles = json.loads((data / "bench" / "cmrc2018_trial.json").read_text(encoding="utf-8"))["data"]
    asked = [q for article in articles for paragraph in article["paragraphs"] for q in paragraph["qas"]]
    return [(q["id"], q["question"], english[q["id"]]) for q in asked if q["id"] in english][:_OFF_TOPIC]


def fit_answers(some: Sequence[Case], penalty: float = 10.0) -> Logistic:
    """Over the candidates of answerable questions, each question counting the same."""
    asked = [case for case in some if case.right.any()]
    return _of_questions([case.rows for case in asked], [case.right for case in asked], penalty)


def with_readings(some: Iterable[Case], answers: Logistic, cross: CrossEncoder) -> list[Case]:
    """The cases, each with what the cross-encoder makes of the candidates that it would read."""
    found = []
    for case in some:
        first = to_read(answers.odds(case.rows))
        found.append(replace(case, read=readings(cross, case.question, [case.excerpts[n] for n in first])))
    return found


def fit_reads(some: Sequence[Case], answers: Logistic, penalty: float = 300.0) -> Logistic:
    """Over the candidates that were read, where one of them answers.

    The penalty is high, so that of several sentences that answer none is pushed far below the best.
    """
    rows, right = [], []
    for case in some:
        seen = answers.odds(case.rows)
        first = to_read(seen)
        if case.right[first].any():
            rows.append(read_rows(seen[first], case.read))
            right.append(case.right[first])
    return _of_questions(rows, right, penalty)


def likely(case: Case, answers: Logistic, reads: Logistic) -> NDArray[np.float64]:
    """The probabilities of a case's candidates, shape (n,)."""
    seen = answers.odds(case.rows)
    return weighed(seen, to_read(seen), case.read, reads)


def fit_answerable(some: Sequence[Case], answers: Logistic, reads: Logistic, penalty: float = 10.0) -> Logistic:
    """Over whole questions, each kind weighing what `_MASS` says together."""
    asked = [case for case in some if len(case.rows)]
    rows = np.stack([evidence(c.question, c.rows, likely(c, answers, reads), c.read) for c in asked])
    kinds = np.array([c.kind for c in asked])
    shares = np.zeros(len(asked))
    for kind, mass in _MASS.items():
        shares[kinds == kind] = mass / max(1, (kinds == kind).sum())
    return logistic(rows, kinds == "need", shares * len(rows) / shares.sum(), penalty)


def _of_questions(rows: Sequence[NDArray[np.float64]], right: Sequence[NDArray[np.bool_]], penalty: float) -> Logistic:
    shares = np.concatenate([np.full(len(some), 1 / len(some)) for some in right])
    return logistic(np.concatenate(rows), np.concatenate(right), shares * len(shares) / len(right), penalty)


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


def write(path: Path, ranker: Ranker, cross: str, figures: Mapping[str, Any]) -> None:
    """Write `ranker.json`, with the digest of the cross-encoder beside it and the figures that were measured."""
    parts = (
        ("answers", ranker.answers, SIGNALS),
        ("reads", ranker.reads, READ),
        ("answerable", ranker.answerable, EVIDENCE),
    )
    row: dict[str, Any] = {"model": ranker.model, "cross": cross}
    for name, part, inputs in parts:
        weights = {each: round(weight, 6) for each, weight in zip(inputs, part.weights, strict=True)}
        row[name] = {"bias": round(part.bias, 6), "weights": weights}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row | {"measured": figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def make(reports: Path, data: Path, work: Path, out: Path, seed: int) -> dict[str, Any]:
    """Fit the ranker to the shipped encoder and to the cross-encoder beside `out`, and write it.

    Returns:
        What was measured on the validation reports.
    """
    searcher = searcher_over(reports, work)
    some = list(cases(searcher, reports, data, seed))
    answers = fit_answers([case for case in some if case.split == "unseen"])
    weights = out.with_name(GRAPH)
    some = with_readings(some, answers, CrossEncoder(ENCODER, weights))
    reads = fit_reads(some, answers)
    ranker = Ranker(answers, reads, fit_answerable(some, answers, reads), searcher.manifest.model_digest)
    figures = measured(some, answers)
    write(out, ranker, hashlib.sha256(weights.read_bytes()).hexdigest(), figures)
    return figures


def measured(some: Sequence[Case], answers: Logistic) -> dict[str, Any]:
    """By language: the ranking at each stage, and the area under the ROC curve of answerable against not.

    Of the validation cases. The first model has not seen them; what is fitted to them too, is cross-validated.
    """
    held = [case for case in some if case.split == "validation"]
    part = {id_: n % _FOLDS for n, id_ in enumerate(sorted({case.id for case in held}))}
    odds = np.zeros(len(held))
    probable = [np.zeros(0)] * len(held)
    for k in range(_FOLDS):
        others = [case for case in some if part.get(case.id) != k]
        reads = fit_reads(others, answers)
        model = fit_answerable(others, answers, reads)
        for n, case in enumerate(held):
            if part[case.id] == k and len(case.rows):
                probable[n] = likely(case, answers, reads)
                odds[n] = model.odds(evidence(case.question, case.rows, probable[n], case.read))
    found: dict[str, Any] = {}
    for lang in ("zh", "en"):
        among = [n for n, case in enumerate(held) if case.lang == lang]
        asked = [held[n] for n in among]
        found[lang] = {
            "fused": measure(asked, [-np.arange(len(case.rows), dtype=np.float64) for case in asked]),
            "by signals": measure(asked, [answers.odds(case.rows) for case in asked]),
            "read": measure(asked, [probable[n] for n in among]),
        }
        for kind in ("near-miss", "other-report", "off-topic"):
            both = [n for n in among if held[n].kind in ("need", kind) and len(held[n].rows)]
            able = np.array([held[n].kind == "need" for n in both])
            if able.all():
                continue
            found[lang][f"auc against {kind}"] = auc(odds[both], able)
            best = np.array([probable[n].max() for n in both])
            found[lang][f"auc against {kind}, best score alone"] = auc(best, able)
    return found


def auc(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a right one scores above a wrong one, ties counting half."""
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(right, scores)), 4)
