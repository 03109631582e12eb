"""The network of the cross-encoder, while it learns; `export` makes of it what `index.cross` runs.

It is the encoder's own network, trained further; its word table is the encoder's and is not stored again. The states of
the question and of the sentence are averaged, and a small head reads the two means.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name
from torch.nn.utils.rnn import pad_sequence
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel

from index.cross import MOST_TOKENS, WORDS, Pair, PairTokenizer, Row

_SPREAD = 4.0
_ANY = ("how many ?", "5", "here")


class CrossNetwork(nn.Module):
    """Question, sentence and context → log-odds that the sentence answers, with gradients."""

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
            words = file.get_tensor(WORDS)
            if weights is None:
                known = self.bert.state_dict()
                body = {name: file.get_tensor(name).float() for name in known if name != WORDS}
                self.bert.load_state_dict(body, strict=False)
            else:
                stored = {name: row.float() for name, row in load_file(weights).items()}
                self.load_state_dict(stored | {f"bert.{WORDS}": self.bert.embeddings.word_embeddings.weight})
        table = nn.Embedding(len(words), config.hidden_size, padding_idx=0, _weight=words)
        self.bert.embeddings.word_embeddings = table.requires_grad_(False)
        self.tokenizer = PairTokenizer(encoder)
        self.eval()

    def write(self, path: Path) -> None:
        """Save all but the word table, in half precision."""
        save_file({n: w.half().contiguous() for n, w in self.state_dict().items() if n != f"bert.{WORDS}"}, path)

    def forward(
        self,
        inputs_embeds: Tensor,
        token_type_ids: Tensor,
        asked: Tensor,
        said: Tensor,
        attention_mask: Tensor | None = None,
    ) -> Tensor:
        """Log-odds, shape (pairs,).

        Args:
            inputs_embeds: rows of the word table, shape (pairs, tokens, dimensions).
            token_type_ids: see `index.cross.Row`; shape (pairs, tokens), as all that follow.
            asked: see there.
            said: see there.
            attention_mask: what is not padding; without it, all.
        """
        unseen = (
            None
            if attention_mask is None
            else (1.0 - attention_mask.float())[:, None, None] * torch.finfo(torch.float32).min
        )
        embedded = self.bert.embeddings(inputs_embeds=inputs_embeds, token_type_ids=token_type_ids)
        states = self.bert.encoder(embedded, unseen)[0].float()
        q, s = (F.normalize((states * part[..., None]).sum(1), dim=1) for part in (asked, said))
        both = torch.cat([q, s, q * s * q.shape[1] ** 0.5, (q - s).abs()], dim=1) * _SPREAD
        return self.odds(F.gelu(self.mix(both)))[:, 0] + self.alike * (q * s).sum(1)  # type: ignore[no-any-return]

    def scores(self, pairs: Sequence[Pair], tokens: int = 1024) -> Tensor:
        """Log-odds of each pair, shape (len(pairs),).

        Pairs of like lengths go through together, up to so many tokens with padding.
        """
        rows = [self.tokenizer.row(pair) for pair in pairs]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n].input_ids))
        found = torch.cat([self._of([rows[n] for n in some]) for some in _groups(order, rows, tokens)])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return found[back]

    def export(self, path: Path) -> None:
        """Write the ONNX graph that `index.cross` runs; the matrices of the layers become whole numbers.

        Of eight bits seven are used: processors without VNNI would overflow with more, and others would then differ.
        """
        from onnxruntime.quantization import QuantType, quantize_dynamic

        row = {name: torch.from_numpy(part)[None] for name, part in self.tokenizer.row(_ANY)._asdict().items()}
        inputs = {"inputs_embeds": self.bert.embeddings.word_embeddings(row.pop("input_ids")).float(), **row}
        tokens = torch.export.Dim("tokens", min=2, max=MOST_TOKENS)
        with tempfile.TemporaryDirectory() as work:
            whole = Path(work) / "whole.onnx"
            torch.onnx.export(
                self,
                (),
                whole,
                kwargs=inputs,
                input_names=list(inputs),
                output_names=["odds"],
                dynamic_shapes={name: {1: tokens} for name in inputs},
                external_data=False,
                dynamo=True,
                verbose=False,
            )
            how = {"per_channel": True, "reduce_range": True, "weight_type": QuantType.QInt8}
            quantize_dynamic(whole, path, op_types_to_quantize=["MatMul"], **how)

    def _of(self, rows: Sequence[Row]) -> Tensor:
        ids, types, asked, said, mask = batch(rows)
        words = self.bert.embeddings.word_embeddings(ids).float()
        return self(words, types, asked, said, mask)  # type: ignore[no-any-return]


def batch(rows: Sequence[Row]) -> list[Tensor]:
    """The four of `Row`, each padded with zeros to shape (rows, tokens), and the attention mask."""
    mask = [torch.ones(len(row.input_ids)) for row in rows]
    parts = ([torch.from_numpy(part) for part in some] for some in zip(*rows, strict=True))
    return [pad_sequence(list(some), batch_first=True) for some in (*parts, mask)]


def _groups(order: Sequence[int], rows: Sequence[Row], tokens: int) -> Iterator[list[int]]:
    """Runs of `order`, from short to long, of at most so many tokens with padding."""
    group: list[int] = []
    for n in order:
        if group and len(rows[n].input_ids) * (len(group) + 1) > tokens:
            yield group
            group = []
        group.append(n)
    if group:
        yield group
