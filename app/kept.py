"""A conversation as the browser keeps it: which questions were asked, in order; never what was answered.

Answers are made anew from the questions, and remembered here for a while: the server holds no conversation, so that a
restart loses none, and nothing that a browser sends is ever shown as an answer.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.answer import Answerer
from app.question import LONGEST
from app.reply import Answer
from corpus.errors import WenzhengError

STORAGE_KEY = "wenzheng-conversation"
"""Where in the browser's local storage the conversation is."""

_LONGEST_CONVERSATION = 30
_REMEMBERED = 1000
_KEY_FILE = "browser.key"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a conversation.

    Attributes:
        report: the report it was put to; empty for all.
        alone: whether it leans on nothing before it, as one that came with a link.
    """

    question: str
    report: str = ""
    alone: bool = False


def read(stored: object) -> tuple[Asked, ...]:
    """The conversation that a browser sent, the latest questions; what is not one is left out."""
    rows = [row for row in stored if isinstance(row, dict)] if isinstance(stored, list) else []
    asked = (Asked(row.get("question", ""), row.get("report", ""), row.get("alone") is True) for row in rows)
    sound = [it for it in asked if isinstance(it.question, str) and isinstance(it.report, str)]
    return latest([it for it in sound if it.question.strip() and len(it.question) <= LONGEST])


def write(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """The conversation as the browser keeps it, the latest questions."""
    return [asdict(it) for it in latest(asked)]


def latest(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """As much of a conversation as is kept."""
    return tuple(asked[-_LONGEST_CONVERSATION:])


def history(asked: Sequence[Asked], n: int) -> tuple[str, ...]:
    """The earlier questions that the `n`th one may lean on."""
    since = max((m for m in range(n + 1) if asked[m].alone), default=0)
    return tuple(earlier.question for earlier in asked[since:n])


class Memory:
    """Answers whole conversations; what was answered lately is not searched again."""

    def __init__(self, answerer: Answerer) -> None:
        """Remember the last answers of `answerer`."""
        self._answerer = answerer
        self._ask = lru_cache(_REMEMBERED)(answerer.ask)

    def answers(self, asked: Sequence[Asked], strict: bool = True) -> list[Answer]:
        """The answer to each question of a conversation; one that no longer can be answered stays, as an error.

        Raises:
            WenzhengError: the last question cannot be answered, and `strict` is set.
        """
        answers = []
        for n, it in enumerate(asked):
            try:
                answers.append(self._ask(it.question, history(asked, n), it.report or None))
            except WenzhengError as fault:
                if strict and n == len(asked) - 1:
                    raise
                answers.append(self._answerer.failed(it.question, fault))
        return answers


def secret(folder: Path) -> str:
    """The key with which the browser locks what it keeps: made once, readable by its owner alone.

    Raises:
        WenzhengError: the folder cannot be written.
    """
    file = folder / _KEY_FILE
    try:
        if file.is_file() and (key := file.read_text(encoding="ascii").strip()):
            return key
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(16))
        os.replace(draft, file)
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise WenzhengError(
            f"The key that keeps conversations, {file}, cannot be read or made: {fault}.",
            "Name another folder: WENZHENG_DATA=DIR.",
        ) from fault
