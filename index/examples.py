"""What the encoder learns from: public data → two files of folded examples, and the proof that no test is among them.

`parallel.jsonl` holds `{"zh", "en", "source"}`: a Chinese text and its English rendering, from sentences to
blocks of six. `passages.jsonl` holds `{"zh", "en"?, "passage", "also", "negatives", "source"}`: a question in one or
two languages, a passage that answers it as a list of pieces, further passages that answer it, and ones that do not.

DATA_DIR has the layout of `SOURCES`; each file is public:

* WMT news tests 2017-2024 without 2019 (https://www2.statmt.org/wmt24/, `sacrebleu`): `train/wmt-news.zh-en.jsonl`
* Tatoeba (https://tatoeba.org, CC BY 2.0 FR) and TED: `train/tatoeba.zh-en.jsonl`, `train/ted.zh-en.jsonl`
* Python's documentation in Chinese (https://github.com/python/python-docs-zh-cn): `train/python-docs.zh-en.jsonl`
* questions on policy documents (DataFountain 424, 2020): `train/covid-policy-qa.zh.jsonl`
* DRCD dev (https://github.com/DRCKnowledgeTeam/DRCD, CC BY-SA 3.0): `bench/DRCD_dev.json`
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.fold import fold
from corpus.readers import KINDS, read_text
from corpus.structure import parse
from index.glosses import read_cedict
from index.lexical import Lexical
from index.questions import load as load_questions
from index.splitter import ClauseSplitter
from index.tokens import chinese_question_terms, chinese_terms

TRANSLATIONS = Path(__file__).parent / "training"
BLOCKS = (2, 3, 4, 6)
_DOCS = 2000
_GLOSSES = 20000
_POLICY = 1500
_BM25_NEGATIVES = 4
_NGRAM = 13
_MARKUP = re.compile(r"[`:_|<>\\*\[\]]")
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Passage:
    """A question and what answers it.

    Attributes:
        zh: the question in Chinese, folded; "" where there is none.
        en: the question in English; "" where there is none.
        passage: the pieces of the passage that answers; it scores as its best piece does.
        also: other passages that answer, never to be taken as wrong.
        negatives: passages that do not answer.
        source: where it is from.
    """

    zh: str
    en: str
    passage: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()
    negatives: tuple[tuple[str, ...], ...] = ()
    source: str = field(default="", compare=False)


def prepare(data: Path, reports: Path, out: Path, tests: Sequence[Path], seed: int = 1) -> dict[str, int]:
    """Write `parallel.jsonl` and `passages.jsonl`; returns how many examples each source gave.

    Args:
        data: the folder with the public sets.
        reports: the folder with the reports that the training questions are about.
        out: the folder to write.
        tests: files whose texts must not be learnt from: an example that shares 13 Chinese characters in a row with
            one of them, or 13 English words, is left out.
        seed: of every draw.
    """
    held_out = Shingles.of_files(tests)
    counts: dict[str, int] = {}
    out.mkdir(parents=True, exist_ok=True)
    rows: Iterable[dict[str, Any]]
    for name, rows in (("parallel", parallel(data, seed)), ("passages", passages(data, reports, seed))):
        with (out / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                source = f"{name}:{row['source']}"
                if held_out.shared_with(json.dumps(row, ensure_ascii=False)):
                    source += ", left out: overlaps a test"
                else:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                counts[source] = counts.get(source, 0) + 1
    return counts


def parallel(data: Path, seed: int) -> Iterator[dict[str, Any]]:
    """Chinese texts with their English, every source in a fixed order."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    news = _rows(data / "train" / "wmt-news.zh-en.jsonl")
    yield from _translated(news, "wmt")
    yield from _translated(_blocks(news, draw), "wmt-blocks")
    for name in ("tatoeba", "ted"):
        yield from _translated(_rows(data / "train" / f"{name}.zh-en.jsonl"), name)
    docs = [row for row in _rows(data / "train" / "python-docs.zh-en.jsonl") if not _MARKUP.search(row["en"])]
    yield from _translated(draw.sample(docs, min(_DOCS, len(docs))), "python-docs")
    glosses = list(_glosses())
    yield from _translated(draw.sample(glosses, min(_GLOSSES, len(glosses))), "cedict")
    questions = [q for q in load_questions() if q.split == "train"]
    yield from _translated(({"zh": q.zh, "en": q.en} for q in questions), "questions")
    yield from _translated(({"zh": zh, "en": en} for zh, en in read_pairs("evidence.en.tsv")), "evidence")
    english = dict(read_pairs("drcd.en.tsv"))
    asked = (question for _, some in _drcd(data) for question in some)
    yield from _translated(({"zh": q["question"], "en": english[q["id"]]} for q in asked if q["id"] in english), "drcd")


def passages(data: Path, reports: Path, seed: int) -> Iterator[dict[str, Any]]:
    """Questions with what answers them."""
    yield from _report_questions(reports)
    english = dict(read_pairs("drcd.en.tsv"))
    for context, questions in _drcd(data):
        for question in questions:
            row: dict[str, Any] = {"zh": fold(question["question"]), "en": english.get(question["id"], "")}
            yield row | {"passage": [fold(context)], "also": [], "negatives": [], "source": "drcd"}
    policy = _rows(data / "train" / "covid-policy-qa.zh.jsonl")
    for row in random.Random(seed).sample(policy, min(_POLICY, len(policy))):  # noqa: S311 - a sample, no secret
        found: dict[str, Any] = {"zh": fold(row["question"]), "en": "", "passage": [fold(row["answer"])]}
        yield found | {"also": [], "negatives": [], "source": "covid-policy"}


def read_pairs(name: str) -> list[tuple[str, str]]:
    """Rows of a two-column file of ours, or none where it is not there."""
    path = TRANSLATIONS / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(a, b) for a, b in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


@dataclass(frozen=True)
class Shingles:
    """The runs of 13 Chinese characters, or 13 English words, of some texts, folded."""

    found: frozenset[int]
    digests: Mapping[str, str]

    @classmethod
    def of_files(cls, files: Sequence[Path]) -> Shingles:
        """Of whole files, whatever their format: mark-up breaks no run of Chinese.

        Raises:
            UsageError: a file cannot be read.
        """
        found: set[int] = set()
        digests = {}
        for path in files:
            try:
                content = path.read_bytes()
            except OSError as fault:
                raise UsageError(f"{path} cannot be read: {fault.strerror}.") from fault
            digests[path.name] = hashlib.sha256(content).hexdigest()
            found |= shingles(_unescaped(content.decode("utf-8")))
        return cls(frozenset(found), digests)

    def shared_with(self, text: str) -> bool:
        """Whether a run of `text` is among them."""
        return not self.found.isdisjoint(shingles(text)) if self.found else False


def shingles(text: str) -> set[int]:
    """Hashes of the runs of 13 Han characters and of 13 Latin words, folded; punctuation breaks no run."""
    folded = fold(text).lower()
    units = re.findall(r"[a-z0-9]+|[\u3400-\u9fff]", folded)
    runs: set[int] = set()
    for han in (True, False):
        one = [unit for unit in units if (unit > "z") == han]
        joined = ("\x1f".join(one[at : at + _NGRAM]) for at in range(len(one) - _NGRAM + 1))
        runs.update(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) for run in joined)
    return runs


def check_overlap(data: Path, against: Sequence[Path]) -> dict[str, Any]:
    """How many rows of each training file share a run with a held-out file, with the digests of all files."""
    held_out = Shingles.of_files(against)
    found: dict[str, Any] = {"against": dict(held_out.digests), "files": {}}
    for path in sorted(data.glob("*.jsonl")):
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        found["files"][path.name] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "rows": len(lines),
            "overlapping": sum(held_out.shared_with(line) for line in lines),
        }
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)


def _translated(rows: Iterable[Mapping[str, str]], source: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"zh": fold(row["zh"]), "en": row["en"], "source": source}


def _blocks(rows: Sequence[Mapping[str, str]], draw: random.Random) -> Iterator[dict[str, str]]:
    """Sentences that follow each other in one document set, joined."""
    at = 0
    while at < len(rows):
        block = [row for row in rows[at : at + draw.choice(BLOCKS)] if row["set"] == rows[at]["set"]]
        at += len(block)
        yield {"zh": "".join(row["zh"] for row in block), "en": " ".join(row["en"] for row in block)}


def _glosses() -> Iterator[dict[str, str]]:
    """Words of three characters or more with their first gloss; shorter words mean too many things."""
    dictionary = read_cedict()
    for word in dictionary.words():
        gloss = next(iter(dictionary.glosses(word)), "")
        if len(word) > 2 and len(gloss) > 3:
            yield {"zh": word, "en": gloss}


def _report_questions(reports: Path) -> Iterator[dict[str, Any]]:
    files = {path.stem: path for path in sorted(reports.rglob("*")) if path.suffix.lower() in KINDS}
    splitter = ClauseSplitter(_LONGEST, len)
    sentences: dict[str, list[str]] = {}
    postings: dict[str, Lexical] = {}

    def cut(sentence: str) -> list[str]:
        return [fold(piece) for piece in splitter.split_text(sentence)]

    for question in load_questions():
        name = question.report
        if question.kind != "need" or question.split != "train":
            continue
        if name not in sentences:
            paragraphs = parse(read_text(files[name])).paragraphs
            sentences[name] = list(dict.fromkeys(s.text.strip() for p in paragraphs for s in p.sentences))
            postings[name] = Lexical.fit([chinese_terms(fold(sentence)) for sentence in sentences[name]])
        scores = postings[name].scores(chinese_question_terms(fold(question.zh)))
        ranked = [sentences[name][n] for n in sorted(range(len(scores)), key=lambda n: (-scores[n], n))]
        near = [text for text in ranked[: _BM25_NEGATIVES * 2] if text not in question.evidence]
        wrong = list(dict.fromkeys([*question.negatives, *near[:_BM25_NEGATIVES]]))
        for sentence in question.evidence:
            yield {
                "zh": fold(question.zh),
                "en": question.en,
                "passage": cut(sentence),
                "also": [cut(other) for other in question.evidence if other != sentence],
                "negatives": [cut(other) for other in wrong],
                "source": "report-questions",
            }


def _drcd(data: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for article in json.loads((data / "bench" / "DRCD_dev.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], paragraph["qas"]


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except OSError as fault:
        raise UsageError(
            f"{path} cannot be read: {fault.strerror}.", "See index/examples.py for the sources."
        ) from fault
