"""Questions with the passages that answer them, for training: of reports, news and encyclopaedias.

Chinese and English questions over Chinese passages; English questions over English ones, where a passage of ours has
been put into English; and sentences with the passage they were taken out of.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from corpus.fold import fold
from corpus.readers import KINDS, read_text
from corpus.structure import parse
from index.lexical import Lexical
from index.questions import load as load_questions
from index.sources import SENTENCE, drcd, read_lines, read_ours, read_pairs, read_rows, read_sentences, windows
from index.splitter import ClauseSplitter
from index.tokens import chinese_question_terms, chinese_terms

_POLICY = 1500
_CLOZES = 2500
_BM25_NEGATIVES = 4
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Passage:
    """A question and what answers it.

    Attributes:
        zh: the question in Chinese, folded; "" where there is none.
        en: the question in English; "" where there is none.
        passage: the pieces of the passage that answers; it scores as its best piece does.
        also: other passages that answer, never to be taken as wrong.
        negatives: passages that do not answer.
        source: where it is from.
        among: the name of the document whose other passages it is to be told from; "" for any of its source.
    """

    zh: str
    en: str
    passage: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()
    negatives: tuple[tuple[str, ...], ...] = ()
    source: str = field(default="", compare=False)
    among: str = field(default="", compare=False)


def passages(data: Path, reports: Path, seed: int) -> Iterator[dict[str, Any]]:
    """Questions with what answers them, every source in a fixed order."""
    yield from _reports(reports)
    english, openings = dict(read_pairs("drcd.en.tsv")), dict(read_pairs("drcd-openings.en.tsv"))
    for id_, context, questions in drcd(data):
        for question in questions:
            asked = english.get(question["id"], "")
            yield _example("drcd", fold(question["question"]), asked, [fold(context)])
            if asked and id_ in openings:
                yield _example("drcd-english", "", asked, [openings[id_]])
    policy = read_rows(data / "train" / "covid-policy-qa.zh.jsonl")
    for row in random.Random(seed).sample(policy, min(_POLICY, len(policy))):  # noqa: S311 - a sample, no secret
        yield _example("covid-policy", fold(row["question"]), "", [fold(row["answer"])])
    yield from _news(data / "news", seed)


def _example(
    source: str,
    zh: str,
    en: str,
    passage: Sequence[str],
    also: Sequence[Sequence[str]] = (),
    negatives: Sequence[Sequence[str]] = (),
    among: str = "",
) -> dict[str, Any]:
    row = {"zh": zh, "en": en, "passage": passage, "also": also, "negatives": negatives}
    return row | {"source": source, "among": among}


class _Report:
    """The sentences of a report, cut into the clauses that are embedded, and their postings."""

    def __init__(self, path: Path) -> None:
        paragraphs = parse(read_text(path)).paragraphs
        self.by_id = {s.id: s.text.strip() for p in paragraphs for s in p.sentences}
        self.sentences = list(dict.fromkeys(self.by_id.values()))
        self._lexical = Lexical.fit([chinese_terms(fold(sentence)) for sentence in self.sentences])
        self._splitter = ClauseSplitter(_LONGEST, len)

    def cut(self, sentence: str) -> list[str]:
        return [fold(piece) for piece in self._splitter.split_text(sentence)]

    def ranked(self, question: str) -> list[str]:
        """The sentences, those that share rare words with a Chinese question first."""
        scores = self._lexical.scores(chinese_question_terms(fold(question)))
        return [self.sentences[n] for n in sorted(range(len(scores)), key=lambda n: (-scores[n], n))]


def _reports(folder: Path) -> Iterator[dict[str, Any]]:
    files = {path.stem: path for path in sorted(folder.rglob("*")) if path.suffix.lower() in KINDS}
    english = dict(read_pairs("evidence.en.tsv"))
    read = cache(lambda name: _Report(files[name]))
    for question in load_questions():
        if question.kind != "need" or question.split != "train":
            continue
        report = read(question.report)
        near = [text for text in report.ranked(question.zh)[: _BM25_NEGATIVES * 2] if text not in question.evidence]
        wrong = [report.cut(text) for text in dict.fromkeys([*question.negatives, *near[:_BM25_NEGATIVES]])]
        for sentence in question.evidence:
            if sentence in english:
                yield _example("report-english", "", question.en, [english[sentence]])
            also = [report.cut(other) for other in question.evidence if other != sentence]
            yield _example("report-questions", fold(question.zh), question.en, report.cut(sentence), also, wrong)
    for place, zh, en in read_sentences("encoder"):
        name, id_ = place.split("#")
        report = read(name)
        yield _example("report-sentences", fold(zh), en, report.cut(report.by_id[id_]), among=name)


def _news(folder: Path, seed: int) -> Iterator[dict[str, Any]]:
    articles = {path.stem: read_lines(path) for path in sorted(folder.glob("*.txt"))}
    asked = read_ours("news.tsv")
    for place, zh, en in asked:
        name, line, span = place.split(":")
        articles[name] = articles.get(name) or read_lines(folder / f"{name}.txt")
        start, end = span.split("-")
        yield _example("news-questions", fold(zh), en, [fold(articles[name][int(line)][int(start) : int(end)])])
    yield from _clozes(articles, {tuple(place.split(":")[:2]) for place, _, _ in asked}, seed)


def _clozes(news: Mapping[str, Sequence[str]], taken: Set[tuple[str, ...]], seed: int) -> Iterator[dict[str, Any]]:
    """A sentence and the passage it was taken out of (Lee et al., "Latent Retrieval", ACL 2019), of other articles."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    articles = [(name, n) for name in news for n in range(len(news[name])) if (name, str(n)) not in taken]
    draw.shuffle(articles)
    made = 0
    for name, n in articles:
        start, end = draw.choice(windows(news[name][n]) or [(0, 0)])
        sentences = SENTENCE.findall(news[name][n][start:end])
        askable = [s for s in sentences if 15 <= len(s) <= 80]
        if askable:
            chosen = draw.choice(askable)
            yield _example("news-clozes", fold(chosen), "", [fold("".join(s for s in sentences if s != chosen))])
            made += 1
        if made == _CLOZES:
            return
