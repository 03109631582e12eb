"""Chinese words by jieba, for baselines and for making training data; the product does without."""

from __future__ import annotations

import logging
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any


@cache
def segmenter() -> Any:  # noqa: ANN401 - jieba has no types
    """A loaded `jieba.Tokenizer`. Raises ModuleNotFoundError where jieba is not installed."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # It leaves its cache in the shared temporary folder unless told of another.
    with TemporaryDirectory() as tokenizer.tmp_dir:
        tokenizer.initialize()
    return tokenizer


@cache
def tagger() -> Any:  # noqa: ANN401
    """The same with parts of speech: a `jieba.posseg.POSTokenizer`."""
    from jieba.posseg import POSTokenizer

    return POSTokenizer(segmenter())
