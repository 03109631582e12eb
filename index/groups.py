"""What the cross-encoder learns from: a question, sentences that answer it, and sentences that tempt and do not.

Of the training reports: our questions, answered or not, each with the candidates that a search of its report finds; and
questions of other reports, of DRCD and on anything, which it does not answer. Of DRCD: the sentence that holds the
answer, and others of its article. Of the evidence that has been put into English: English sentences of one report.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

from corpus.fold import fold
from index.chunk import Excerpt, excerpt
from index.examples import Shingles
from index.fit import report_ids
from index.pairs import pairs
from index.questions import load as load_questions
from index.search import Searcher
from index.sources import SENTENCE, drcd, read_broad, read_near, read_off_topic, read_pairs, read_sentences, read_twins
from index.tokens import chinese_question_terms, chinese_terms, english_terms

_CANDIDATES = 22
_OTHERS = 12
_FEWEST = 4
_EVERY, _OTHER_REPORTS = 3, 1500


@dataclass(frozen=True, slots=True)
class Group:
    """A question and candidates for its answer, folded.

    Attributes:
        right: sentences that answer it, or are part of the answer; none where nothing answers.
        wrong: sentences that do not, the likeliest to be taken for an answer first.
        tempting: how many of these were chosen by the question's writer.
        source: where it is from.
    """

    question: str
    right: tuple[Excerpt, ...]
    wrong: tuple[Excerpt, ...]
    tempting: int
    source: str


def groups(searcher: Searcher, data: Path, tests: Sequence[Path]) -> Iterator[Group]:
    """All there are, of every source in a fixed order.

    Args:
        searcher: over the reports of the training questions.
        data: the folder with the public sets (`index/sources.py`).
        tests: files whose texts must not be learnt from: a sentence that shares 13 Chinese characters in a row with one
            of them, or 13 English words, is left out, such a context too, and a group whose question or answer does.
    """
    shared = cache(Shingles.of_files(tests).shared_with)
    reports = _Reports(searcher)
    ours = (_of_questions(reports), _of_twins(reports), _of_broad(reports), _of_others(reports, data))
    for group in chain(*ours, _of_drcd(data), _in_english()):
        tempting = sum(not shared(some.text) for some in group.wrong[: group.tempting])
        right, wrong = (
            tuple(some._replace(context="") if shared(some.context) else some for some in side if not shared(some.text))
            for side in (group.right, group.wrong)
        )
        if wrong and len(right) == len(group.right) and not shared(group.question):
            yield replace(group, right=right, wrong=wrong, tempting=tempting)


def write(path: Path, some: Iterable[Group]) -> int:
    """Write groups as JSON lines; returns how many."""
    lines = [json.dumps(asdict(group), ensure_ascii=False) + "\n" for group in some]
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def read(path: Path) -> list[Group]:
    """Read what `write` wrote."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
    return [
        Group(**row | {side: tuple(Excerpt(*some) for some in row[side]) for side in ("right", "wrong")})
        for row in rows
    ]


class _Reports:
    """The training reports, searched without the cross-encoder."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = copy(searcher)
        if searcher.ranker is not None:
            self._searcher.ranker = replace(searcher.ranker, cross=None)
        self._ids = report_ids(load_questions())
        self.names = sorted({q.report for q in load_questions() if q.split == "train"})

    def texts(self) -> dict[str, str]:
        return {name: self._searcher.reports[self._ids[name]].source for name in self.names}

    def sentence(self, name: str, sentence: str) -> Excerpt:
        report = self._searcher.reports[self._ids[name]]
        return excerpt(report, report.sentence(sentence))

    def quoted(self, name: str, texts: Sequence[str]) -> list[Excerpt]:
        """Sentences by their wording; those that are not there have no context."""
        report = self._searcher.reports[self._ids[name]]
        there = {sentence.text.strip(): sentence for p in report.paragraphs for sentence in p.sentences}
        return [excerpt(report, there[text]) if text in there else Excerpt(fold(text)) for text in texts]

    def group(
        self, question: str, name: str, right: Sequence[Excerpt], tempting: Sequence[Excerpt], source: str
    ) -> Group:
        """A question with sentences of a report that answer it, those that are said to tempt, and what is found."""
        report = self._ids[name]
        hits = self._searcher.search(question, report, 40)
        found = [excerpt(self._searcher.reports[report], hit.sentence) for hit in hits]
        said = {some.text for some in right}
        first: dict[str, Excerpt] = {}
        for some in (*tempting, *found):
            first.setdefault(some.text, some)
        wrong = [some for text, some in first.items() if text not in said]
        return Group(fold(question), tuple(right), tuple(wrong[:_CANDIDATES]), len(tempting), source)


def _of_questions(reports: _Reports) -> Iterator[Group]:
    """Of `questions.jsonl`, and of single sentences with their near-misses."""
    for q in load_questions():
        if q.split == "train":
            for question in (q.zh, q.en):
                right, tempting = (reports.quoted(q.report, some) for some in (q.evidence, q.negatives))
                yield reports.group(question, q.report, right, tempting, q.kind)
    near = defaultdict[str, list[tuple[str, str]]](list)
    for place, zh, en in read_near("encoder"):
        near[place].append((zh, en))
    for place, *asked in read_sentences("encoder"):
        name, sentence = place.split("#")
        for n, question in enumerate(asked):
            found = reports.group(question, name, [reports.sentence(name, sentence)], [], "sentence")
            yield found
            for missed in near.pop(place, []) if n else near.get(place, []):
                yield Group(fold(missed[n]), (), (*found.right, *found.wrong), 1, "near-miss")


def _of_twins(reports: _Reports) -> Iterator[Group]:
    for twin in read_twins("encoder"):
        answer, tempting = (reports.sentence(twin.report, id_) for id_ in (twin.answer, twin.tempting))
        for question in (twin.zh, twin.en):
            yield reports.group(question, twin.report, [answer], [], "twin")
        for question in (twin.other_zh, twin.other_en):
            yield reports.group(question, twin.report, [], [tempting], "twin")


def _of_broad(reports: _Reports) -> Iterator[Group]:
    for name, zh, en, right, tempting in read_broad("encoder"):
        answers, tempt = ([reports.sentence(name, id_) for id_ in ids] for ids in (right, tempting))
        for question in (zh, en):
            yield reports.group(question, name, answers, tempt, "broad")


def _of_others(reports: _Reports, data: Path) -> Iterator[Group]:
    """Questions that the report which is asked does not answer: of another report, and on anything."""
    for pair in pairs([q for q in load_questions() if q.split == "train"], reports.texts(), _OTHER_REPORTS):
        for question in (pair.question.zh, pair.question.en):
            yield reports.group(question, pair.report, [], [], "other-report")
    english = dict(read_pairs("drcd.en.tsv"))
    asked = [row for _, _, rows in drcd(data) for row in rows][::_EVERY]
    off_topic = [*read_off_topic("encoder"), *((row["question"], english.get(row["id"], "")) for row in asked)]
    for n, questions in enumerate(off_topic):
        for question in filter(None, questions):
            yield reports.group(question, reports.names[n % len(reports.names)], [], [], "off-topic")


def _of_drcd(data: Path) -> Iterator[Group]:
    english = dict(read_pairs("drcd.en.tsv"))
    articles = defaultdict[str, list[tuple[str, list[tuple[int, str]]]]](list)
    asked = list(drcd(data))
    for id_, context, _ in asked:
        sentences = [(match.end(), match.group()) for match in SENTENCE.finditer(context)]
        articles[_article(id_)].append((id_, sentences))
    for id_, _, questions in asked:
        own = next(sentences for other, sentences in articles[_article(id_)] if other == id_)
        around = [text for _, sentences in articles[_article(id_)] for _, text in sentences]
        for row in questions:
            answer = row["answers"][0]
            right = next(text for end, text in own if end > answer["answer_start"])
            others = [text for text in dict.fromkeys(around) if answer["text"] not in text]
            wrong = _nearest(chinese_question_terms(fold(row["question"])), others, chinese_terms)
            for question in filter(None, (row["question"], english.get(row["id"], ""))):
                if wrong:
                    yield Group(fold(question), (Excerpt(fold(right).strip()),), wrong, 0, "drcd")


def _article(paragraph: str) -> str:
    return paragraph.rsplit("-", 1)[0]


def _in_english() -> Iterator[Group]:
    english = dict(read_pairs("evidence.en.tsv"))
    asked = [q for q in load_questions() if q.kind == "need" and q.split == "train"]
    of_report = defaultdict[str, dict[str, None]](dict)
    for q in asked:
        of_report[q.report].update((text, None) for text in q.evidence if text in english)
    for q in asked:
        right = tuple(Excerpt(fold(english[text])) for text in q.evidence if text in english)
        others = [english[text] for text in of_report[q.report] if text not in q.evidence]
        wrong = _nearest(english_terms(fold(q.en)), others, english_terms)
        if right and len(wrong) >= _FEWEST:
            yield Group(fold(q.en), right, wrong, 0, "english")


def _nearest(asked: Sequence[str], texts: Sequence[str], terms: Callable[[str], list[str]]) -> tuple[Excerpt, ...]:
    """The texts that share most terms with a question, folded."""
    wanted = set(asked)
    folded = sorted((fold(text).strip() for text in texts), key=lambda text: (-len(wanted & set(terms(text))), text))
    return tuple(map(Excerpt, folded[:_OTHERS]))
