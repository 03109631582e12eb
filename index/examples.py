"""What the encoder learns from: public data → two files of folded examples, and the proof that no test is among them.

`parallel.jsonl` holds `{"zh", "en", "source"}`: a Chinese text and its English rendering, from sentences to
blocks of six. `passages.jsonl` holds `{"zh", "en"?, "passage", "also", "negatives", "source"}`: a question in one or
two languages, a passage that answers it as a list of pieces, further passages that answer it, and ones that do not.

`index/sources.py` says where the data is to be had.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.fold import fold
from index.glosses import read_cedict
from index.passages import passages
from index.questions import load as load_questions
from index.sources import drcd, opening, read_ours, read_pairs, read_rows, read_sentences

BLOCKS = (2, 3, 4, 6)
_DOCS = 2000
_GLOSSES = 20000
_NGRAM = 13
_MARKUP = re.compile(r"[`:_|<>\\*\[\]]")


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
    news = read_rows(data / "train" / "wmt-news.zh-en.jsonl")
    yield from _translated(news, "wmt")
    yield from _translated(_blocks(news, draw), "wmt-blocks")
    for name in ("tatoeba", "ted"):
        yield from _translated(read_rows(data / "train" / f"{name}.zh-en.jsonl"), name)
    docs = [row for row in read_rows(data / "train" / "python-docs.zh-en.jsonl") if not _MARKUP.search(row["en"])]
    yield from _translated(draw.sample(docs, min(_DOCS, len(docs))), "python-docs")
    glosses = list(_glosses())
    yield from _translated(draw.sample(glosses, min(_GLOSSES, len(glosses))), "cedict")
    questions = [q for q in load_questions() if q.split == "train"]
    yield from _translated(({"zh": q.zh, "en": q.en} for q in questions), "questions")
    yield from _translated(({"zh": zh, "en": en} for zh, en in read_pairs("evidence.en.tsv")), "evidence")
    english = dict(read_pairs("drcd.en.tsv"))
    asked = (question for _, _, some in drcd(data) for question in some)
    yield from _translated(({"zh": q["question"], "en": english[q["id"]]} for q in asked if q["id"] in english), "drcd")
    openings = dict(read_pairs("drcd-openings.en.tsv"))
    opened = ({"zh": opening(text), "en": openings[id_]} for id_, text, _ in drcd(data) if id_ in openings)
    yield from _translated(opened, "drcd-openings")
    for source, rows in (("news", read_ours("news.tsv")), ("sentences", read_sentences("encoder"))):
        yield from _translated(({"zh": zh, "en": en} for _, zh, en in rows), f"{source}-questions")


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
