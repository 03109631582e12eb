"""What retrieval saw of a candidate sentence, and what the question plainly needs and the candidate has: its signals.

Knows no topics; `rerank` weighs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.report import Report, Sentence
from index.chunk import View, search_text
from index.hits import Hit
from index.lexical import QUESTION_TERMS, TERMS, Lexical
from index.needs import asks_for_list, gives_list, time_asked, time_of, unmet
from index.tokens import language

SIGNALS: Mapping[str, str] = {
    "near": "cosine of the nearest clause, over the views",
    "near_z": "the same, in standard deviations over all sentences",
    "own_z": "in the question's own view, in standard deviations; near_z where there is none",
    "near_gap": "how far near is below the best candidate's",
    "words": "BM25 beside the best candidate's, over the views, weighed by their trust",
    "covered": "share of the question's terms that stand here, rare ones counting more, over the views",
    "covered_gap": "how far covered is below the best candidate's",
    "fused": "how far the fused score is below the best candidate's",
    "around": "cosine of the nearest neighbour in the paragraph",
    "figure": "a figure is asked for and none of its kind is here",
    "date": "a date is asked for and none is here",
    "number": "a figure that the question gives is not here",
    "name": "a name, or a day counted from today, that the question gives is not here",
    "time_fits": "it stands in the part (what has been, what is to come) that is asked for",
    "time_clashes": "it stands in the other",
    "lists": "a list is asked for and it enumerates",
    "long": "logarithm of its length in characters",
    "title": "it is a line of the title block",
}
"""What the model looks at, in the order of its weights."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search saw.

    Attributes:
        question: folded.
        reports: id → report.
        sentences: every sentence of the index, with its report's id.
        near: view → for each of them the cosine of its nearest clause, 0 where it was not looked at.
        lexical: view → its lexical ranker.
    """

    question: str
    reports: Mapping[str, Report]
    sentences: Sequence[tuple[str, Sentence]]
    near: Mapping[View, NDArray[np.float64]]
    lexical: Mapping[View, Lexical]


def signals(hits: Sequence[Hit], numbers: Sequence[int], seen: Seen) -> NDArray[np.float64]:
    """The signals of each hit, shape (len(hits), len(SIGNALS)).

    Args:
        hits: candidates, best first.
        numbers: where each stands among `seen.sentences`.
        seen: see there.
    """
    question = seen.question
    if not hits:
        return np.zeros((0, len(SIGNALS)))
    own: View = language(question)
    best = np.maximum(*seen.near.values())
    spread = {
        view: (some.mean(), some.std() or 1.0) for view, all_ in seen.near.items() if len(some := all_[all_ != 0])
    }
    asked = {view: QUESTION_TERMS[view](question) for view in seen.lexical}
    trust = {view: lexical.trust(view, question) for view, lexical in seen.lexical.items()}
    most = {view: max(hit.lexical[view] for hit in hits) or 1.0 for view in seen.lexical}
    covered = [max(_covered(hit, view, asked[view], seen) for view in seen.lexical) for hit in hits]
    time, wants_list = time_asked(question), asks_for_list(question)
    rows = []
    for hit, n, cover in zip(hits, numbers, covered, strict=True):
        report = seen.reports[hit.report]
        z = {
            view: float((seen.near[view][n] - mean) / std) for view, (mean, std) in spread.items() if seen.near[view][n]
        }
        near_z = max(z.values(), default=0.0)
        stands = time * time_of(hit.sentence, report)
        rows.append(
            [
                best[n],
                near_z,
                z.get(own, near_z),
                max(best[numbers]) - best[n],
                max(trust[view] * hit.lexical[view] / most[view] for view in most),
                cover,
                max(covered) - cover,
                hits[0].score - hit.score,
                max((best[m] for m in (n - 1, n + 1) if _are_neighbours(n, m, seen)), default=0.0),
                *unmet(question, [(report, hit.sentence)]),
                stands > 0,
                stands < 0,
                wants_list and gives_list(hit.sentence),
                np.log(len(hit.sentence.text)),
                hit.sentence.id.startswith("h"),
            ]
        )
    return np.array(rows, dtype=np.float64)


def _covered(hit: Hit, view: View, asked: Sequence[str], seen: Seen) -> float:
    text = fold(search_text(seen.reports[hit.report], hit.sentence, view))
    return seen.lexical[view].covered(asked, TERMS[view](text))


def _are_neighbours(n: int, m: int, seen: Seen) -> bool:
    if not 0 <= m < len(seen.sentences):
        return False
    (report, here), (other, there) = seen.sentences[n], seen.sentences[m]
    return (report, here.paragraph) == (other, there.paragraph)
