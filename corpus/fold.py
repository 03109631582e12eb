"""One folding of text for searching, for documents and questions alike. Never for quoting."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

_RATIO = str.maketrans("∶", ":")


@cache
def _to_simplified() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Fold the ways of writing one thing into one.

    Unicode NFKC (full-width forms, compatibility ideographs), the ratio sign U+2236 as a colon, traditional
    Chinese as simplified (OpenCC `t2s`). The result need not be as long as `text`: offsets do not survive.

    The sentences of a report are read again with every question: what was folded lately is kept.
    """
    return str(_to_simplified().convert(unicodedata.normalize("NFKC", text).translate(_RATIO)))
