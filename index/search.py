"""A question to ranked sentences: the retrieval story, top to bottom.

Every sentence is looked at through its views (the Chinese source, the English edition where there is one) by two
rankers (dense: the best of its clauses; lexical: BM25 over the sentence), and their standard scores are added.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDirError, UsageError
from corpus.fold import fold
from corpus.library import Library
from corpus.report import Report, Span
from index import manifest as manifests
from index.chunk import Chunk, Excerpt, View, excerpts
from index.encode import Encoder
from index.fusion import standard_score_fusion
from index.hits import Found, Hit, Match
from index.lexical import QUESTION_TERMS, Lexical
from index.manifest import IndexConfig, fingerprint
from index.rerank import Ranker
from index.signals import Seen, signals
from index.tokens import language
from index.vectors import VectorStore

_REBUILD = "Bring it up to date: wenzheng index."


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How rankings are fused.

    Attributes:
        depth: how many clauses the dense ranker considers.
        candidates: how many fused hits the sentence ranker reorders.
        lexical: weight of BM25; the dense ranker weighs 1.
        other_view: weight of both in the view that is not in the question's language, where it is 1.
    """

    depth: int = 2000
    candidates: int = 40
    lexical: float = 0.5
    other_view: float = 0.5


class Searcher:
    """An open index with its reports and encoder."""

    def __init__(
        self,
        root: Path,
        library: Library,
        encoder: Encoder,
        config: SearchConfig | None = None,
        ranker: Ranker | None = None,
    ) -> None:
        """Open the index in `root` and check every promise of its manifest; without a ranker, fused order stays.

        Raises:
            IndexDirError: it is missing, damaged, or not of this library, model or format; the hint says what to do.
        """
        self.encoder, self.config, self.ranker = encoder, config or SearchConfig(), ranker
        try:
            self._open(root, library)
        except (OSError, IndexDirError):  # perhaps a build has just replaced what was being read
            self._open(root, library)

    def _open(self, root: Path, library: Library) -> None:
        manifest = manifests.read(root)
        if manifest is None:
            raise IndexDirError(f"There is no index in {root}.", "Build it: wenzheng index.")
        self.reports: dict[str, Report] = {report.id: report for report in library}
        _check(root, manifest, self.reports, self.encoder)
        folder = manifests.verified(root, manifest)
        self.manifest = manifest
        self._vectors = VectorStore.from_bytes((folder / "vectors.faiss").read_bytes())
        pairs = [line.split("\t") for line in (folder / "sentences.tsv").read_text(encoding="utf-8").split("\n")[:-1]]
        self._sentences = [(report, self.reports[report].sentence(id_)) for report, id_ in pairs]
        self._lexical = {view: Lexical.load(folder / f"bm25-{view}", len(pairs)) for view in get_args(View)}
        number = {(report, sentence.id): n for n, (report, sentence) in enumerate(self._sentences)}
        self._chunks: dict[int, Chunk] = {}
        self._sentence_of: dict[int, int] = {}
        for line in (folder / "chunks.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            id_ = row.pop("id")
            self._chunks[id_] = chunk = Chunk(**row)
            self._sentence_of[id_] = number[chunk.report, chunk.sentence]

    def search(self, question: str, report: str | None = None, k: int = 20) -> tuple[Hit, ...]:
        """The `k` sentences that fit a question best, best first; the order is total: by score, then by place.

        Args:
            question: in Chinese or English.
            report: look only into this one.
            k: how many at most.

        Raises:
            UsageError: there is no such report.
        """
        return self.find(question, report, k).hits

    def find(self, question: str, report: str | None = None, k: int = 20, asked: str = "") -> Found:
        """What `search` finds, and the odds that anything here answers; errors are those of `search`.

        Args:
            question: what to search for.
            report: look only into this one.
            k: how many at most.
            asked: the question in full, where `question` is what is left of it to search for; it is what candidates
                are read with.
        """
        hits, rows = self.candidates(question, report, max(k, self.config.candidates))
        if self.ranker is None or not hits:
            return Found(hits[:k])
        ways = [self.excerpts(hit) for hit in hits]
        likely, odds = self.ranker.judge(fold(question), fold(asked or question), rows, ways)
        best = sorted(zip(likely.tolist(), hits, strict=True), key=lambda pair: (-pair[0], pair[1].rank))[:k]
        ranked = (replace(hit, rank=n, probability=p) for n, (p, hit) in enumerate(best, start=1))
        return Found(tuple(ranked), round(odds, 6))

    def excerpts(self, hit: Hit) -> tuple[Excerpt, ...]:
        """The ways a hit is read."""
        nearest = next((match.span for match in hit.matches if match.view == "zh"), None)
        return excerpts(self.reports[hit.report], hit.sentence, nearest)

    def candidates(
        self, question: str, report: str | None = None, k: int = 40
    ) -> tuple[tuple[Hit, ...], NDArray[np.float64]]:
        """The `k` best by fusion, and the signals that the sentence ranker goes by, shape (hits, signals).

        Args and errors are those of `search`.
        """
        if report is not None and report not in self.reports:
            raise UsageError(f"There is no report {report!r} in the index.", f"It has: {', '.join(self.reports)}.")
        folded = fold(question)
        wanted = np.array([report in (None, name) for name, _ in self._sentences])
        matches = self._matches(self.encoder.encode([folded]), report)
        near = {view: np.zeros(len(self._sentences)) for view in QUESTION_TERMS}
        for n, nearest_first in matches.items():
            for match in reversed(nearest_first):
                near[match.view][n] = match.cosine
        shared = {view: self._lexical[view].scores(terms(folded)) * wanted for view, terms in QUESTION_TERMS.items()}
        among = np.flatnonzero(wanted)
        rankings: list[tuple[float, NDArray[np.float64]]] = []
        for view, scores in shared.items():
            weight = 1.0 if view == language(question) else self.config.other_view
            words = self.config.lexical * self._lexical[view].trust(view, folded)
            rankings += [(weight, near[view][among]), (weight * words, scores[among].astype(np.float64))]
        fused = np.round(standard_score_fusion(rankings), 6)
        found = np.flatnonzero(np.any([scores > 0 for _, scores in rankings], axis=0))
        best = found[np.lexsort((found, -fused[found]))][:k]
        order = among[best].tolist()
        hits = tuple(
            Hit(
                rank=rank,
                score=score,
                report=self._sentences[n][0],
                sentence=self._sentences[n][1],
                matches=tuple(matches.get(n, ())),
                lexical={view: round(float(scores[n]), 4) for view, scores in shared.items()},
            )
            for rank, (n, score) in enumerate(zip(order, fused[best].tolist(), strict=True), start=1)
        )
        return hits, signals(hits, order, Seen(folded, self.reports, self._sentences, near, self._lexical))

    def _matches(self, query: NDArray[np.float32], report: str | None) -> dict[int, list[Match]]:
        """Sentence number → its clauses near the query, nearest first."""
        among = None
        if report is not None:
            among = np.array([id_ for id_, chunk in self._chunks.items() if chunk.report == report], np.int64)
        ids, cosines = self._vectors.search(query, self.config.depth, among)
        found = zip(np.round(cosines[0].astype(float), 5).tolist(), ids[0].tolist(), strict=True)
        matches: dict[int, list[Match]] = {}
        for cosine, id_ in sorted(found, key=lambda pair: (-pair[0], pair[1])):
            chunk = self._chunks[id_]
            match = Match(chunk.view, Span(chunk.start, chunk.end), cosine)
            matches.setdefault(self._sentence_of[id_], []).append(match)
        return matches


def _check(root: Path, manifest: manifests.Manifest, reports: dict[str, Report], encoder: Encoder) -> None:
    if manifest.model_digest != encoder.digest:
        raise IndexDirError(f"The index in {root} was made by another model than {encoder.name}.", _REBUILD)
    if manifest.config != IndexConfig().digest:
        raise IndexDirError(f"The index in {root} was made with other settings.", _REBUILD)
    actual = {id_: fingerprint(report) for id_, report in reports.items()}
    changed = [
        id_ for id_ in sorted(actual.keys() | manifest.reports.keys()) if actual.get(id_) != manifest.reports.get(id_)
    ]
    if changed:
        raise IndexDirError(f"The index in {root} does not match the library: {', '.join(changed)} changed.", _REBUILD)
