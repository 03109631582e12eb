"""CMRC 2018, development part: each Chinese question is to find its own paragraph among 848.

`cmrc2018_dev.json`, in SQuAD's format (Cui et al., "A Span-Extraction Dataset for Chinese Machine Reading
Comprehension", EMNLP 2019; https://github.com/ymcui/cmrc2018, `squad-style-data/cmrc2018_dev.json`, CC BY-SA 4.0):
848 paragraphs of Chinese Wikipedia and 3,219 questions, written in Chinese.

It is a test: nothing is trained on it or chosen by it.
"""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.tasks import Task, read_squad, retrieval

FILES = ("cmrc2018_dev.json",)


def load(folder: Path) -> list[Task]:
    """Chinese questions over Chinese paragraphs. Raises UsageError for a bad file."""
    some = read_squad(folder / FILES[0])
    return [retrieval("CMRC 2018 zh→zh", some, some, "zh")]
