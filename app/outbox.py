"""What leaves a conversation, as HTML: a file to take away, and what a reader thinks of an answer.

A file reaches the browser as base64 in an attribute, and the page's script saves it: no route that serves files is
needed. Each reply has a stamp, so that the same one twice is seen twice.
"""

from __future__ import annotations

import time
from base64 import b64encode

from app.export import FORMATS, Format
from app.feedback import LONGEST_NOTE, Verdict
from app.reply import Answer
from app.words import both, html

_TYPES: dict[Format, str] = {
    "md": "text/markdown",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
_OF_ANSWERS: dict[Verdict, str] = {
    "right": "right",
    "wrong-citation": "wrong-citation",
    "incomplete": "incomplete",
    "should-have-refused": "should-have-refused",
}
_OF_REFUSALS: dict[Verdict, str] = {"right": "right-to-refuse", "incomplete": "does-say"}


def choice() -> str:
    """The buttons that export the conversation."""
    buttons = "".join(
        f'<button type="button" data-do="export" data-form="{form}">{both(f"export-{form}")}</button>'
        for form in FORMATS
    )
    return f'<div role="group" aria-labelledby="wz-export"><span id="wz-export">{both("export")}</span>{buttons}</div>'


def file(data: bytes, form: Format) -> str:
    """A file for the page's script to save."""
    return (
        f'<i data-file="wenzheng.{form}" data-type="{_TYPES[form]}" data-stamp="{time.monotonic_ns()}" '
        f'data-base64="{b64encode(data).decode()}"></i>'
    )


def form(answer: Answer, number: int) -> str:
    """What a reader can say of an answer or a refusal; folded away."""
    verdicts = _OF_ANSWERS if answer.claims else _OF_REFUSALS
    radios = "".join(
        f'<label><input type="radio" name="verdict-{number}" value="{verdict}"> {both(words)}</label>'
        for verdict, words in verdicts.items()
    )
    return (
        f'<details class="wz-judge"><summary>{both("judge")}</summary>'
        f'<fieldset><legend class="wz-sr">{both("judge-legend")}</legend>{radios}</fieldset>'
        f'<label>{both("judge-note")}<textarea rows="2" maxlength="{LONGEST_NOTE}"></textarea></label>'
        f'<button type="button" data-do="judge" data-turn="{number}">{both("judge-send")}</button>'
        f'<p class="wz-outcome wz-note"></p></details>'
    )


def thanks(number: int) -> str:
    """That a judgement is kept."""
    return _told(number, both("judged"))


def fault(number: int, why: str) -> str:
    """That a judgement is not kept, and why."""
    return _told(number, html(why))


def _told(number: int, said: str) -> str:
    return f'<p data-told="{number}" data-stamp="{time.monotonic_ns()}">{said}</p>'
