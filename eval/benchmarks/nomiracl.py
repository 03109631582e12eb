"""NoMIRACL, development part, Chinese and English: does a passage's score tell a question that can be answered?

`nomiracl.{zh,en}.{relevant,non_relevant}.dev.jsonl`, one `{"query", "passages": [{"title", "text"}]}` a line (Thakur
et al., "Knowing When You Don't Know", Findings of EMNLP 2024; https://huggingface.co/datasets/miracl/nomiracl,
Apache-2.0): a question with ten retrieved passages, of which some ("relevant") or none ("non_relevant") answers it.

A question's score is that of the best of its own passages. Two figures, which need no threshold chosen beforehand,
since this part of the set has none to train on: AUC, the chance that an answerable question scores above an
unanswerable one (0.5 is blind guessing), and EER, the equal error rate: the share of false answers, and of false
refusals, at the threshold that makes them equal, which is found on these very questions. The product's own refusal is
another thing (`app.abstain`: several signals, fitted to reports) and is not measured here.

It is a test: nothing is trained on it or chosen by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from eval.benchmarks.tasks import Task, reading
from eval.metrics import auc
from index.chunk import View

FILES = tuple(f"nomiracl.{lang}.{part}.dev.jsonl" for lang in get_args(View) for part in ("relevant", "non_relevant"))


def load(folder: Path) -> list[Task]:
    """Questions over the passages of all questions, in each language. Raises UsageError for bad files."""
    return [_task(folder, lang) for lang in get_args(View)]


def _task(folder: Path, lang: View) -> Task:
    answerable, passages = _read(folder / f"nomiracl.{lang}.relevant.dev.jsonl")
    unanswerable, others = _read(folder / f"nomiracl.{lang}.non_relevant.dev.jsonl")
    own = np.cumsum([0, *map(len, passages + others)])
    texts = tuple(text for ten in passages + others for text in ten)
    measure = partial(auc_and_eer, own=own.tolist(), answerable=len(answerable))
    name = f"NoMIRACL {lang} AUC / EER"
    return Task(name, (*answerable, *unanswerable), texts, lang, measure, across=True)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Questions, and the passages of each, behind their titles."""
    with reading(path, 'of {"query", "passages"} lines'):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        questions = [fold(row["query"]) for row in rows]
        passages = [[fold(f"{p['title']}: {p['text']}") for p in row["passages"]] for row in rows]
        if not rows or not all(passages):
            raise ValueError("no question in it, or one without passages")
    return questions, passages


def auc_and_eer(scores: NDArray[np.float32], own: Sequence[int], answerable: int) -> tuple[float, float]:
    """Area under the ROC curve and equal error rate of the best own passage's score.

    Args:
        scores: shape (questions, passages), answerable questions first.
        own: passages `[own[i], own[i + 1])` are those of question `i`.
        answerable: how many questions are.
    """
    best = np.array([row[a:b].max() for row, a, b in zip(scores, own, own[1:], strict=False)])
    yes, no = best[:answerable], best[answerable:]
    rates = [((no >= t).mean(), (yes < t).mean()) for t in (*np.unique(best), np.inf)]
    false_answers, false_refusals = min(rates, key=lambda pair: abs(pair[0] - pair[1]))
    return auc(np.concatenate([yes, no]), np.arange(len(yes) + len(no)) < len(yes)), float(
        (false_answers + false_refusals) / 2
    )
