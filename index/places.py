"""Which places of China a question names, in Chinese."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("places.txt")
_KINDS = "市县区旗"
_SHORT = dict(
    pair.split(":")
    for pair in "上海:沪 重庆:渝 河北:冀 山西:晋 安徽:皖 福建:闽 江西:赣 山东:鲁 河南:豫 湖北:鄂 湖南:湘 广东:粤 "
    "广西:桂 海南:琼 贵州:黔 内蒙古:蒙 香港:港 澳门:澳 北京:京 天津:津 江苏:苏 广州:穗".split()
)
"""What a place is called for short where that is not its first character."""
_OF_ALL = {
    "全区": "内蒙古 广西 西藏 宁夏 新疆",
    "全省": "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 "
    "四川 贵州 云南 陕西 甘肃 青海",
}
"""What a report says for all of a region (自治区) or province → those."""


@lru_cache(maxsize=1024)
def places(text: str) -> tuple[str, ...]:
    """The places that a folded Chinese text names, in its order; of names that overlap the first, and the longest."""
    names, longest = _names()
    found, at = [], 0
    while at < len(text):
        name = next((text[at : at + n] for n in range(longest, 1, -1) if text[at : at + n] in names), "")
        found += [name] if name else []
        at += len(name) or 1
    return tuple(found)


def is_spoken_of(place: str, text: str) -> bool:
    """Whether a folded text speaks of a place: by name, with or without its kind, or for short (全区, 京呼高铁)."""
    stem = place[:-1] if place[-1] in _KINDS and len(place) > 2 else place
    if stem in text or any(stem in those.split() and of_all in text for of_all, those in _OF_ALL.items()):
        return True
    short = _SHORT.get(stem, stem[0])
    return stem in _names()[0] and bool(re.search(f"{short}[{_shorts()}]|[{_shorts()}]{short}", text))


@cache
def _names() -> tuple[frozenset[str], int]:
    """All names, and the length of the longest."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    names = frozenset(line for line in lines if line and not line.startswith("#"))
    return names, max(map(len, names))


@cache
def _shorts() -> str:
    """What places that are called without their kind are called for short."""
    return "".join(sorted({_SHORT.get(name, name[0]) for name in _names()[0] if name[-1] not in _KINDS}))
