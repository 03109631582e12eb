"""What comes back for a question: an answer, a refusal or an error, and its public form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.citation import Claim
from index.hits import Hit

SCHEMA = 1
"""Version of the answer JSON (`answer.schema.json`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, a refusal, or an error; `to_json` is the public form (`answer.schema.json`)."""

    question: str
    lang: str
    status: Literal["answered", "refused", "error"]
    standalone_question: str = ""
    confidence: float = 0.0
    answer: str = ""
    claims: tuple[Claim, ...] = ()
    passages: tuple[Hit, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    id: str = ""

    @property
    def conversational(self) -> bool:
        """Whether it is only talk: nothing was asked of a report, and nothing is claimed."""
        return not self.claims and any(kind == "conversation" for kind, _ in self.notes)

    def to_json(self) -> dict[str, Any]:
        """The answer JSON, schema 1."""
        row: dict[str, Any] = {
            "schema": SCHEMA,
            "id": self.id,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "lang": self.lang,
            "status": self.status,
            "confidence": self.confidence,
            "answer": self.answer,
            "claims": [claim.to_json() for claim in self.claims],
            "passages": [_passage(hit) for hit in self.passages],
            "notes": [{"kind": kind, "text": text} for kind, text in self.notes],
            "timings_ms": dict(self.timings_ms),
            "digests": dict(self.digests),
        }
        return row if self.error is None else row | {"error": dict(self.error)}


def _passage(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "view": hit.view,
        "report": hit.report,
        "section": hit.sentence.section,
        "paragraph": hit.sentence.paragraph,
        "sentence": hit.sentence.id,
        "start": hit.sentence.span.start,
        "end": hit.sentence.span.end,
        "text": hit.sentence.text,
    }
