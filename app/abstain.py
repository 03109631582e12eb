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
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import WenzhengError
from index.search import Searcher

SHIPPED = Path(__file__).with_name("abstain.json")
_NUMBERS = ("slope", "intercept", "threshold", "number", "name")
_FIT = "Fit it: python -m eval calibrate."


@dataclass(frozen=True, slots=True)
class Calibration:
    """Odds → confidence → answer or refuse.

    Attributes:
        slope, intercept: of the logistic over the ranker's log-odds (Platt, 1999).
        number, name: added where no quoted sentence has a figure or a name that the question gives; the reports that
            the ranker learns from have no English edition and cannot teach it that.
        threshold: an answer is shown at or above this confidence.
        model, ranker: digests of the encoder and the ranker it was fitted to.
    """

    slope: float
    intercept: float
    threshold: float
    number: float = 0.0
    name: float = 0.0
    model: str = ""
    ranker: str = ""

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Calibration:
        """Read a calibration. Raises WenzhengError where it is missing or damaged."""
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
            numbers = {name: float(row[name]) for name in _NUMBERS}
            return cls(**numbers, model=str(row["model"]), ranker=str(row["ranker"]))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise WenzhengError(f"The calibration {path} cannot be read: {fault!r}.", _FIT) from fault

    def check(self, searcher: Searcher) -> None:
        """Raise WenzhengError where it was fitted to another encoder or ranker than these."""
        ranker = searcher.ranker.digest if searcher.ranker else ""
        for what, fitted, actual in (("encoder", self.model, searcher.encoder.digest), ("ranker", self.ranker, ranker)):
            if fitted != actual:
                raise WenzhengError(f"The confidence of answers was calibrated for another {what}.", _FIT)

    def confidence(self, odds: float, number: bool = False, name: bool = False) -> float:
        """The probability that an answer is right and complete.

        Args:
            odds: log-odds that something answers.
            number: a figure that the question gives is nowhere in what is quoted.
            name: a name that it gives is not.
        """
        logit = self.slope * odds + self.intercept + self.number * number + self.name * name
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, logit))))
