"""How likely each candidate answers the question, and whether anything does: the sentence ranker.

First a logistic model over the signals of a candidate (`index.signals`) orders all of them. Then a cross-encoder reads
the question with each of the first few, and a second logistic model weighs both. The weights are in `ranker/`, fitted
by `python -m index.train ranker` on questions over other reports; they know no topics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from corpus.errors import WenzhengError
from index.chunk import Excerpt
from index.encode import SHIPPED as ENCODER
from index.needs import asks_for_figure, asks_for_list
from index.signals import SIGNALS

if TYPE_CHECKING:
    from index.cross import CrossEncoder

SHIPPED = Path(__file__).parent / "ranker" / "ranker.json"
GRAPH = "cross.onnx"
_NEAR = 0.5
MOST_READ = 8
"""How many candidates the cross-encoder reads."""

READ: Mapping[str, str] = {
    "seen": "log-odds by the signals",
    "read": "log-odds by the cross-encoder",
    "read_gap": "how far read is below the best candidate's",
}
"""What the second model looks at, in the order of its weights."""

EVIDENCE: Mapping[str, str] = {
    "best": "log-odds of the likeliest candidate",
    "second": "of the next",
    "some": "log-odds that at least one of the first five answers, were they independent",
    "read": "the highest log-odds by the cross-encoder; 0 without one",
    "near": "the highest cosine",
    "near_z": "the highest, in standard deviations over all sentences",
    "best_near_z": "that of the likeliest candidate, in standard deviations",
    "far": "how far the highest cosine is below 0.5",
    "figure": "the likeliest candidate lacks the figure that is asked for",
    "date": "it lacks the date",
    "number": "it lacks a figure that the question gives",
    "name": "it lacks a name, or a day counted from today, that the question gives",
    "no_figure": "all of the first three lack the figure",
    "no_number": "all of the first five lack a figure that the question gives",
    "no_name": "all of the first five lack a name that the question gives",
    "asks_figure": "a figure is asked for",
    "asks_list": "a list is asked for",
}
"""What speaks for and against there being an answer at all, in the order of its weights."""


def evidence(
    question: str, rows: NDArray[np.float64], likely: NDArray[np.float64], read: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the candidates together say of whether the question can be answered, shape (len(EVIDENCE),).

    Args:
        question: folded.
        rows: the signals of its candidates, at least one.
        likely: their probabilities.
        read: what the cross-encoder makes of some of them, shape (k,).
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
            float(read.max()) if len(read) else 0.0,
            *(float(rows[:, column[name]].max()) for name in ("near", "near_z")),
            first("near_z"),
            max(0.0, _NEAR - float(rows[:, column["near"]].max())),
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
        return sigmoid(self.odds(rows))


def sigmoid(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds → probabilities, of the same shape."""
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ranker:
    """The fitted models.

    Attributes:
        answers: of one candidate, over `SIGNALS`.
        reads: of one that was read, over `READ`.
        answerable: of the question, over `EVIDENCE`.
        model: digest of the encoder whose cosines they were fitted to.
        digest: SHA-256 of the file they were read from, which names the cross-encoder's.
        cross: reads candidates; without it, what the signals say stands.
    """

    answers: Logistic
    reads: Logistic
    answerable: Logistic
    model: str
    digest: str = ""
    cross: CrossEncoder | None = None

    @classmethod
    def load(cls, path: Path = SHIPPED, encoder: Path = ENCODER) -> Ranker:
        """Read a ranker and the cross-encoder beside it, which has its words from `encoder`.

        Raises:
            WenzhengError: it is missing, damaged or of other signals.
        """
        from index.cross import CrossEncoder

        try:
            content = path.read_bytes()
            row = json.loads(content)
            models = []
            for part, names in (("answers", SIGNALS), ("reads", READ), ("answerable", EVIDENCE)):
                weights = row[part]["weights"]
                if list(weights) != list(names):
                    raise ValueError(f"{part} is over other signals")
                models.append(Logistic(tuple(map(float, weights.values())), float(row[part]["bias"])))
            if hashlib.sha256(path.with_name(GRAPH).read_bytes()).hexdigest() != row["cross"]:
                raise ValueError(f"{GRAPH} is another than it was fitted to")
            cross = CrossEncoder(encoder, path.with_name(GRAPH))
            answers, reads, answerable = models
            digest = hashlib.sha256(content).hexdigest()
            return cls(answers, reads, answerable, str(row["model"]), digest, cross)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as fault:
            raise WenzhengError(f"The ranker {path} cannot be read: {fault}.", "Restore index/ranker/.") from fault

    def judge(
        self, question: str, asked: str, rows: NDArray[np.float64], excerpts: Sequence[Sequence[Excerpt]]
    ) -> tuple[NDArray[np.float64], float]:
        """The probability of each candidate that it answers, shape (n,), and the log-odds that anything does.

        A candidate that was not read is at most as likely as the least likely of those that were.

        Args:
            question: what was searched for, folded.
            asked: the question in full, folded; what the cross-encoder reads.
            rows: the signals of its candidates, at least one.
            excerpts: the ways in which each of them is read.
        """
        seen = self.answers.odds(rows)
        first = to_read(seen) if self.cross else []
        read = readings(self.cross, asked, [excerpts[n] for n in first]) if self.cross else np.zeros(0)
        likely = np.round(weighed(seen, first, read, self.reads), 6)
        return likely, float(self.answerable.odds(evidence(question, rows, likely, read)))


def to_read(seen: NDArray[np.float64]) -> list[int]:
    """Which candidates the cross-encoder reads, by their log-odds so far."""
    return [int(n) for n in np.argsort(-seen, kind="stable")[:MOST_READ]]


def readings(cross: CrossEncoder, asked: str, excerpts: Sequence[Sequence[Excerpt]]) -> NDArray[np.float64]:
    """What the cross-encoder makes of each candidate, shape (len(excerpts),): the mean over the ways it is read."""
    odds = iter(cross.logits([(asked, *way) for ways in excerpts for way in ways]))
    return np.array([np.mean([next(odds) for _ in ways]) for ways in excerpts], dtype=np.float64)


def weighed(
    seen: NDArray[np.float64], first: Sequence[int], read: NDArray[np.float64], reads: Logistic
) -> NDArray[np.float64]:
    """The probability of each candidate, shape (n,), from its log-odds and what was read of the `first`."""
    likely = sigmoid(seen)
    if len(first):
        likely_read = reads.probabilities(read_rows(seen[list(first)], read))
        likely = np.minimum(likely, likely_read.min())
        likely[list(first)] = likely_read
    return likely


def read_rows(seen: NDArray[np.float64], read: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inputs of the second model, shape (k, len(READ))."""
    return np.stack([seen, read, read.max() - read], axis=1)
