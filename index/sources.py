"""Where the encoder's training data is read from; every file is public or ours.

DATA_DIR has these files:

* WMT news tests 2017-2024 without 2019 (https://www2.statmt.org/wmt24/, `sacrebleu`): `train/wmt-news.zh-en.jsonl`
* Tatoeba (https://tatoeba.org, CC BY 2.0 FR) and TED: `train/tatoeba.zh-en.jsonl`, `train/ted.zh-en.jsonl`
* Python's documentation in Chinese (https://github.com/python/python-docs-zh-cn): `train/python-docs.zh-en.jsonl`
* questions on policy documents (DataFountain 424, 2020): `train/covid-policy-qa.zh.jsonl`
* DRCD dev (https://github.com/DRCKnowledgeTeam/DRCD, CC BY-SA 3.0): `bench/DRCD_dev.json`
* Chinese news of 2023, an article a line: `news/*.txt`

What is ours is in `training/`; its README is the datasheet.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError

OURS = Path(__file__).parent / "training"
SENTENCE = re.compile(r"[^。！？]*[。！？]|[^。！？]+$")
_WINDOW = (150, 330)
_OPENING = 260


def read_ours(name: str) -> list[list[str]]:
    """Rows of a tab-separated file of ours; none where it is not there."""
    path = OURS / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_sentences(learner: str) -> list[tuple[str, str, str]]:
    """Place, Chinese and English question of the rows of `sentences.tsv` that `learner` (encoder, ranker) learns from.

    The ranker's own, that it may weigh cosines of questions which the encoder has not seen.
    """
    return [(place, zh, en) for place, zh, en, of in read_ours("sentences.tsv") if of == learner]


def read_near(learner: str) -> list[tuple[str, str, str]]:
    """Place, Chinese and English question of the rows of `near-misses.tsv` that `learner` learns from."""
    return [(place, zh, en) for place, zh, en, _, of in read_ours("near-misses.tsv") if of == learner]


@dataclass(frozen=True, slots=True)
class Twin:
    """Two questions of one form over one report: `zh` and `en` ask what one of its sentences says, the others do not.

    Attributes:
        report: its name.
        answer: id of the sentence that answers.
        tempting: id of the sentence that is likeliest to be taken for an answer to the other.
    """

    report: str
    answer: str
    zh: str
    en: str
    other_zh: str
    other_en: str
    tempting: str


def read_twins(learner: str) -> list[Twin]:
    """The rows of `twins.tsv` that `learner` learns from."""
    return [
        Twin(report, answer, zh, en, other_zh, other_en, tempting)
        for report, answer, zh, en, other_zh, other_en, _, tempting, of in read_ours("twins.tsv")
        if of == learner
    ]


def read_broad(learner: str) -> list[tuple[str, str, str, list[str], list[str]]]:
    """Of `broad.tsv`: report, question in Chinese and in English, ids of all sentences that answer, ids that tempt."""
    rows = read_ours("broad.tsv")
    return [(name, zh, en, ids.split(), tempt.split()) for name, _, zh, en, ids, tempt, of in rows if of == learner]


def read_off_topic(learner: str) -> list[tuple[str, str]]:
    """Of `off-topic.tsv`: questions that no report answers, in Chinese and in English."""
    return [(zh, en) for zh, en, of in read_ours("off-topic.tsv") if of == learner]


def read_pairs(name: str) -> list[tuple[str, str]]:
    """Rows of a two-column file of ours; none where it is not there."""
    return [(a, b) for a, b in read_ours(name)]


def read_lines(path: Path) -> list[str]:
    """Lines of a file. Raises UsageError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault.strerror}.", "See index/sources.py.") from fault


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a file of JSON lines. Raises UsageError where it cannot be read."""
    return [json.loads(line) for line in read_lines(path) if line]


def drcd(data: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Id, text and questions of each paragraph of DRCD."""
    for article in json.loads((data / "bench" / "DRCD_dev.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["id"], paragraph["context"], paragraph["qas"]


def windows(text: str) -> list[tuple[int, int]]:
    """Spans of whole sentences of 150 to 330 characters together, one after the other."""
    found, start, end = [], 0, 0
    shortest, longest = _WINDOW
    for sentence in SENTENCE.finditer(text):
        if sentence.end() - start > longest:
            found.append((start, end))
            start = sentence.start()
        end = sentence.end()
    return [(a, b) for a, b in [*found, (start, end)] if shortest <= b - a <= longest]


def opening(text: str) -> str:
    """The first whole sentences, up to 260 characters; the first in any case."""
    kept = ""
    for sentence in SENTENCE.findall(" ".join(text.split())):
        if kept and len(kept) + len(sentence) > _OPENING:
            break
        kept += sentence
    return kept
