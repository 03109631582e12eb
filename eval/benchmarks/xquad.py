"""XQuAD: each question is to find its own paragraph among 240, within and across languages.

`xquad.en.json` and `xquad.zh.json` (Artetxe et al., "On the Cross-lingual Transferability of Monolingual
Representations", ACL 2020; https://github.com/google-deepmind/xquad, CC BY-SA 4.0): 240 paragraphs and 1,190
questions, the same in both languages.

It is a test: nothing is trained on it or chosen by it.
"""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.tasks import Task, read_squad, retrieval

FILES = ("xquad.en.json", "xquad.zh.json")


def load(folder: Path) -> list[Task]:
    """English and Chinese questions over Chinese paragraphs, English over English. Raises UsageError for bad files."""
    en, zh = (read_squad(folder / name) for name in FILES)
    return [
        retrieval("XQuAD en→zh", en, zh, "zh"),
        retrieval("XQuAD zh→zh", zh, zh, "zh"),
        retrieval("XQuAD en→en", en, en, "en"),
    ]
