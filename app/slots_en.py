"""The stretches of an English question that another question may exchange: a time, a name, what it is about.

By closed lists of function words, with no parser; a stretch may be found twice, as a name and within what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_YEARS = r"(?:years?|months?|decade|term|quarter|period)"
TIME = re.compile(
    rf"(?:\b(?:in|over|by|during|within|for|through|until|till|before|after|since|from|at) )?(?:"
    rf"(?:the )?(?:next|past|last|coming|previous|following|current) (?:\w+ )?{_YEARS}\b|"
    r"(?:the )?(?:end|start|beginning) of (?:the )?(?:(?:19|20)\d\d|year|decade)\b|"
    r"\b(?:this|next|last) year\b|\b(?:19|20)\d\d(?! \w+s\b)\b|\bthe (?:future|past)\b)|"
    r"\b(?:so far|nowadays|today|now)\b",
    re.IGNORECASE,
)
AUX = r"(?:will|would|shall|should|must|can|could|may|is|are|was|were|be|been|has|have|had|does|do|did|going)(?:n't)?\b"
WH = r"(?:what|which|who|whom|whose|when|where|why|how)\b"
_PREPOSITIONS = "about with for on of in at from to between across near around by against under into inside within"
PREP = rf"(?:{'|'.join(_PREPOSITIONS.split())})\b"
STOP = rf"(?:{PREP}|{AUX}|{WH}|(?:if|that|because|while|than|as|and how|and what)\b)"
WORDS = rf"(?:(?!{STOP})[\w'’&%-]+(?: |, (?=(?:and )?[A-Z])|$|(?=[?.!])))+"
GENERIC = re.compile(
    r"(?:(?:the|this|our) )?(?:city|report|plan|document|speech|government|party|congress|authorities|leaders|"
    r"municipality|capital|hohhot|it|they|we|you|one|people)(?:'s)?",
    re.IGNORECASE,
)
PLACE = re.compile(r"\b(?:zone|area|district|county|city|region|park|town|village|banner|province)s?$", re.IGNORECASE)
_WISH = re.compile(r"\b(?:going|plans?|planning|wants?|hopes?|intends?|aiming|due|able) $", re.IGNORECASE)
_VERBS = "be|been|have|get|cost|open|close|start|focus|need|receive|received|help|look|bring|become|change|work|run"


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a question that another may replace, and what it is: time, name, wh, object."""

    start: int
    end: int
    kind: str
    text: str
    prep: str = ""


def find_slots(anchor: str) -> list[Slot]:
    """Every stretch that may be exchanged, times first; what overlaps a time is none."""
    times = [Slot(*match.span(), "time", match[0]) for match in TIME.finditer(anchor)]
    others = [*_counted(anchor), *_names(anchor), *_objects(anchor), *_subjects(anchor)]
    free = [slot for slot in others if all(slot.end <= time.start or slot.start >= time.end for time in times)]
    return [*times, *free]


def find_topic(anchor: str) -> str:
    """What a question is about, for a pronoun: what "about" governs, what is counted, a name …; may be empty."""
    slots = [slot for slot in find_slots(anchor) if slot.kind != "time" and not GENERIC.fullmatch(slot.text)]
    counts = anchor.lower().startswith("how many")
    for found in (
        [slot for slot in slots if slot.prep == "about"],
        [slot for slot in slots if slot.kind == "wh" and counts],
        [slot for slot in slots if slot.kind == "name"],
        [slot for slot in slots if slot.kind == "object"],
        [slot for slot in slots if slot.kind in ("subject", "wh")],
    ):
        if found:
            return found[0].text
    return ""


def _slot(match: re.Match[str], kind: str, prep: str = "") -> Slot:
    start, text = match.start("np"), match["np"].rstrip()
    return Slot(start, start + len(text), kind, text, prep)


def _counted(anchor: str) -> Iterator[Slot]:
    if match := re.match(rf"(?:how many|which|what) (?P<np>{WORDS})(?={AUX}|{PREP})", anchor, re.IGNORECASE):
        yield _slot(match, "wh")


def _names(anchor: str) -> Iterator[Slot]:
    for match in re.finditer(r"(?<=[\w,] )(?P<np>(?:the )?[A-Z][\w'’-]*(?:(?: |, | and | of )[A-Z][\w'’-]*)*)", anchor):
        prep = re.search(rf"({PREP}) $", anchor[: match.start()], re.IGNORECASE)
        yield _slot(match, "name", prep[1].lower() if prep else "")


def _objects(anchor: str) -> Iterator[Slot]:
    for match in re.finditer(rf"\b(?P<prep>{PREP}) (?P<np>{WORDS})", anchor, re.IGNORECASE):
        if not (match["prep"].lower() == "to" and _WISH.search(anchor[: match.start()])):
            yield _slot(match, "object", match["prep"].lower())
    wish = "(?: (?:plan|intend|want|hope|going|planning|aiming|due) to)?"
    direct = re.match(rf"{WH}.*?\b{AUX} {GENERIC.pattern}{wish} \w+ (?P<np>{WORDS})", anchor, re.IGNORECASE)
    if direct and not re.match(PREP, direct["np"]):
        yield _slot(direct, "object")


def _subjects(anchor: str) -> Iterator[Slot]:
    if match := re.match(rf"what (?:is|are|was|were) (?P<np>(?:the|hohhot's) {WORDS})", anchor, re.IGNORECASE):
        yield _slot(match, "subject")
        return
    lead = rf"{WH}(?: \w+){{0,3}}? {AUX} (?P<np>(?:the|our) \w+(?: \w+){{0,3}}?|\w+s|metro line \d)"
    for rest in (rf" (?:{_VERBS}|to be)\b", r" \w+[?.!]*$"):
        match = re.match(rf"{lead}(?={rest})", anchor, re.IGNORECASE)
        if match and not GENERIC.fullmatch(match["np"]):
            yield _slot(match, "subject")
            return
