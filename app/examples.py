"""Questions to begin with, by topic, in both languages: of the reports that come with the project."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_Topic = tuple[tuple[str, str], tuple[str, ...], tuple[str, ...]]
_TOPICS: dict[str, tuple[_Topic, ...]] = {
    "hohhot-2021": (
        (
            ("Environment", "生态"),
            ("What does the plan say about clean heating?", "What forest coverage was reached?"),
            ("清洁取暖怎么做？", "森林覆盖率达到多少？"),
        ),
        (
            ("Economy", "经济"),
            ("Which six industrial clusters will be fostered?", "What will the Horinger New Area focus on?"),
            ("培育哪六大产业集群？", "和林格尔新区重点发展什么？"),
        ),
        (
            ("City", "城市"),
            ("How many old residential compounds were renovated?", "Which metro lines are in operation?"),
            ("改造了多少老旧小区？", "地铁建设情况如何？"),
        ),
        (
            ("Schools", "教育"),
            ("How many public kindergartens will be added?",),
            ("新增多少所公办幼儿园和中小学？",),
        ),
        (
            ("The report", "报告"),
            ("Who gave this report, and when?",),
            ("这份报告是谁作的？",),
        ),
    ),
}


def topics(reports: Collection[str]) -> Iterator[tuple[tuple[str, str], dict[str, tuple[str, ...]]]]:
    """Each topic's name in English and Chinese, and its questions by language, of the reports that are there."""
    for report, rows in _TOPICS.items():
        if report in reports:
            yield from ((topic, {"en": english, "zh": chinese}) for topic, english, chinese in rows)
