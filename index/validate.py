"""How well an encoder finds what answers, on data that is neither trained on nor a test: what stages are chosen by.

* the validation reports of our own questions: question → sentence of its report, a sentence scoring as its best clause
* CMRC 2018 trial (https://github.com/ymcui/cmrc2018, CC BY-SA 4.0): question → paragraph, the paragraph whole; the 500
  questions of `training/cmrc-trial.en.tsv` in English as well
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.readers import KINDS, read_text
from corpus.structure import parse
from index.encode import Encoder
from index.questions import load as load_questions
from index.sources import read_pairs
from index.splitter import ClauseSplitter


def validate(encoder: Encoder, data: Path, reports: Path) -> dict[str, dict[str, float]]:
    """Task → measure → value from 0 to 1; reciprocal rank is of the first right one.

    Args:
        encoder: what is measured.
        data: the folder that has `bench/cmrc2018_trial.json`.
        reports: the folder with the validation reports.
    """
    return _reports(encoder, reports) | _cmrc(encoder, data / "bench" / "cmrc2018_trial.json")


def _reports(encoder: Encoder, folder: Path) -> dict[str, dict[str, float]]:
    questions = [q for q in load_questions() if q.split == "validation" and q.kind == "need"]
    files = {path.stem: path for path in folder.rglob("*") if path.suffix.lower() in KINDS}
    splitter = ClauseSplitter(encoder.max_tokens, lambda text: encoder.count_tokens(fold(text)))
    ranks: dict[str, list[int]] = {"zh": [], "en": []}
    for name in sorted({q.report for q in questions}):
        paragraphs = parse(read_text(files[name])).paragraphs
        sentences = list(dict.fromkeys(s.text.strip() for p in paragraphs for s in p.sentences))
        pieces = [[fold(piece) for piece in splitter.split_text(sentence)] for sentence in sentences]
        rows = encoder.encode([piece for some in pieces for piece in some])
        ends = np.cumsum([len(some) for some in pieces])[:-1]
        asked = [q for q in questions if q.report == name]
        right = [{sentences.index(text) for text in q.evidence} for q in asked]
        for lang, found in ranks.items():
            queries = encoder.encode([fold(getattr(q, lang)) for q in asked])
            scores = np.stack([(queries @ some.T).max(axis=1) for some in np.split(rows, ends)], axis=1)
            found += _ranks(scores, right)
    return {f"reports {lang}→zh": _measures(found) for lang, found in ranks.items()}


def _cmrc(encoder: Encoder, file: Path) -> dict[str, dict[str, float]]:
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    paragraphs = [p for article in articles for p in article["paragraphs"]]
    english = dict(read_pairs("cmrc-trial.en.tsv"))
    rows = encoder.encode([fold(p["context"]) for p in paragraphs])
    asked = [(n, q) for n, p in enumerate(paragraphs) for q in p["qas"]]
    found = {}
    questions: Mapping[str, Sequence[tuple[int, str]]] = {
        "cmrc-trial zh→zh": [(n, fold(q["question"])) for n, q in asked],
        "cmrc-trial en→zh": [(n, english[q["id"]]) for n, q in asked if q["id"] in english],
    }
    for task, some in questions.items():
        scores = encoder.encode([text for _, text in some]) @ rows.T
        found[task] = _measures(_ranks(scores, [{n} for n, _ in some]))
    return found


def _ranks(scores: NDArray[np.float32], right: Sequence[set[int]]) -> list[int]:
    """The rank of the best right column of each row, 1 for the first."""
    best = [max(float(row[n]) for n in some) for row, some in zip(scores, right, strict=True)]
    return [1 + int((row > score).sum()) for row, score in zip(scores, best, strict=True)]


def _measures(ranks: Sequence[int]) -> dict[str, float]:
    first = np.array(ranks)
    values = {"mrr": (1 / first).mean(), "hit@1": (first == 1).mean(), "hit@5": (first <= 5).mean()}
    return {name: round(float(value), 4) for name, value in values.items()} | {"n": len(ranks)}
