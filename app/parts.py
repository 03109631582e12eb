"""A question that asks two things → the things it asks, in its own words: what has opened, and what is next?

By question marks, commas and closed lists of question words; a stretch that asks nothing belongs to what it stands
beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.needs import time_asked

_ASKS_ZH = re.compile(
    "多少|(?<!好)几(?!乎|何|十|年)|哪(?!怕)|什么|啥|咋|(?<!不)怎么|怎样|如何|谁(?![都也])|何时|为何|是否|多[大长久高远](?![学家数])|"
    "吗|没有?(?=$|[?？])|(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)"
)
_TOPIC_ZH = re.compile("^[^,，]{1,12}呢$")
_CUT_ZH = re.compile("[?？!！。;；,，]+")
_AUX = "is|are|was|were|will|would|did|does|do|has|have|had|can|could|should"
_ASKS_EN = re.compile(rf"\b(?:what|which|who|whose|where|when|why|how)\b|^(?:{_AUX})\b(?!['’]t)", re.IGNORECASE)
_CUT_EN = re.compile(
    r"[?!]+\s+|(?<=[a-z\d)])[.;] +(?=[A-Z])|"
    rf"[,;]? (?:and|but|or) (?=(?:what|which|who|where|when|why|how|{_AUX})\b(?!['’]t))",
    re.IGNORECASE,
)
_TAIL_EN = re.compile(r",? (?:and|but|or)$", re.IGNORECASE)
_NEXT = re.compile(
    r"\b(?:next|still|more|left|from now on|carry on|continue)\b|"
    "还(?:要|有|会|再|接着)|后面|后头|接下来|接着|下一步|以后|今后|往后",
    re.IGNORECASE,
)
_EMPTY_ZH = re.compile(
    "以后|今后|往后|后面|后头|后来|接下来|接着|下一?步|下一个?|将来|未来|目前|现在|原来|原先|以前|之前|过去|已经|[一二三四五六七八九十\\d]+年|"
    "准备|打算|计划|安排|任务|目标|规划|措施|具体|分别|各自|主要|侧重|一共|总共|什么样?|哪些?|哪里|哪[几家个]|多少|几[个家]|怎么样?|怎样|如何|"
    "程度|进展|情况|报告|轮到|名字|办法|里面|这个|那个|[又还再也都要会能想有是做干建修搞弄办改打说讲叫用啥吗呢吧的了着过到得在给让就被把没不]"
)
_EMPTY_WORDS = (
    "be been what which who whom whose where when why how the a an any some each all it its that this these those "
    "they them their there he his one ones more next left now still then else another other others to for of in "
    "on at by with from about and or but so far yet much many long done do doing built build made make planned "
    "plan plans come comes coming going happen happens supposed meant intend intends expected step carry begin "
    "before after finish finished improve start further up down exactly anyone you"
)
_EMPTY_EN = re.compile(rf"\b(?:{_AUX}|{'|'.join(_EMPTY_WORDS.split())})\b(?:['’]s)?", re.IGNORECASE)
_SHORTEST = {"zh": re.compile("[\u4e00-\u9fff]"), "en": re.compile(r"[\w'’-]+")}
_LEAST = {"zh": 4, "en": 2}


def parts(question: str, lang: str) -> tuple[str, ...]:
    """The things that a question asks, in order; the question alone where it asks one.

    Args:
        question: folded.
        lang: its language, `zh` or `en`.
    """
    cut, asks = (_CUT_ZH, _ASKS_ZH) if lang == "zh" else (_CUT_EN, _ASKS_EN)
    edges = [0, *(match.end() for match in cut.finditer(question)), len(question)]
    found: list[str] = []
    carried = ""
    for start, end in zip(edges, edges[1:], strict=False):
        stretch = carried + question[start:end]
        said = question[start:end].strip(" ,，;；?？!！。")
        carried = ""
        # 学校呢? leads to what follows, or asks where nothing does.
        topic = lang == "zh" and bool(_TOPIC_ZH.match(said))
        if asks.search(said) or (topic and not question[end:]):
            found.append(stretch)
        elif topic:
            carried = stretch
        elif found:
            found[-1] += stretch
        else:
            carried = stretch
    whole = (
        [_TAIL_EN.sub("", part.strip(" ,，;；")) for part in [*found[:-1], found[-1] + carried]]
        if found
        else [question]
    )
    full = all(len(_SHORTEST[lang].findall(part)) >= _LEAST[lang] for part in whole)
    return tuple(whole) if full else (question,)


def is_thin(part: str, lang: str) -> bool:
    """Whether a part names nothing of its own (以后还要修吗, what comes next): it is about what the whole one is."""
    left = (_EMPTY_ZH if lang == "zh" else _EMPTY_EN).sub("", part)
    return not re.search(r"[\u4e00-\u9fff]{2}" if lang == "zh" else r"[a-z]{3}", left, re.IGNORECASE)


def times(asked: Sequence[str]) -> tuple[int, ...]:
    """Of each of two things asked, which time it is about: -1 what has been, 1 what is to come; 0 where neither shows.

    Where one asks what comes next, the other is about what has been: how many are built, and what is next?
    """
    found = [time_asked(part) or bool(_NEXT.search(part)) for part in asked]
    if len(found) != 2 or found[0] == found[1]:
        return (0,) * len(found)
    if 0 in found and not _NEXT.search(asked[found.index(1)] if 1 in found else ""):
        return (0, 0)
    return tuple(int(time) or -1 for time in found)
