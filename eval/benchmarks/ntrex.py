"""NTREX: each sentence is to find its translation among 1,997, both ways.

`ntrex.en-zho-CN.jsonl`, one `{"en", "zh"}` a line: the lines of `newstest2019-src.eng.txt` beside those of
`newstest2019-ref.zho-CN.txt` (Federmann et al., "NTREX-128: News Test References for MT Evaluation of 128 Languages",
SumEval 2022; https://github.com/MicrosoftTranslator/NTREX, CC BY-SA 4.0).

It is a test: nothing is trained on it or chosen by it. Its English side is WMT's newstest2019.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from eval.benchmarks.tasks import Task, mrr_and_hit, reading

FILES = ("ntrex.en-zho-CN.jsonl",)


def load(folder: Path) -> list[Task]:
    """English sentences over Chinese ones, and Chinese over English. Raises UsageError for a bad file."""
    path = folder / FILES[0]
    with reading(path, 'of {"en", "zh"} lines'):
        pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        en = tuple(fold(pair["en"]) for pair in pairs)
        zh = tuple(fold(pair["zh"]) for pair in pairs)
        if not pairs:
            raise ValueError("no pair in it")
    measure = partial(_accuracy, answers=range(len(pairs)))
    return [Task("NTREX en→zh acc@1", en, zh, "zh", measure), Task("NTREX zh→en acc@1", zh, en, "en", measure)]


def _accuracy(scores: NDArray[np.float32], answers: range) -> tuple[float, ...]:
    return mrr_and_hit(scores, answers)[1:]
