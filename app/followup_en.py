"""English that points back: "And schools?", "what about by 2025", "where is that?", "how many of them?".

By closed lists of function words, with no parser: it finds what in the earlier question may be exchanged (a time, a
name, what it is about), and leaves the question to be carried over whole where it finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_YEARS = r"(?:years?|months?|decade|term|quarter|period)"
_TIME = re.compile(
    rf"(?:\b(?:in|over|by|during|within|for|through|until|till|before|after|since|from|at) )?(?:"
    rf"(?:the )?(?:next|past|last|coming|previous|following|current) (?:(?:\w+ )?{_YEARS}|(?:few|several) {_YEARS})\b|"
    r"(?:the )?(?:end|start|beginning) of (?:the )?(?:(?:19|20)\d\d|year|decade)\b|"
    r"\b(?:this|next|last) year\b|\b(?:19|20)\d\d(?! \w+s\b)\b|\bthe (?:future|past)\b)|\b(?:so far|nowadays|today)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"\b(?:next|coming|future|following|20[2-9][2-9]|20[3-9]\d)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:(?:and|but|or|also|then|so|ok|okay|well|now)\b[, ]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\s+(?=\w)", re.IGNORECASE)
_AUX = (
    r"(?:will|would|shall|should|must|can|could|may|is|are|was|were|be|been|has|have|had|does|do|did|going)(?:n't)?\b"
)
_WH = r"(?:what|which|who|whom|whose|when|where|why|how)\b"
_PREPOSITIONS = "about with for on of in at from to between across near around by against under into inside within"
_PREP = rf"(?:{'|'.join(_PREPOSITIONS.split())})\b"
_STOP = rf"(?:{_PREP}|{_AUX}|{_WH}|(?:if|that|because|while|than|as|and how|and what)\b)"
_WORDS = rf"(?:(?!{_STOP})[\w'’&%-]+(?: |, (?=(?:and )?[A-Z])|$|(?=[?.!])))+"
_BARE = re.compile(
    r"^(?P<wh>(?:by |since |until )?when|why|where|who|how many|how much|how|how long|which|which ones?|what kinds?)"
    r"(?: exactly| so| then)?\s*[?.!]*$",
    re.IGNORECASE,
)
_ELSE = re.compile(r"^(?:what else|anything else|the same)\b|^(?:tell me more|more|go on)\s*[.?!]*$", re.IGNORECASE)
_ORDER = re.compile(r"^(?:please )?(?:list|name|show|enumerate)(?: me)?(?: all)?(?: of)? (?:them|these|those)\b", re.I)
_PRONOUN = re.compile(
    r"\b(?:its|theirs?|it|they|them|those|these)\b|\b(?:which|that|this|the (?:first|second|other|same)) ones?\b"
    r"|\bthe (?:former|latter)\b|\b(?:about|of|for|to|with|is|was|does|did|will) (?:that|this)\b"
    r"(?! (?:report|plan|document|city|page|year|text))|\bthere\b",
    re.IGNORECASE,
)
_EMPTY_WORDS = re.compile(
    r"\b(?:is|are|was|were|will) there\b|\bthere (?:is|are|was|were|will|has|have)\b|\bits own\b|\bthose who\b|"
    r"\b(?:is|was) it (?:true|planned|possible|the case|right|likely)\b|\b(?:does|did|will|would) it take\b|"
    r"\bthese days\b|\bit takes?\b|\b(?:does|did) it say\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(r"\b(?:the|a|an|this|every|each|all|our|[Hh]ohhot|\w+s(?= (?:with|and|protect|keep|have)))\b")
_REPORT = re.compile(r"\b(?:the|this|that) (?:report|plan|document|speech|text)\b", re.IGNORECASE)
_GENERIC = re.compile(
    r"(?:(?:the|this|our) )?(?:city|report|plan|document|speech|government|party|congress|authorities|leaders|"
    r"municipality|capital|hohhot|it|they|we|you|one|people)(?:'s)?",
    re.IGNORECASE,
)
_CLAUSE_EDGE = re.compile(r"[,;]|\b(?:if|when|that|because|before|after|while|and|so)\b", re.IGNORECASE)
_CONTENT = re.compile(rf"(?!{_STOP})\b(?!(?:the|an|get|gets|got|out|up|down|not|any|some|there|it)\b)[A-Za-z'-]{{3,}}")
_PLACE = re.compile(r"\b(?:zone|area|district|county|city|region|park|town|village|banner|province)s?$", re.IGNORECASE)
_PEOPLE = frozenset("people children staff women men police".split())


@dataclass(frozen=True, slots=True)
class _Slot:
    """A stretch of a question that another may replace, and what it is: time, name, wh, object."""

    start: int
    end: int
    kind: str
    text: str
    prep: str = ""


def leans(question: str) -> bool:
    """Whether it points back. "How will the city protect its water?" does not: what "its" means is inside."""
    body = _LEAD.sub("", question)
    if _ABOUT.search(body) or _BARE.search(body) or _ELSE.search(body) or _is_fragment(body, body != question):
        return True
    if _PRONOUN.search(_EMPTY_WORDS.sub(" ", body)):
        return any(not _has_antecedent(body, match) for match in _PRONOUN.finditer(_blank_empty(body)))
    return body != question and len(_CONTENT.findall(body)) < 3


def rewrite(question: str, anchor: str) -> str | None:
    """The question with what the earlier one says and it does not; None where no place for it is found."""
    body = _LEAD.sub("", question)
    topic = _topic(anchor)
    if bare := _BARE.search(body):
        return _asked_again(bare["wh"], anchor)
    if _ELSE.search(body):
        return None
    if _ORDER.search(body):
        return f"List all the {_undetermined(topic)}" if topic else None
    if _ABOUT.search(body) or _is_fragment(body, body != question):
        return _exchanged(_ABOUT.sub("", body).rstrip(" ?.!"), anchor)
    if _PRONOUN.search(_blank_empty(body)):
        return _named(body, anchor, topic)
    return f"{_capital(topic)}: {body}" if topic else None


def _is_fragment(body: str, led: bool) -> bool:
    """Whether it is no sentence, and no topic of its own: "by 2025?", "in Baotou?", and after "and" also "schools?"."""
    verbs = rf"\b(?:{_WH}|{_AUX}|list|name|tell|show|give|explain)"
    starts = rf"{_PREP}|the ones?\b|those {_PREP}"
    return not re.search(verbs, body, re.IGNORECASE) and bool(
        led or _TIME.match(body) or re.match(starts, body, re.IGNORECASE)
    )


def _blank_empty(body: str) -> str:
    return _EMPTY_WORDS.sub(lambda match: "." * len(match[0]), body)


def _has_antecedent(body: str, pronoun: re.Match[str]) -> bool:
    """Whether the question itself says what a pronoun means.

    A possessive may mean its own clause's subject; the others mean something of an earlier clause.
    """
    before = _REPORT.sub("", body[: pronoun.start()])
    if pronoun[0].lower() not in ("its", "their"):
        edges = list(_CLAUSE_EDGE.finditer(before))
        before = before[: edges[-1].start()] if edges else ""
    names = re.search(r"(?<=[a-z,] )[A-Z]\w+", before)
    return bool(names or _NOUN_PHRASE.search(before))


def _slots(anchor: str) -> Iterator[_Slot]:
    taken = [(match.start(), match.end()) for match in _TIME.finditer(anchor)]
    yield from (_Slot(start, end, "time", anchor[start:end]) for start, end in taken)

    def free(start: int, end: int) -> bool:
        return all(end <= s or start >= e for s, e in taken)

    head = re.match(rf"(?:how many|which|what) (?P<np>{_WORDS})(?={_AUX}|{_PREP})", anchor, re.IGNORECASE)
    if head and free(*head.span("np")):
        yield _Slot(head.start("np"), head.start("np") + len(head["np"].rstrip()), "wh", head["np"].rstrip())
    for match in re.finditer(r"(?<=[\w,] )(?:the )?[A-Z][\w'’-]*(?:(?: |, | and | of )[A-Z][\w'’-]*)*", anchor):
        if free(*match.span()):
            prep = re.search(rf"({_PREP}) $", anchor[: match.start()], re.IGNORECASE)
            yield _Slot(*match.span(), "name", match[0], prep[1].lower() if prep else "")
    for match in re.finditer(rf"\b(?P<prep>{_PREP}) (?P<np>{_WORDS})", anchor, re.IGNORECASE):
        if free(*match.span("np")):
            start, text = match.start("np"), match["np"].rstrip()
            yield _Slot(start, start + len(text), "object", text, match["prep"].lower())
    direct = re.match(
        rf"{_WH}.*?\b{_AUX} {_GENERIC.pattern}(?: (?:plan|intend|want|hope|going) to)? \w+ (?P<np>{_WORDS})",
        anchor,
        re.IGNORECASE,
    )
    if direct and free(*direct.span("np")) and not re.match(rf"{_PREP}", direct["np"]):
        start, text = direct.start("np"), direct["np"].rstrip()
        yield _Slot(start, start + len(text), "object", text)
    named = re.match(rf"what (?:is|are|was|were) (?P<np>(?:the|hohhot's) {_WORDS})", anchor, re.IGNORECASE)
    if named and free(*named.span("np")):
        yield _Slot(named.start("np"), named.start("np") + len(named["np"].rstrip()), "subject", named["np"].rstrip())
        return
    subject = re.match(rf"{_WH}.*?\b{_AUX} (?P<np>(?:the|our) \w+(?: \w+)??|\w+s)(?= \w+)", anchor, re.I)
    if subject and not _GENERIC.match(subject["np"]):
        yield _Slot(*subject.span("np"), "subject", subject["np"])


def _topic(anchor: str) -> str:
    """What a question is about, for a pronoun: a name, what "about" or "with" governs, what is counted."""
    slots = [slot for slot in _slots(anchor) if slot.kind != "time" and not _GENERIC.fullmatch(slot.text)]
    counted = [slot for slot in slots if slot.kind == "wh" and re.match("how many|which", anchor, re.IGNORECASE)]
    for found in (
        [slot for slot in slots if slot.kind == "object" and slot.prep == "about"],
        counted if anchor.lower().startswith("how many") else [],
        [slot for slot in slots if slot.kind == "name"],
        [slot for slot in slots if slot.kind == "object"],
        [slot for slot in slots if slot.kind in ("subject", "wh")],
    ):
        if found:
            return found[0].text
    return ""


def _exchanged(new: str, anchor: str) -> str | None:
    """The earlier question with its like of `new` replaced by it; `new` alone where it has none and is a new topic."""
    slots = list(_slots(anchor))
    if time := _TIME.fullmatch(new):
        return _at_time(time[0], anchor, [slot for slot in slots if slot.kind == "time"])
    found: list[_Slot]
    if governed := re.match(
        rf"(?:the ones?|those|that) (?P<prep>{_PREP}) (?P<np>.+)|(?P<p>{_PREP}) (?P<n>.+)", new, re.I
    ):
        prep, noun = (governed["prep"] or governed["p"]).lower(), governed["np"] or governed["n"]
        found = [slot for slot in slots if slot.prep == prep and slot.kind != "time"]
        return _put(anchor, found[0], noun) if found else f"{anchor.rstrip(' ?.!')} {prep} {noun}?"
    new = re.sub("^(?:its|their) ", "", new, flags=re.IGNORECASE)
    named = new[:1].isupper() or bool(_PLACE.search(new))
    places = [slot for slot in slots if slot.kind == "name" or (slot.kind != "time" and _PLACE.search(slot.text))]
    objects = [slot for slot in slots if slot.kind in ("object", "subject") and not _GENERIC.fullmatch(slot.text)]
    counted = [slot for slot in slots if slot.kind == "wh"]
    if named and places:
        return _put(anchor, places[0], new)
    if re.match("how many", anchor, re.IGNORECASE) and counted:
        plural = new.split()[-1].lower()
        if plural in _PEOPLE or (plural.endswith("s") and not plural.endswith("ss")):
            return _put(anchor, counted[0], _undetermined(new))
        return f"What about {new}?"
    found = [slot for slot in objects if slot.prep == "about"] or objects or counted or places
    return _put(anchor, found[0], new) if found else None


def _at_time(time: str, anchor: str, times: list[_Slot]) -> str:
    """The earlier question asked of another time, in its tense."""
    if not re.match(_PREP, time) and re.match(r"the |next|past|last|coming|\d", time, re.IGNORECASE):
        time = f"in {time}"
    bare = anchor[: times[0].start].rstrip() + anchor[times[0].end :] if times else anchor
    if _FUTURE.search(time):
        bare = re.sub(r"\b(?:were|was|(?:has|have) (?:been|already been))\b", "will be", bare)
        bare = re.sub(
            r"\bwill be (?P<np>the [\w ]+?|[\w ]+?) (?P<done>\w+ed|built)\b", r"will \g<np> be \g<done>", bare
        )
        bare = re.sub(r"\b(?:did|has|have)\b", "will", bare)
    return f"{bare.rstrip(' ?.!,')} {time}?"


def _asked_again(word: str, anchor: str) -> str | None:
    """The earlier question with another question word, as for "When?" after "How many schools will be built?"."""
    if re.match(rf"{_WH} {_AUX} {_GENERIC.pattern} say about", anchor, re.IGNORECASE):
        return None
    counted = re.match(
        rf"(?:how many|how much|which|what) (?P<np>{_WORDS})(?P<aux>{_AUX}) (?P<rest>\w.*)", anchor, re.I
    )
    if counted and word.lower() not in ("how many", "how much", "which", "who"):
        return f"{_capital(word)} {counted['aux']} {counted['np'].rstrip()} {counted['rest']}"
    if re.match("which|what kind", word, re.IGNORECASE):
        return re.sub("^how many", "Which", anchor, flags=re.IGNORECASE) if counted else None
    plain = re.match(rf"(?:how|when|where|why) (?P<rest>{_AUX} .+)", anchor, re.IGNORECASE)
    if plain and word.lower() not in ("how many", "how much", "who"):
        return f"{_capital(word)} {plain['rest']}"
    return None


def _named(body: str, anchor: str, topic: str) -> str | None:
    """The question with its pronouns replaced by what the earlier one was about."""
    head = next((slot.text for slot in _slots(anchor) if slot.kind == "wh"), "")
    if head:
        body = re.sub(r"\bwhich ones?\b", lambda m: f"which {head}", body, flags=re.IGNORECASE)
    if not _PRONOUN.search(_blank_empty(body)):
        return _capital(body)
    if not topic:
        return None
    noun = topic if re.match("the |[A-Z]", topic) else f"the {topic}"

    def name(match: re.Match[str]) -> str:
        said = match[0].lower()
        if said in ("its", "their", "theirs"):
            return f"{noun}'" if noun.endswith("s") else f"{noun}'s"
        if said == "there":
            return f"in {noun}"
        if said.endswith((" that", " this")):
            return f"{match[0].split()[0]} {noun}"
        if said in ("those", "these") and re.match(r" (?!will|are|be|is)\w", body[match.end() :]):
            return f"{match[0]}"
        return noun

    said = re.sub(r"\b(?:them all|all of them)\b", f"all {noun}", body, flags=re.IGNORECASE)
    done = _PRONOUN.sub(name, said)
    return _capital(done) if done != body else f"{_capital(topic)}: {body}"


def _put(anchor: str, slot: _Slot, new: str) -> str:
    done = f"{anchor[: slot.start]}{new}{anchor[slot.end :]}"
    return done if done.endswith(("?", ".", "!")) else f"{done}?"


def _undetermined(noun: str) -> str:
    return re.sub("^(?:the|a|an|some|any) ", "", noun)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
