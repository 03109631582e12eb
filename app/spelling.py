"""Input mended before it is searched: names in pinyin (Huhehaote), typing errors in English (residental compunds).

A name is put as the report or its edition has it, by the report's own list. An English word is mended only where
neither the edition nor the encoder knows it or what it is formed from, and the edition has one close by. A strange
name stays as typed unless a listed one is close by: Shanxi is no error for Shaanxi.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from corpus.fold import fold
from corpus.report import Name, Report
from index.tokens import english_terms, language

_WORD = re.compile(r"(?<![\w'’.@/-])[A-Za-z]{5,}(?![\w.@/-]|['’](?!s\b))")
_LETTERS = "A-Za-z'’"
_SHORTEST_FOR_TWO = 8
"""A word of so many letters may have two errors; a shorter one, one."""
_SOUNDS = ("aeiouy", "ckqsxz", "dt", "mn", "bpvfw", "gj", "lr")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ENDINGS = ("ies", "ers", "ing", "est", "es", "ed", "er", "or", "ly", "s", "d", "r", "y")


class Speller:
    """Mends questions for a set of reports."""

    def __init__(self, reports: Iterable[Report], count_tokens: Callable[[str], int]) -> None:
        """Learn the names and the English words of `reports`.

        Args:
            reports: those that can be asked.
            count_tokens: the encoder's; a word that is one token of it is a word.
        """
        all_reports = tuple(reports)
        texts = [s.text for r in all_reports if r.edition is not None for s in r.edition.sentences.values()]
        found = Counter(word for text in texts for word in re.findall("[a-z]{4,}", text))
        self._words = sorted(found, key=lambda word: (-found[word], word))
        self._listed = {
            n.lower(): n for r in all_reports for name in r.names for n in re.findall("[A-Z]\\w{4,}", name.en)
        }
        self._stems = {stem for text in texts for stem in english_terms(text)}
        self._spellings = tuple(_spellings(name for report in all_reports for name in report.names))
        self._count_tokens, self._one_token = count_tokens, count_tokens("the")

    def mend(self, question: str) -> str:
        """The question with names and words put right; itself where nothing is to be mended."""
        lang = language(fold(question))
        for pattern, name in self._spellings:
            question = pattern.sub(name.zh if lang == "zh" else name.en, question)
        return _WORD.sub(lambda match: self._right(match), question) if self._words else question

    def _right(self, match: re.Match[str]) -> str:
        word = match[0]
        lower = word.lower()
        if word.isupper() or self._knows(lower):
            return word
        named = word[0].isupper() and match.start() > 0
        most = 1 if word[0].isupper() or len(word) < _SHORTEST_FOR_TWO else 2
        near = [(edits(lower, known, most), known) for known in [*self._listed, *([] if named else self._words)]]
        distance, known = min(near, key=lambda pair: pair[0], default=(most + 1, word))  # of equals, the most frequent
        if distance > most:
            return word
        return self._listed.get(known) or (known if word[0].islower() else known.capitalize())

    def _knows(self, word: str) -> bool:
        return (
            bool(set(english_terms(word)) & self._stems)
            or word in self._listed
            or any(self._count_tokens(base) == self._one_token for base in _bases(word))
        )


def _bases(word: str) -> Iterator[str]:
    """A word and what it may be formed from: couriers, courier; slimming, slim; refitted, refit; hoped, hope."""
    yield word
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) > 2:
            yield from (base, base + "e", base + "y")
            if base[-1] == base[-2]:
                yield base[:-1]


def edits(one: str, two: str, most: int) -> int:
    """How many typing errors lie between two words; `most + 1` where there are more than `most`.

    The restricted Damerau-Levenshtein distance (optimal string alignment), in which a letter put for one that neither
    sounds alike nor is beside it on the keyboard counts twice. The first letter is always right.
    """
    if one[0] != two[0] or abs(len(one) - len(two)) > most:
        return most + 1
    before, row = [0] * (len(two) + 1), list(range(len(two) + 1))
    for i, a in enumerate(one, start=1):
        last, before, row = before, row, [i, *([0] * len(two))]
        for j, b in enumerate(two, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + _cost(a, b))
            if i > 1 and j > 1 and (a, one[i - 2]) == (two[j - 2], b):
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]


def _cost(a: str, b: str) -> int:
    if a == b:
        return 0
    alike = any(a in sounds and b in sounds for sounds in _SOUNDS)
    beside = any(a in keys and b in keys and abs(keys.index(a) - keys.index(b)) == 1 for keys in _KEYS)
    return 1 if alike or beside else 2


def _spellings(names: Iterable[Name]) -> Iterator[tuple[re.Pattern[str], Name]]:
    """A pattern for each other spelling of each name, the longest first; an apostrophe may be left out or be curly."""
    pairs = [(also, name) for name in dict.fromkeys(names) for also in name.also]
    for also, name in sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])):
        if also.isascii():
            typed = re.escape(also).replace("'", "['’‘]?").replace(r"\ ", r"[ -]?")
            yield re.compile(rf"(?<![{_LETTERS}]){typed}(?![A-Za-z]|['’](?!s\b))", re.IGNORECASE), name
        else:
            yield re.compile(re.escape(also)), name
