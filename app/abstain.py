"""How sure is an answer, and when to say that the report does not say.

The sentence ranker gives the odds that something here answers (`index.rerank.evidence`). On the dev questions these
odds are calibrated, together with what the quoted sentences leave unmet of what the question itself names: `confidence`
is the probability that the answer shown is right and complete. Below a threshold, chosen for a stated trade-off, the
answer is a refusal. `python -m eval calibrate` fits all this and writes
`abstain.json`, stamped with what it was fitted on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import WenzhengError
from corpus.report import Report, Sentence
from index.needs import lacks_items, time_asked, time_of, unmet
from index.search import Searcher

SHIPPED = Path(__file__).with_name("abstain.json")
SIGNS: Mapping[str, str] = {
    "figure": "a figure is asked for and none of its kind is quoted",
    "date": "a date is asked for and none is quoted",
    "number": "a figure that the question gives is nowhere in what is quoted",
    "name": "a name that it gives, or a day counted from today, is not",
    "items": "so many things are asked for one by one, and what is quoted names fewer",
    "time": "all that is quoted looks back where what is to come is asked for, or the other way round",
}
"""What plainly speaks against an answer, in the order of its weights."""
_FIT = "Fit it: python -m eval calibrate."


@dataclass(frozen=True, slots=True)
class Calibration:
    """Odds → confidence → answer or refuse.

    Attributes:
        slope, intercept: of the logistic over the ranker's log-odds (Platt, 1999).
        signs: what is added for each of `SIGNS`; 0 where one is not named.
        threshold: an answer is shown at or above this confidence.
        model, ranker: digests of the encoder and the ranker it was fitted to.
    """

    slope: float
    intercept: float
    threshold: float
    signs: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    ranker: str = ""

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Calibration:
        """Read a calibration. Raises WenzhengError where it is missing or damaged."""
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
            signs = {name: float(row["signs"][name]) for name in SIGNS}
            slope, intercept, threshold = (float(row[name]) for name in ("slope", "intercept", "threshold"))
            return cls(slope, intercept, threshold, signs, str(row["model"]), str(row["ranker"]))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise WenzhengError(f"The calibration {path} cannot be read: {fault!r}.", _FIT) from fault

    def check(self, searcher: Searcher) -> None:
        """Raise WenzhengError where it was fitted to another encoder or ranker than these."""
        ranker = searcher.ranker.digest if searcher.ranker else ""
        for what, fitted, actual in (("encoder", self.model, searcher.encoder.digest), ("ranker", self.ranker, ranker)):
            if fitted != actual:
                raise WenzhengError(f"The confidence of answers was calibrated for another {what}.", _FIT)

    def confidence(self, odds: float, seen: Sequence[bool]) -> float:
        """The probability that an answer is right and complete.

        Args:
            odds: log-odds that something answers.
            seen: which of `SIGNS` there are.
        """
        against = sum(self.signs.get(name, 0.0) for name, there in zip(SIGNS, seen, strict=True) if there)
        logit = self.slope * odds + self.intercept + against
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, logit))))


def signs(question: str, quoted: Sequence[tuple[Report, Sentence]]) -> tuple[bool, ...]:
    """Which of `SIGNS` speak against answering a folded question with these sentences."""
    time = time_asked(question)
    clashes = bool(quoted) and all(time * time_of(sentence, report) < 0 for report, sentence in quoted)
    lacks = bool(quoted) and lacks_items(question, [sentence.text for _, sentence in quoted])
    return (*unmet(question, quoted), lacks, clashes)
