"""The questions that ranking, selection and refusal learn from: loading them, and proving that they are well made.

`index/training/questions.jsonl` holds needs (a question in Chinese and in English with the sentences that answer it)
and near-misses (a question that the report tempts one to answer and does not), over reports that are not shipped here;
`index/training/README.md` is its datasheet. What needs no reports is checked without them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import WenzhengError
from corpus.figures import figures
from corpus.fold import fold
from corpus.readers import KINDS, read_text
from corpus.structure import parse
from index.tokens import chinese_question_terms, chinese_terms, language

FILE = Path(__file__).parent / "training" / "questions.jsonl"
CATEGORIES = frozenset("figure entity list topic how-why past-target multi colloquial".split())
NEAR_MISSES = frozenset("neighbour-figure other-year finer-grain other-place false-premise absent-detail".split())
_FIELDS = {"id", "report", "section", "split", "kind", "category", "zh", "en"}
_MORE = {"need": {"answer_zh", "answer_en", "evidence", "negatives"}, "near-miss": {"tempting"}}
_MOST_ALIKE = 5


class QuestionsError(WenzhengError):
    """The training questions are not well made."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """One need or near-miss.

    Attributes:
        report: name of the report's file without its suffix.
        section: path of the section of its first sentence, such as `3.2`.
        split: `train` or `validation`; a report is in one of them.
        evidence: the sentences that answer, verbatim, all of them needed; none for a near-miss.
        negatives: sentences that tempt and do not answer; for a near-miss, those that make it one.
    """

    id: str
    report: str
    section: str
    split: str
    kind: str
    category: str
    zh: str
    en: str
    answer_zh: str
    answer_en: str
    evidence: tuple[str, ...]
    negatives: tuple[str, ...]


def load(path: Path = FILE) -> tuple[TrainingQuestion, ...]:
    """Read the questions. Raises QuestionsError at the first row that is not well made."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, ValueError) as fault:
        raise QuestionsError(f"{path} cannot be read: {fault}.") from fault
    return tuple(_question(row, f"{path.name}, row {n}") for n, row in enumerate(rows, start=1))


def lint(questions: Sequence[TrainingQuestion]) -> list[str]:
    """What is wrong with the set as a whole, as far as it shows without the reports: one sentence each."""
    faults = [f"The id {id_} occurs {n} times." for id_, n in Counter(q.id for q in questions).items() if n > 1]
    for lang in ("zh", "en"):
        asked = Counter((q.report, getattr(q, lang)) for q in questions)
        faults += [f"Asked twice of {report}: {text}" for (report, text), n in asked.items() if n > 1]
        alike = Counter(skeleton(getattr(q, lang), lang) for q in questions)
        faults += [f"{n} questions have the skeleton {frame!r}." for frame, n in alike.items() if n > _MOST_ALIKE]
    splits = {(q.report, q.split) for q in questions}
    faults += [f"{report} is in two splits." for report, n in Counter(r for r, _ in splits).items() if n > 1]
    needs = [q for q in questions if q.kind == "need"]
    distant = sum(overlap(q) < 0.5 for q in needs)
    if distant < len(needs) / 2:
        faults.append(f"Only {distant} of {len(needs)} Chinese questions are in words of their own.")
    return faults


def lint_evidence(questions: Iterable[TrainingQuestion], reports: Path) -> list[str]:
    """What does not stand in the reports: sentences that are not verbatim, sections that are not theirs.

    Args:
        questions: the set.
        reports: a folder with the reports, by name, anywhere below it.

    Raises:
        QuestionsError: a report is missing.
    """
    files = {path.stem: path for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    faults, read = [], dict[str, Mapping[str, set[str]]]()
    for question in questions:
        if question.report not in files:
            raise QuestionsError(f"There is no report {question.report} in {reports}.")
        if question.report not in read:
            read[question.report] = _sections_of_sentences(files[question.report])
        sentences = read[question.report]
        for text in (*question.evidence, *question.negatives):
            if text not in sentences:
                faults.append(f"{question.id}: {question.report} has no sentence {text[:20]!r}….")
        first = next(iter((*question.evidence, *question.negatives)), "")
        if first in sentences and question.section not in sentences[first]:
            faults.append(f"{question.id}: its first sentence is not in section {question.section}.")
    return faults


def lint_overlap(questions: Iterable[TrainingQuestion], others: Sequence[Path]) -> list[str]:
    """Questions that share 13 Chinese characters or 8 English words in a row with another set's (JSON lines)."""
    seen: set[str] = set()
    for path in others:
        for line in path.read_text(encoding="utf-8").split("\n"):
            seen.update(_shingles(json.loads(line)["question"]) if line else ())
    return [f"{q.id} shares words with another set." for q in questions if seen & {*_shingles(q.zh), *_shingles(q.en)}]


def skeleton(question: str, lang: str) -> str:
    """A question with its figures and, in English, its names masked, folded: what is left is its frame."""
    masked = question
    for figure in reversed(figures(question, "zh" if lang == "zh" else "en")):
        masked = f"{masked[: figure.start]}#{masked[figure.end :]}"
    if lang == "en":
        masked = re.sub(r"(?<!^)\b[A-Z][\w'-]*(?: [A-Z][\w'-]*)*", "@", masked)
    return fold(masked).lower()


def overlap(question: TrainingQuestion) -> float:
    """The share of the Chinese question's content bigrams that stand in its evidence, from 0 to 1."""
    bigrams = {term for term in chinese_question_terms(fold(question.zh)) if len(term) == 2}
    evidence = set(chinese_terms(fold("".join(question.evidence))))
    return len(bigrams & evidence) / len(bigrams) if bigrams else 0.0


def _shingles(text: str) -> Iterator[str]:
    folded = fold(text).lower()
    units, size = (
        ([c for c in folded if c.isalnum()], 13) if language(text) == "zh" else (re.findall(r"\w+", folded), 8)
    )
    return (" ".join(units[at : at + size]) for at in range(len(units) - size + 1))


def _sections_of_sentences(path: Path) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for paragraph in parse(read_text(path)).paragraphs:
        for sentence in paragraph.sentences:
            found.setdefault(sentence.text.strip(), set()).add(paragraph.section)
    return found


def _question(row: Any, where: str) -> TrainingQuestion:  # noqa: ANN401 - parsed JSON
    more = _MORE.get(str(row.get("kind"))) if isinstance(row, dict) else None
    if more is None or set(row) != _FIELDS | more:
        raise QuestionsError(f"{where}: a need or near-miss has other fields: {sorted(row) if row else row}.")
    if row["category"] not in (CATEGORIES if row["kind"] == "need" else NEAR_MISSES):
        raise QuestionsError(f"{where}: unknown category {row['category']!r}.")
    if row["split"] not in ("train", "validation"):
        raise QuestionsError(f"{where}: unknown split {row['split']!r}.")
    texts = ("zh", "en", *(("answer_zh", "answer_en", "evidence") if row["kind"] == "need" else ("tempting",)))
    if empty := [name for name in texts if not row[name]]:
        raise QuestionsError(f"{where}: {empty[0]} is empty.")
    return TrainingQuestion(
        **{name: row[name] for name in _FIELDS},
        answer_zh=row.get("answer_zh", ""),
        answer_en=row.get("answer_en", ""),
        evidence=tuple(row.get("evidence", ())),
        negatives=tuple(row.get("negatives", row.get("tempting", ()))),
    )
