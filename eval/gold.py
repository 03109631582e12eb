"""The gold questions: loading them, and proving that they are well made.

A question's evidence is a list of groups. All groups are needed; of a group any one alternative does; of an
alternative all spans. A span is half-open, in Unicode code points, into the report's source, with its quote. A nugget
is one thing that a complete answer says, as a list of forms of which any one does. `eval/gold/README.md` says how the
questions were written.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import WenzhengError
from corpus.fold import fold
from corpus.report import Report, Sentence, Span
from eval.metrics import nugget_recall
from index.tokens import chinese_question_terms, chinese_terms

FOLDER = Path(__file__).parent / "gold"
SPLITS = ("dev", "test")
CATEGORIES = frozenset(
    "figure entity list topic how-why past-future multi negation colloquial false-premise follow-up "
    "unanswerable-in unanswerable-out".split()
)
_FIELDS = frozenset(
    "id need split lang category report question history standalone answerable evidence answer nuggets notes".split()
)
_OPTIONAL = {"report", "standalone", "notes"}
_DEFAULT_REPORT = "hohhot-2021"
_LONGEST_OVERLAP = 0.5


class GoldError(WenzhengError):
    """A gold file is not well made."""


@dataclass(frozen=True, slots=True)
class Question:
    """One gold question.

    Attributes:
        need: the information need; its English and its Chinese question share it.
        history: earlier questions, oldest first.
        standalone: for a follow-up, the same question asked without a history; else empty.
        evidence: groups → alternatives → spans.
        nuggets: each the forms of which any one does.
    """

    id: str
    need: str
    split: str
    lang: str
    category: str
    report: str
    question: str
    history: tuple[str, ...]
    standalone: str
    answerable: bool
    evidence: tuple[tuple[tuple[Span, ...], ...], ...]
    answer: str
    nuggets: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """The questions of one file and the SHA-256 of its bytes."""

    split: str
    questions: tuple[Question, ...]
    sha256: str


def load(path: Path, reports: Mapping[str, Report]) -> Gold:
    """Read a gold file and check every row against the reports it quotes.

    Raises:
        GoldError: naming the first row that is not well made.
    """
    try:
        data = path.read_bytes()
        rows = [json.loads(line) for line in data.decode("utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as fault:
        raise GoldError(f"The gold file {path} cannot be read: {fault}.") from fault
    questions: dict[str, Question] = {}
    for number, row in enumerate(rows, start=1):
        question = _question(row, f"{path.name}, row {number}", reports)
        if question.id in questions:
            raise GoldError(f"{path.name}, row {number}: the id {question.id} occurs twice.")
        questions[question.id] = question
    splits = {question.split for question in questions.values()}
    if len(splits) != 1:
        raise GoldError(f"{path} holds {', '.join(sorted(splits)) or 'no'} questions; a file has one split.")
    return Gold(splits.pop(), tuple(questions.values()), hashlib.sha256(data).hexdigest())


def lint(golds: Sequence[Gold], reports: Mapping[str, Report]) -> list[str]:
    """What is wrong with the gold files as a whole: one sentence each; empty when nothing is."""
    faults = []
    needs: dict[str, str] = {}
    for gold in golds:
        for question in gold.questions:
            if needs.setdefault(question.need, gold.split) != gold.split:
                faults.append(f"The need {question.need} is in two splits.")
        chinese = [q for q in gold.questions if q.lang == "zh" and q.answerable]
        distant = sum(overlap(q, reports[q.report]) < _LONGEST_OVERLAP for q in chinese)
        if distant < len(chinese) / 2:
            faults.append(
                f"In {gold.split} only {distant} of {len(chinese)} Chinese questions are in words of their own."
            )
        faults += [f"Its own evidence does not state the nuggets of {q.id}." for q in _unstated(gold, reports)]
        missing = CATEGORIES - {question.category for question in gold.questions}
        faults += [f"{gold.split} has no question of category {category}." for category in sorted(missing)]
    texts = Counter((q.lang, q.question, q.history) for gold in golds for q in gold.questions)
    faults += [f"Asked twice: {question}" for (_, question, _), times in texts.items() if times > 1]
    return faults


def _unstated(gold: Gold, reports: Mapping[str, Report]) -> Iterator[Question]:
    """Answerable questions whose nuggets are not all in their evidence, quoted in the question's language."""
    for question in gold.questions:
        report = reports[question.report]
        spans = {span for group in question.evidence for alternative in group for span in alternative}
        places = [(sentence_of(report, span), span) for span in sorted(spans)]
        if question.lang == "en" and report.edition is not None:
            quoted = [report.edition.covering(sentence.id, span).text for sentence, span in places]
        else:
            quoted = [report.reading(span) for _, span in places]
        if question.answerable and nugget_recall(" ".join(quoted), question.nuggets) < 1:
            yield question


def overlap(question: Question, report: Report) -> float:
    """The share of a Chinese question's content bigrams that stand in its evidence, from 0 to 1."""
    bigrams = {term for term in chinese_question_terms(fold(question.question)) if len(term) == 2}
    spans = {span for group in question.evidence for alternative in group for span in alternative}
    evidence = {term for span in spans for term in chinese_terms(fold(report.source[span.start : span.end]))}
    return len(bigrams & evidence) / len(bigrams) if bigrams else 0.0


def sentence_of(report: Report, span: Span) -> Sentence:
    """The sentence that a span lies in. Raises KeyError where it lies in none."""
    for sentence in report.sentences:
        if sentence.span.contains(span):
            return sentence
    raise KeyError(span)


def _question(row: Any, where: str, reports: Mapping[str, Report]) -> Question:  # noqa: ANN401 - parsed JSON
    if not isinstance(row, dict):
        raise GoldError(f"{where}: not an object.")
    if unknown := set(row) - _FIELDS:
        raise GoldError(f"{where}: unknown field {min(unknown)!r}.")
    if missing := _FIELDS - _OPTIONAL - set(row):
        raise GoldError(f"{where}: {min(missing)!r} is missing.")
    where = f"{where} ({row['id']})"
    if row["split"] not in SPLITS or row["lang"] not in ("zh", "en") or row["category"] not in CATEGORIES:
        raise GoldError(f"{where}: bad split, lang or category: {row['split']}, {row['lang']}, {row['category']}.")
    report = reports.get(row.get("report", _DEFAULT_REPORT))
    if report is None:
        raise GoldError(f"{where}: there is no report {row['report']!r}.")
    answerable = row["answerable"]
    if answerable == row["category"].startswith("unanswerable") or answerable != bool(row["evidence"]):
        raise GoldError(f"{where}: answerable, category and evidence contradict each other.")
    if answerable != bool(row["nuggets"]) or not row["question"].strip() or not row["answer"].strip():
        raise GoldError(f"{where}: needs a question, an answer, and nuggets where it is answerable.")
    if (row["category"] == "follow-up") != bool(row["history"]):
        raise GoldError(f"{where}: follow-ups, and only they, have a history.")
    return Question(
        id=row["id"],
        need=row["need"],
        split=row["split"],
        lang=row["lang"],
        category=row["category"],
        report=report.id,
        question=row["question"],
        history=tuple(row["history"]),
        standalone=row.get("standalone", ""),
        answerable=answerable,
        evidence=tuple(
            tuple(tuple(_spans(alternative, report, where)) for alternative in group) for group in row["evidence"]
        ),
        answer=row["answer"],
        nuggets=tuple(tuple(nugget["any"]) for nugget in row["nuggets"]),
    )


def _spans(alternative: Any, report: Report, where: str) -> Iterator[Span]:  # noqa: ANN401 - parsed JSON
    for row in alternative:
        span = Span(row["start"], row["end"])
        if not row["quote"] or report.source[span.start : span.end] != row["quote"]:
            raise GoldError(f"{where}: {row['quote'][:20]!r} is not what stands at [{span.start}, {span.end}).")
        try:
            sentence_of(report, span)
        except KeyError as fault:
            raise GoldError(f"{where}: [{span.start}, {span.end}) is not inside one sentence.") from fault
        yield span
