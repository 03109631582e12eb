"""How likely each candidate answers the question: the sentence ranker.

A logistic model over what retrieval saw of a candidate (its dense and lexical scores, beside those of the other
sentences) and over what the question plainly needs and the candidate has. Its weights are in `ranker/ranker.json`,
fitted by `python -m index.train ranker` on questions over other reports; it knows no topics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import WenzhengError
from corpus.fold import fold
from corpus.report import Report, Sentence
from index.chunk import View, search_text
from index.hits import Hit
from index.lexical import QUESTION_TERMS, TERMS, Lexical
from index.needs import asks_for_figure, asks_for_list, gives_list, time_asked, time_of, unmet
from index.tokens import language

SHIPPED = Path(__file__).parent / "ranker" / "ranker.json"

SIGNALS: Mapping[str, str] = {
    "near": "cosine of the nearest clause, over the views",
    "near_z": "the same, in standard deviations over all sentences",
    "own_z": "in the question's own view, in standard deviations; near_z where there is none",
    "near_gap": "how far near is below the best candidate's",
    "words": "BM25 beside the best candidate's, over the views, weighed by their trust",
    "covered": "share of the question's terms that stand here, rare ones counting more, over the views",
    "covered_gap": "how far covered is below the best candidate's",
    "fused": "fused score beside the best candidate's",
    "around": "cosine of the nearest neighbour in the paragraph",
    "figure": "a figure is asked for and none of its kind is here",
    "date": "a date is asked for and none is here",
    "number": "a figure that the question gives is not here",
    "name": "a name that the question gives is not here",
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
                hit.score / hits[0].score,
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


EVIDENCE: Mapping[str, str] = {
    "best": "log-odds of the likeliest candidate",
    "second": "of the next",
    "some": "log-odds that at least one of the first five answers, were they independent",
    "near": "the highest cosine",
    "near_z": "the highest, in standard deviations over all sentences",
    "best_near_z": "that of the likeliest candidate, in standard deviations",
    "figure": "the likeliest candidate lacks the figure that is asked for",
    "date": "it lacks the date",
    "number": "it lacks a figure that the question gives",
    "name": "it lacks a name that the question gives",
    "no_figure": "all of the first three lack the figure",
    "no_number": "all of the first five lack a figure that the question gives",
    "no_name": "all of the first five lack a name that the question gives",
    "asks_figure": "a figure is asked for",
    "asks_list": "a list is asked for",
}
"""What speaks for and against there being an answer at all, in the order of its weights."""


def evidence(question: str, rows: NDArray[np.float64], likely: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the candidates together say of whether the question can be answered, shape (len(EVIDENCE),).

    Args:
        question: folded.
        rows: the signals of its candidates, at least one.
        likely: their probabilities.
    """
    order = np.argsort(-likely, kind="stable")
    ranked = rows[order]
    column = {name: n for n, name in enumerate(SIGNALS)}

    def first(name: str, k: int = 1) -> float:
        return float(ranked[:k, column[name]].min())

    best = np.clip(likely[order], 1e-6, 1 - 1e-6)
    odds = np.log(best / (1 - best))
    none = float(np.prod(1 - best[:5]))
    return np.array(
        [
            odds[0],
            odds[min(1, len(odds) - 1)],
            np.log((1 - none) / max(none, 1e-9)),
            *(float(rows[:, column[name]].max()) for name in ("near", "near_z")),
            first("near_z"),
            *map(first, ("figure", "date", "number", "name")),
            first("figure", 3),
            first("number", 5),
            first("name", 5),
            asks_for_figure(question) is not None,
            asks_for_list(question),
        ],
        dtype=np.float64,
    )


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model over named inputs: weights in their order, and a bias."""

    weights: tuple[float, ...]
    bias: float

    def odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds, shape (n,) for rows of shape (n, inputs)."""
        return np.asarray(rows @ np.array(self.weights) + self.bias, dtype=np.float64)

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities, shape (n,)."""
        return np.asarray(1 / (1 + np.exp(-self.odds(rows))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ranker:
    """The fitted models.

    Attributes:
        answers: of one candidate, over `SIGNALS`.
        answerable: of the question, over `EVIDENCE`.
        model: digest of the encoder whose cosines they were fitted to.
        digest: SHA-256 of the file they were read from.
    """

    answers: Logistic
    answerable: Logistic
    model: str
    digest: str = ""

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Ranker:
        """Read a ranker. Raises WenzhengError where it is missing, damaged or of other signals."""
        try:
            content = path.read_bytes()
            row = json.loads(content)
            models = []
            for part, names in (("answers", SIGNALS), ("answerable", EVIDENCE)):
                weights = row[part]["weights"]
                if list(weights) != list(names):
                    raise ValueError(f"{part} is over other signals")
                models.append(Logistic(tuple(map(float, weights.values())), float(row[part]["bias"])))
            return cls(models[0], models[1], str(row["model"]), hashlib.sha256(content).hexdigest())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise WenzhengError(f"The ranker {path} cannot be read: {fault}.", "Restore index/ranker/.") from fault
