"""The lexical ranker: BM25 (bm25s, Lucene's variant) over whole sentences, one instance for each language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from bm25s.tokenization import Tokenized
from numpy.typing import NDArray

from index.chunk import View
from index.tokens import chinese_question_terms, chinese_terms, english_terms, language

TERMS: dict[View, Callable[[str], list[str]]] = {"zh": chinese_terms, "en": english_terms}
"""How the texts of each view are read."""

QUESTION_TERMS: dict[View, Callable[[str], list[str]]] = {"zh": chinese_question_terms, "en": english_terms}
"""How a question is read for each view."""


class Lexical:
    """BM25 scores of every document for a query, zero where no term is shared.

    Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009); k1 = 1.5, b = 0.75.
    """

    def __init__(self, model: bm25s.BM25 | None, size: int) -> None:
        """Wrap a fitted model over `size` documents; None where no document has a term."""
        self._model = model
        self._size = size

    @classmethod
    def fit(cls, documents: Sequence[Sequence[str]]) -> Lexical:
        """Index documents given as lists of terms."""
        if not any(documents):
            return cls(None, len(documents))
        model = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
        vocabulary = {term: n for n, term in enumerate(sorted({term for terms in documents for term in terms}))}
        ids = [[vocabulary[term] for term in terms] for terms in documents]
        model.index(Tokenized(ids=ids, vocab=vocabulary), create_empty_token=False, show_progress=False)
        return cls(model, len(documents))

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """A score for each document, shape (n,), float32."""
        known = [] if self._model is None else [term for term in terms if term in self._model.vocab_dict]
        if self._model is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term, in nats; that of a term that is nowhere is the highest."""
        times = 0
        if self._model is not None and term in self._model.vocab_dict:
            number = self._model.vocab_dict[term]
            begin, end = self._model.scores["indptr"][number : number + 2]
            times = int(end - begin)
        return math.log(1 + (self._size - times + 0.5) / (times + 0.5))

    def covered(self, asked: Sequence[str], terms: Sequence[str]) -> float:
        """The share of the `asked` terms that are among `terms`, rare ones counting more, 0 to 1."""
        weights = {term: self.rarity(term) for term in asked}
        found = set(terms)
        return sum(w for term, w in weights.items() if term in found) / (sum(weights.values()) or 1.0)

    def trust(self, view: View, question: str) -> float:
        """What this ranking weighs beside the dense one of its view, from 0 to 1.

        A stray name or number that a question shares with texts in the other language must not outrank meaning: there,
        the share of the question's words that the texts know. In its own language, 1.
        """
        if view == language(question):
            return 1.0
        words = english_terms(question)
        vocabulary = {} if self._model is None else self._model.vocab_dict
        return sum(word in vocabulary for word in words) / len(words) if words else 0.0

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which must be empty or new; nothing is written for an empty index."""
        if self._model is not None:
            self._model.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> Lexical:
        """Read what `save` wrote for `size` documents."""
        return cls(bm25s.BM25.load(str(folder)) if folder.is_dir() else None, size)
