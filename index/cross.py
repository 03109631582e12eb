"""A cross-encoder: the question and a sentence read together, word beside word (Nogueira and Cho, arXiv:1901.04085).

The question, the sentence and what is said of where it stands go in as one sequence. The network is an ONNX graph with
its matrices in eight bits, made by `index.cross_network`; the rows of its words are the encoder's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

Pair: TypeAlias = tuple[str, str, str]
"""A question, a sentence and its context (`index.chunk.Excerpt`), folded; the last may be empty."""

# onnxruntime reads this when it is imported; else it sends its makers what machine this is.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

WORDS = "embeddings.word_embeddings.weight"
_QUESTION, _SENTENCE, _CONTEXT = 48, 128, 40
MOST_TOKENS = _QUESTION + _SENTENCE + _CONTEXT + 4


class Row(NamedTuple):
    """A pair as numbers, each of shape (tokens,).

    Attributes:
        input_ids: token numbers.
        token_type_ids: 0 up to the end of the question, 1 after it.
        asked: 1 where the question stands.
        said: 1 where the sentence stands.
    """

    input_ids: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    asked: NDArray[np.float32]
    said: NDArray[np.float32]


class PairTokenizer:
    """Pairs → token numbers: `[CLS] question [SEP] sentence [SEP] context [SEP]`, each clipped if it is too long."""

    def __init__(self, encoder: Path) -> None:
        """With the vocabulary of the encoder in that folder."""
        self._tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._begin, self._end = (int(self._tokenizer.token_to_id(token) or 0) for token in ("[CLS]", "[SEP]"))

    def row(self, pair: Pair) -> Row:
        """One pair as numbers."""
        asked, said, around = (
            self._tokenizer.encode(text, add_special_tokens=False).ids[:most]
            for text, most in zip(pair, (_QUESTION, _SENTENCE, _CONTEXT), strict=True)
        )
        ids = [self._begin, *asked, self._end, *said, self._end, *([*around, self._end] if around else [])]
        place = np.arange(len(ids))
        second = place >= len(asked) + 2
        return Row(
            np.array(ids),
            second.astype(np.int64),
            ((place >= 1) & (place <= len(asked))).astype(np.float32),
            (second & (place < len(asked) + 2 + len(said))).astype(np.float32),
        )


class CrossEncoder:
    """Question, sentence and context → log-odds that the sentence answers, not calibrated."""

    def __init__(self, encoder: Path, graph: Path) -> None:
        """With the words of the encoder in that folder and the network of that file, on one thread.

        Raises:
            OSError, SafetensorError, ValueError: a file is missing or damaged.
        """
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = 1
        content = graph.read_bytes()
        try:
            self._session = InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as fault:  # onnxruntime's have no base of their own
            raise ValueError(f"{graph.name} is damaged") from fault
        self._tokenizer = PairTokenizer(encoder)
        with safe_open(encoder / "model.safetensors", "numpy") as file:
            self._words: NDArray[np.float16] = file.get_tensor(WORDS)

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Log-odds, shape (len(pairs),); each pair is read by itself, so that no other one changes what it gets."""
        return np.array([self._one(self._tokenizer.row(pair)) for pair in pairs], dtype=np.float64)

    def _one(self, row: Row) -> float:
        inputs = row._asdict()
        inputs["inputs_embeds"] = self._words[inputs.pop("input_ids")].astype(np.float32)
        (odds,) = self._session.run(["odds"], {name: value[None] for name, value in inputs.items()})
        return float(odds[0])
