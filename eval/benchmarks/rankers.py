"""What is compared on the public sets: the parts of the product, and baselines beside them.

Encoders read at most their own limit (256 tokens, ours and all-MiniLM-L6-v2 alike). "Whole" is one vector for a
passage, clipped there. "Best clause" is the product's way: a passage scores as its best piece does, pieces being the
clauses of Chinese sentences and whole English sentences (where the product has the parts of the edition), cut on where
longer than the limit, so that nothing is clipped. BM25 has no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import sentence_spans
from eval.benchmarks.tasks import Task
from index.chunk import View
from index.encode import SHIPPED, Encoder, load_encoder
from index.fusion import standard_score_fusion
from index.initialise import packaged_teacher
from index.lexical import QUESTION_TERMS, TERMS, Lexical
from index.search import SearchConfig
from index.segment import segmenter
from index.splitter import ClauseSplitter

Terms = Callable[[str], list[str]]


class Ranker(Protocol):
    """Scores passages for questions.

    Attributes:
        name: its row in the table.
        across: whether its scores mean the same for one question as for another.
    """

    @property
    def name(self) -> str:
        """See above."""

    @property
    def across(self) -> bool:
        """See above."""

    def scores(self, task: Task) -> NDArray[np.float32]:
        """Shape (questions, passages); higher is better."""


class Vectors:
    """An encoder that encodes each text once, however many rankers ask for it."""

    def __init__(self, encoder: Encoder) -> None:
        """Start with nothing encoded."""
        self.encoder = encoder
        self._rows: dict[str, NDArray[np.float32]] = {}

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows aligned with `texts`, which must not be empty."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        self._rows.update(zip(new, self.encoder.encode(new), strict=True))
        return np.stack([self._rows[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Whole:
    """Cosine of the question with the passage, clipped to what the encoder reads."""

    name: str
    vectors: Vectors
    across: bool = True

    def scores(self, task: Task) -> NDArray[np.float32]:
        """See `Ranker`; rounded as the product rounds."""
        return np.round(self.vectors.of(task.questions) @ self.vectors.of(task.passages).T, 5)


@dataclass(frozen=True, slots=True)
class BestClause:
    """Cosine of the question with the nearest piece of the passage."""

    name: str
    vectors: Vectors
    across: bool = True

    def scores(self, task: Task) -> NDArray[np.float32]:
        """See `Ranker`; rounded as the product rounds."""
        splitter = ClauseSplitter(self.vectors.encoder.max_tokens, self.vectors.encoder.count_tokens)
        pieces = [_pieces(passage, task.lang, splitter) for passage in task.passages]
        rows = self.vectors.of([piece for some in pieces for piece in some])
        questions = self.vectors.of(task.questions)
        ends = np.cumsum([len(some) for some in pieces])[:-1]
        best = [(questions @ some.T).max(axis=1) for some in np.split(rows, ends)]
        return np.round(np.stack(best, axis=1), 5)


def _pieces(passage: str, lang: View, splitter: ClauseSplitter) -> list[str]:
    cut = splitter.split_text if lang == "zh" else splitter.fit
    sentences = (passage[span.start : span.end] for span in sentence_spans(passage))
    return [piece for sentence in sentences for piece in cut(sentence)] or [passage]


@dataclass(frozen=True, slots=True)
class Words:
    """BM25 over terms, those of questions and those of passages by the passages' language."""

    name: str
    question_terms: dict[View, Terms]
    passage_terms: dict[View, Terms]
    across: bool = True

    def scores(self, task: Task) -> NDArray[np.float32]:
        """See `Ranker`."""
        lexical, terms = self.fit(task), self.question_terms[task.lang]
        return np.stack([lexical.scores(terms(question)) for question in task.questions])

    def fit(self, task: Task) -> Lexical:
        """BM25 over the task's passages."""
        return Lexical.fit([self.passage_terms[task.lang](passage) for passage in task.passages])


@dataclass(frozen=True, slots=True)
class Fused:
    """Both by their standard scores, as the product fuses; its scores mean something only beside each other."""

    name: str
    dense: Ranker
    words: Words
    across: bool = False

    def scores(self, task: Task) -> NDArray[np.float32]:
        """See `Ranker`."""
        lexical = self.words.fit(task)
        rows = []
        both = self.dense.scores(task), self.words.scores(task)
        for question, near, shared in zip(task.questions, *both, strict=True):
            words = SearchConfig().lexical * lexical.trust(task.lang, question)
            fused = standard_score_fusion([(1.0, near.astype(np.float64)), (words, shared.astype(np.float64))])
            rows.append(np.round(fused, 6))
        return np.array(rows, np.float32)


def rankers(model: str) -> tuple[list[Ranker], list[str]]:
    """The rows of the table, and a line for each that is left out because its package is not installed.

    Args:
        model: the encoder, a folder or a hub id.

    Raises:
        WenzhengError: the encoder cannot be loaded.
    """
    vectors = Vectors(load_encoder(model, light=True))
    owner = "ours" if model == str(SHIPPED) else model
    clauses = BestClause(f"{owner}: dense, best clause", vectors)
    bigrams = Words("BM25, characters and bigrams (English: stems)", QUESTION_TERMS, TERMS)
    found: list[Ranker] = [
        Whole(f"{owner}: dense, whole", vectors),
        clauses,
        Fused(f"{owner}: best clause + BM25, fused", clauses, bigrams),
        bigrams,
    ]
    left_out = []
    for name, make in (("BM25, jieba words", _jieba), ("all-MiniLM-L6-v2, whole", _teacher)):
        try:
            found.append(make(name))
        except ModuleNotFoundError as fault:
            left_out.append(f"Left out: {name} ({fault.name} is not installed: pip install -e '.[train]').")
    return found, left_out


def _jieba(name: str) -> Ranker:
    tokenizer = segmenter()

    def words(text: str) -> list[str]:
        return [word.lower() for word in tokenizer.lcut(text) if any(map(str.isalnum, word))]

    return Words(name, {"zh": words, "en": words}, {"zh": words, "en": words})


def _teacher(name: str) -> Ranker:
    return Whole(name, Vectors(load_encoder(str(packaged_teacher()), light=True)))
