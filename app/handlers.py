"""What the page does when something is asked of it: plain functions of what the browser sends. Knows no component."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

from app import kept, reader, turns
from app.answer import Answerer
from corpus.errors import WenzhengError

_BROKEN = "This question could not be answered: something broke. The terminal that runs Wenzheng says what."
_log = logging.getLogger(__name__)

Said = tuple[Any, Any, str]
"""The text of the question box, the conversation that the browser keeps, the conversation as HTML."""


class Handlers:
    """The page's events. Nothing of a conversation stays here but remembered answers."""

    def __init__(self, answerer: Answerer, unchanged: object) -> None:
        """Answer by `answerer`; `unchanged` is what leaves a component as it is."""
        self.reports = answerer.searcher.reports
        self._answerer, self._unchanged = answerer, unchanged
        self._memory = kept.Memory(answerer)
        self._reader = cache(lambda report: reader.reader(self.reports[report], self.reports))

    def respond(self, question: str, report: str, stored: Any) -> Said:  # noqa: ANN401 - whatever a browser sends
        """Answer a question of the page; a fault is told in the conversation and loses nothing."""
        return self._put(kept.read(stored), kept.Asked(question, report))

    def resume(self, linked: str, stored: Any) -> Said:  # noqa: ANN401
        """Show the conversation that the browser kept, and answer what the page's address asks, unless it has been."""
        asked = kept.read(stored)
        if linked.strip() and all(linked != it.question for it in asked):
            return self._put(asked, kept.Asked(linked, alone=True))
        return self._unchanged, self._unchanged, self._shown(asked)

    def fresh(self) -> tuple[list[Any], str]:
        """An empty conversation, to keep and to show."""
        return [], turns.conversation([], self.reports)

    def read(self, report: str) -> Any:  # noqa: ANN401
        """A report for the reader, by its id."""
        return self._reader(report) if report in self.reports else self._unchanged

    def _put(self, asked: Sequence[kept.Asked], new: kept.Asked) -> Said:
        try:
            shown = turns.conversation(self._memory.answers([*asked, new]), self.reports)
        except WenzhengError as fault:
            return self._unchanged, self._unchanged, self._shown(asked, (new.question, str(fault)))
        except Exception:
            _log.exception("No answer to %r", new.question)
            return self._unchanged, self._unchanged, self._shown(asked, (new.question, _BROKEN))
        return "", kept.write([*asked, new]), shown

    def _shown(self, asked: Sequence[kept.Asked], fault: tuple[str, str] | None = None) -> str:
        return turns.conversation(self._memory.answers(asked, strict=False), self.reports, fault)
