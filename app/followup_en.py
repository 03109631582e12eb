"""English that points back: "And schools?", "what about by 2025", "where is that?", "how many of them?".

By closed lists of function words, with no parser: it finds what in the earlier question may be exchanged (a time, a
name, what it is about), and leaves the question to be carried over whole where it finds nothing.
"""

from __future__ import annotations

import re

from app.slots_en import AUX, GENERIC, PLACE, PREP, STOP, TIME, WH, WORDS, Slot, find_slots, find_topic

_FUTURE = re.compile(r"\b(?:next|coming|future|following|20[2-9][2-9]|20[3-9]\d)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:(?:and|but|or|also|then|so|ok|okay|well|now(?=,))\b[, ]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\s+(?=\w)", re.IGNORECASE)
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
    r"\b(?:is|are|was|were|will) there\b|\bthere(?:['’](?:s|ll)\b| (?:is|are|was|were|will|has|have)\b)|"
    r"\bits own\b|\bthose who\b|"
    r"\b(?:is|was) it (?:true|planned|possible|the case|right|likely)\b|\b(?:does|did|will|would) it take\b|"
    r"\bthese days\b|\bit takes?\b|\b(?:does|did) it say\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(r"\b(?:the|a|an|this|every|each|all|our|[Hh]ohhot|\w+s(?= (?:with|and|protect|keep|have)))\b")
_REPORT = re.compile(r"\b(?:the|this|that) (?:report|plan|document|speech|text)\b", re.IGNORECASE)
_OF_REPORT = re.compile(
    r"^(?:does|did|has|is) it (?:give|mention|say|state|list|name|explain|contain|tell|set)\b", re.I
)
_CLAUSE_EDGE = re.compile(r"[,;]|\b(?:if|when|that|because|before|after|while|and|so)\b", re.IGNORECASE)
_CONTENT = re.compile(rf"(?!{STOP})\b(?!(?:the|an|get|gets|got|out|up|down|not|any|some|there|it)\b)[A-Za-z'-]{{3,}}")
_EXCHANGEABLE = 4
_PEOPLE = frozenset("people children staff women men police".split())


def leans(question: str) -> bool:
    """Whether it points back. "How will the city protect its water?" does not: what "its" means is inside."""
    body = _LEAD.sub("", question)
    if _ABOUT.search(body) or _BARE.search(body) or _ELSE.search(body) or _is_fragment(body, body != question):
        return True
    if _PRONOUN.search(_EMPTY_WORDS.sub(" ", body)):
        return any(not _has_antecedent(body, match) for match in _PRONOUN.finditer(_blank_empty(body)))
    return body != question and content(body) < 3


def content(question: str) -> int:
    """How many words of its own a question has."""
    return len(_CONTENT.findall(_LEAD.sub("", question)))


def rewrite(question: str, anchor: str) -> str | None:
    """The question with what the earlier one says and it does not; None where no place for it is found."""
    body = _LEAD.sub("", question)
    topic = find_topic(anchor)
    if bare := _BARE.search(body):
        return _asked_again(bare["wh"], anchor)
    if _ELSE.search(body) or _OF_REPORT.search(body):
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
    verbs = rf"\b(?:{WH}|{AUX}|list|name|tell|show|give|explain)"
    starts = rf"{PREP}|the ones?\b|those {PREP}"
    return not re.search(verbs, body, re.IGNORECASE) and bool(
        led or TIME.match(body) or re.match(starts, body, re.IGNORECASE)
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


def _exchanged(new: str, anchor: str) -> str | None:
    """The earlier question with its like of `new` replaced by it; `new` alone where it has none and is a new topic."""
    slots = find_slots(anchor)
    if time := TIME.fullmatch(new):
        return _at_time(time[0], anchor, [slot for slot in slots if slot.kind == "time"])
    found: list[Slot]
    if governed := re.match(
        rf"(?:the ones?|those|that) (?P<prep>{PREP}) (?P<np>.+)|(?P<p>{PREP}) (?P<n>.+)", new, re.I
    ):
        prep, noun = (governed["prep"] or governed["p"]).lower(), governed["np"] or governed["n"]
        found = [slot for slot in slots if slot.prep == prep and slot.kind != "time"]
        return _put(anchor, found[0], noun) if found else f"{anchor.rstrip(' ?.!')} {prep} {noun}?"
    new = re.sub("^(?:its|their) ", "", new, flags=re.IGNORECASE)
    if "," in new or len(new.split()) > _EXCHANGEABLE:
        return None
    named = new[:1].isupper() or bool(PLACE.search(new))
    places = [slot for slot in slots if slot.kind != "time" and PLACE.search(slot.text)]
    places += [slot for slot in slots if slot.kind == "name"]
    objects = [slot for slot in slots if slot.kind in ("object", "subject") and not GENERIC.fullmatch(slot.text)]
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


def _at_time(time: str, anchor: str, times: list[Slot]) -> str:
    """The earlier question asked of another time, in its tense."""
    if not re.match(PREP, time) and re.match(r"the |next|past|last|coming|\d", time, re.IGNORECASE):
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
    if re.match(rf"{WH} {AUX} {GENERIC.pattern} say about", anchor, re.IGNORECASE):
        return None
    counted = re.match(rf"(?:how many|how much|which|what) (?P<np>{WORDS})(?P<aux>{AUX}) (?P<rest>\w.*)", anchor, re.I)
    if counted and word.lower() not in ("how many", "how much", "which", "who"):
        return f"{_capital(word)} {counted['aux']} {counted['np'].rstrip()} {counted['rest']}"
    if counted and word.lower() == "how many":
        return f"How many {_undetermined(counted['np']).rstrip()} {counted['aux']} {counted['rest']}"
    if re.match("which|what kind", word, re.IGNORECASE):
        return re.sub("^how many", "Which", anchor, flags=re.IGNORECASE) if counted else None
    plain = re.match(rf"(?:how|when|where|why) (?P<rest>{AUX} .+)", anchor, re.IGNORECASE)
    if plain and word.lower() not in ("how many", "how much", "who"):
        return f"{_capital(word)} {plain['rest']}"
    return None


def _named(body: str, anchor: str, topic: str) -> str | None:
    """The question with its pronouns replaced by what the earlier one was about."""
    head = next((slot.text for slot in find_slots(anchor) if slot.kind == "wh"), "")
    if head:
        body = re.sub(r"\bwhich ones?\b", lambda m: f"which {head}", body, flags=re.IGNORECASE)
    if not _PRONOUN.search(_blank_empty(body)):
        return _capital(body)
    if not topic:
        return None
    noun = topic if re.match("the |[A-Z]", topic) else f"the {topic}"
    said = re.sub(r"\b(?:them all|all of them)\b", f"all {noun}", body, flags=re.IGNORECASE)
    if first := _PRONOUN.search(_blank_empty(said)):  # what follows may mean it too, and reads better as it is
        said = f"{said[: first.start()]}{_in_place_of(first, noun)}{said[first.end() :]}"
    return _capital(said) if said != body else f"{_capital(topic)}: {body}"


def _in_place_of(pronoun: re.Match[str], noun: str) -> str:
    said = pronoun[0].lower()
    if said in ("its", "their", "theirs"):
        return f"{noun}'" if noun.endswith("s") else f"{noun}'s"
    if which := re.match("the (first|second|other|same) ", said):
        return f"the {which[1]} of {noun}"
    if said == "there":
        return f"in {noun}"
    if said.endswith((" that", " this")):
        return f"{pronoun[0].split()[0]} {noun}"
    if said in ("those", "these") and re.match(r" (?!will|are|be|is)\w", pronoun.string[pronoun.end() :]):
        return pronoun[0]
    return noun


def _put(anchor: str, slot: Slot, new: str) -> str:
    done = f"{anchor[: slot.start]}{new}{anchor[slot.end :]}"
    return done if done.endswith(("?", ".", "!")) else f"{done}?"


def _undetermined(noun: str) -> str:
    return re.sub("^(?:the|a|an|some|any) ", "", noun)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
