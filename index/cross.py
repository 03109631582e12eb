"""A cross-encoder: the question and a sentence read together, word beside word (Nogueira and Cho, arXiv:1901.04085).

It is the encoder's own network, trained further; its word table is the encoder's and is not stored again. Both texts
go in as one sequence; the states of either are averaged, and a small head reads the two means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel

Pair: TypeAlias = tuple[str, str]
"""A question and a sentence, folded."""

_QUESTION, _SENTENCE = 48, 128
_AT_ONCE = 256
_WORDS = "embeddings.word_embeddings.weight"
_SPREAD = 4.0


class CrossEncoder(nn.Module):
    """Pairs of question and sentence → log-odds that the sentence answers, not calibrated."""

    def __init__(self, encoder: Path, weights: Path | None = None) -> None:
        """Start from the encoder's folder; with `weights`, as `write` saved them, be that model.

        Raises:
            OSError, SafetensorError, RuntimeError: a file is missing, damaged or of another network.
        """
        super().__init__()
        dry = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        config = BertConfig.from_pretrained(str(encoder), vocab_size=1, attn_implementation="eager", **dry)
        self.bert: Any = BertModel(config, add_pooling_layer=False)
        self.mix, self.odds = nn.Linear(4 * config.hidden_size, config.hidden_size), nn.Linear(config.hidden_size, 1)
        self.alike = nn.Parameter(torch.tensor(_SPREAD))
        with safe_open(encoder / "model.safetensors", "pt") as file:
            words = file.get_tensor(_WORDS)
            if weights is None:
                known = self.bert.state_dict()
                body = {name: file.get_tensor(name).float() for name in known if name != _WORDS}
                self.bert.load_state_dict(body, strict=False)
            else:
                stored = {name: row.float() for name, row in load_file(weights).items()}
                self.load_state_dict(stored | {f"bert.{_WORDS}": self.bert.embeddings.word_embeddings.weight})
        table = nn.Embedding(len(words), config.hidden_size, padding_idx=0, _weight=words)
        self.bert.embeddings.word_embeddings = table.requires_grad_(False)
        self.tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._begin, self._end = (int(self.tokenizer.token_to_id(token) or 0) for token in ("[CLS]", "[SEP]"))
        self.eval()

    def write(self, path: Path) -> None:
        """Save all but the word table, in half precision."""
        save_file({n: w.half().contiguous() for n, w in self.state_dict().items() if n != f"bert.{_WORDS}"}, path)

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor, asked: Tensor, said: Tensor) -> Tensor:
        """Log-odds, shape (pairs,); every argument has the shape (pairs, tokens), as `_batch` makes them."""
        states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state.float()
        q, s = (F.normalize((states * part[..., None]).sum(1), dim=1) for part in (asked, said))
        both = torch.cat([q, s, q * s * q.shape[1] ** 0.5, (q - s).abs()], dim=1) * _SPREAD
        return self.odds(F.gelu(self.mix(both)))[:, 0] + self.alike * (q * s).sum(1)  # type: ignore[no-any-return]

    def scores(self, pairs: Sequence[Pair], tokens: int = 1024) -> Tensor:
        """Log-odds of each pair, shape (len(pairs),), with gradients.

        Pairs of like lengths go through together, up to so many tokens with padding.
        """
        rows = [self._row(*pair) for pair in pairs]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n][0]))
        found = torch.cat([self(*_batch([rows[n] for n in some])) for some in _groups(order, rows, tokens)])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return found[back]

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """What `scores` gives, as numbers, shape (len(pairs),)."""
        if not pairs:
            return np.zeros(0)
        with torch.inference_mode():
            return np.asarray(self.scores(pairs, _AT_ONCE).double().numpy())

    def _row(self, question: str, sentence: str) -> tuple[list[int], int]:
        """Token numbers, and how many of them are the question's; what is longer is clipped."""
        asked = self.tokenizer.encode(question, add_special_tokens=False).ids[:_QUESTION]
        said = self.tokenizer.encode(sentence, add_special_tokens=False).ids[:_SENTENCE]
        return [self._begin, *asked, self._end, *said, self._end], len(asked)


def _batch(rows: Sequence[tuple[list[int], int]]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    longest = max(len(ids) for ids, _ in rows)
    padded = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids, _ in rows])
    place = torch.arange(longest)
    length, asked = (torch.tensor(some)[:, None] for some in ([len(ids) for ids, _ in rows], [n for _, n in rows]))
    question = (place >= 1) & (place <= asked)
    sentence = (place >= asked + 2) & (place < length - 1)
    return padded, (place < length).long(), (place >= asked + 2).long() * (place < length), question, sentence


def _groups(order: Sequence[int], rows: Sequence[tuple[list[int], int]], tokens: int) -> Iterator[list[int]]:
    """Runs of `order`, from short to long, of at most so many tokens with padding."""
    group: list[int] = []
    for n in order:
        if group and len(rows[n][0]) * (len(group) + 1) > tokens:
            yield group
            group = []
        group.append(n)
    if group:
        yield group
