"""The training loop: an encoder that reads Chinese as its English teacher reads English, and finds what answers.

Two kinds of step, mixed at a given share:

* *parallel* (Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual Using Knowledge
  Distillation", EMNLP 2020): student(zh) near teacher(en) by cosine, and nearer than to the other texts of the batch
  (InfoNCE); every fourth such step also holds student(en) to teacher(en).
* *passages* (Karpukhin et al., "Dense Passage Retrieval", EMNLP 2020): a question is nearer to the passage that
  answers it than to the other passages of the batch and to its own hard negatives. A passage scores as its best
  piece does, as in the product.

The new rows of the vocabulary learn twenty times as fast as the rest. Arithmetic is bfloat16 where the machine has it,
weights stay float32. The same seed gives the same batches; sums differ between machines.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from index.passages import Passage

Model: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run learns.

    Attributes:
        steps: how many updates.
        passages: the share of steps that learn from questions and passages, 0 to 1.
        rows_rate: the learning rate of the new vocabulary rows; the rest learns at a twentieth.
        warm: steps of linear warm-up.
        decay: the share of the steps, at the end, over which the rates fall to nothing; 0 keeps them.
        batch: most examples in a batch.
        tokens: most tokens in a batch, padding counted.
        temperature: of both InfoNCE losses.
        negatives: hard negatives for a question, at most.
        seed: of batches.
    """

    steps: int
    passages: float = 0.0
    rows_rate: float = 1.5e-3
    warm: int = 100
    decay: float = 0.0
    batch: int = 96
    tokens: int = 4096
    temperature: float = 0.05
    negatives: int = 2
    seed: int = 1


_REST = 0.05
_ENGLISH_EVERY = 2
_LONGEST = 200
_CHARACTERS = 16000
_SAME = 0.9


class TwoRateEmbedding(nn.Module):
    """A word table whose added rows learn at a rate of their own: two sparse tables behind one lookup."""

    def __init__(self, table: Tensor, added: Tensor) -> None:
        """Split `table`, shape (vocabulary, dim), into the rows that `added` (bool) marks and the others."""
        super().__init__()
        self.added = added
        self.place = torch.where(added, added.cumsum(0), (~added).cumsum(0)) - 1
        self.new = nn.Embedding(int(added.sum()), table.shape[1], _weight=table[added].clone(), sparse=True)
        self.old = nn.Embedding(int((~added).sum()), table.shape[1], _weight=table[~added].clone(), sparse=True)

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of the ids, shape (*ids.shape, dim)."""
        place, added = self.place[ids], self.added[ids]
        rows = torch.empty(*ids.shape, self.new.embedding_dim)
        rows[added] = self.new(place[added])
        rows[~added] = self.old(place[~added])
        return rows

    def table(self) -> Tensor:
        """The table as one, shape (vocabulary, dim)."""
        whole = torch.empty(len(self.added), self.new.embedding_dim)
        whole[self.added], whole[~self.added] = self.new.weight.data, self.old.weight.data
        return whole


class Network:
    """A BERT with mean pooling, its tokenizer, and texts → unit rows with gradients."""

    def __init__(self, folder: Path) -> None:
        """Load a model folder as `train.save` writes it, in float32 and without dropout."""
        from tokenizers import Tokenizer
        from transformers.models.bert.modeling_bert import BertModel

        self.model: Model = BertModel.from_pretrained(str(folder), dtype=torch.float32).eval()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(_LONGEST)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers, clipped."""
        return [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]

    def rows(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Unit rows, shape (n, dim), float32; in sub-batches of like lengths."""
        order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
        found: list[Tensor] = []
        for some in _groups(order, [len(i) for i in ids]):
            longest = max(len(ids[n]) for n in some)
            padded = torch.tensor([[*ids[n], *[0] * (longest - len(ids[n]))] for n in some])
            mask = torch.tensor([[1] * len(ids[n]) + [0] * (longest - len(ids[n])) for n in some])
            with torch.autocast("cpu", torch.bfloat16):
                states = self.model(input_ids=padded, attention_mask=mask).last_hidden_state.float()
            found.append(F.normalize((states * mask[..., None]).sum(1), dim=1))
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(found)[back]


def learn(student: Path, teacher: Path, data: Path, recipe: Recipe, save: Any) -> None:  # noqa: ANN401 - a callback
    """Train; prints a line of JSON every hundred steps.

    Args:
        student: the model folder to start from.
        teacher: the English encoder's folder.
        data: the folder that `examples.prepare` wrote.
        recipe: see `Recipe`.
        save: called with the model and the count of steps, every five hundred steps and at the end.
    """
    torch.manual_seed(recipe.seed)
    network, guide = Network(student), Teacher(teacher)
    table = network.model.get_input_embeddings().weight.data
    size = guide.size
    added = torch.zeros(len(table), dtype=torch.bool)
    added[size:] = True
    added[list(_readded(network.tokenizer, size))] = True
    words = TwoRateEmbedding(table, added)
    network.model.embeddings.word_embeddings = words
    rest = [p for n, p in network.model.named_parameters() if "word_embeddings" not in n and "pooler" not in n]
    optimizers = [
        (torch.optim.SparseAdam([words.new.weight], lr=recipe.rows_rate), recipe.rows_rate),
        (torch.optim.SparseAdam([words.old.weight], lr=recipe.rows_rate * _REST), recipe.rows_rate * _REST),
        (torch.optim.AdamW(rest, lr=recipe.rows_rate * _REST, weight_decay=0.01), recipe.rows_rate * _REST),
    ]
    draw = random.Random(recipe.seed)  # noqa: S311 - a sample, no secret
    pairs = _parallel_batches(_read(data / "parallel.jsonl"), network, recipe, random.Random(recipe.seed))  # noqa: S311
    asked = _passage_batches(_read(data / "passages.jsonl"), recipe, random.Random(recipe.seed))  # noqa: S311
    seen, losses, begun = 0, [0.0, 0.0], time.monotonic()
    counts = [0, 0]
    for step in range(1, recipe.steps + 1):
        for optimizer, rate in optimizers:
            optimizer.param_groups[0]["lr"] = rate * _schedule(step, recipe)
        kind = int(draw.random() < recipe.passages)
        if kind:
            loss, n = _passage_loss(network, guide, next(asked), recipe, draw)
        else:
            loss, n = _parallel_loss(network, guide, next(pairs), recipe, step % _ENGLISH_EVERY == 0)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer, _ in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        seen, losses[kind], counts[kind] = seen + n, losses[kind] + float(loss.detach()), counts[kind] + 1
        if step % 100 == 0 or step == recipe.steps:
            means = [round(total / max(count, 1), 4) for total, count in zip(losses, counts, strict=True)]
            line = {"step": step, "examples": seen, "parallel": means[0], "passages": means[1]}
            print(json.dumps(line | {"seconds": round(time.monotonic() - begun)}), flush=True)  # noqa: T201
            losses, counts = [0.0, 0.0], [0, 0]
        if step % 500 == 0 or step == recipe.steps:
            network.model.embeddings.word_embeddings = nn.Embedding(
                len(words.added), words.new.embedding_dim, _weight=words.table()
            )
            save(network.model, step)
            network.model.embeddings.word_embeddings = words


class Teacher:
    """The English encoder, whose rows are kept once computed."""

    def __init__(self, folder: Path) -> None:
        """Load it."""
        self._network = Network(folder)
        self._rows: dict[str, Tensor] = {}
        self.size = len(self._network.model.get_input_embeddings().weight)

    def rows(self, texts: Sequence[str]) -> Tensor:
        """Unit rows, shape (n, dim)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            with torch.inference_mode():
                self._rows.update(zip(new, self._network.rows(self._network.ids(new)).half(), strict=True))
        return torch.stack([self._rows[text] for text in texts]).float().clone()


def _parallel_loss(
    network: Network, guide: Teacher, batch: Sequence[tuple[list[int], str]], recipe: Recipe, english: bool
) -> tuple[Tensor, int]:
    target = guide.rows([en for _, en in batch])
    rows = network.rows([ids for ids, _ in batch])
    scores = rows @ target.T / recipe.temperature
    alike = (target @ target.T > _SAME) & ~torch.eye(len(batch), dtype=torch.bool)
    scores = scores.masked_fill(alike, -torch.inf)
    own = torch.arange(len(batch))
    loss = 2 * (1 - (rows * target).sum(1)).mean() + F.cross_entropy(scores, own) / 2
    if english:
        loss = loss + 2 * (1 - (network.rows(network.ids([en for _, en in batch])) * target).sum(1)).mean()
    return loss, len(batch)


def _passage_loss(
    network: Network, guide: Teacher, batch: Sequence[Passage], recipe: Recipe, draw: random.Random
) -> tuple[Tensor, int]:
    """InfoNCE of questions over the passages of the batch; English questions are held to the teacher as well."""
    questions = [p.en if p.en and (not p.zh or draw.random() < 0.5) else p.zh for p in batch]
    passages = [p.passage for p in batch]
    for p in batch:
        passages += draw.sample(p.negatives, min(recipe.negatives, len(p.negatives)))
    pieces = [piece for passage in passages for piece in passage]
    belongs = torch.tensor([n for n, passage in enumerate(passages) for _ in passage])
    asked, rows = network.rows(network.ids(questions)), network.rows(network.ids(pieces))
    each = asked @ rows.T
    best = torch.full((len(batch), len(passages)), -1.0).scatter_reduce(
        1, belongs.expand(len(batch), -1), each, "amax", include_self=True
    )
    right = torch.zeros(len(batch), len(passages), dtype=torch.bool)
    for n, p in enumerate(batch):
        answers = {p.passage, *p.also}
        right[n] = torch.tensor([passage in answers for passage in passages])
    own = torch.arange(len(batch))
    right[own, own] = False
    loss = F.cross_entropy(best.masked_fill(right, -torch.inf) / recipe.temperature, own)
    spoken = [n for n, p in enumerate(batch) if questions[n] == p.en]
    if spoken:
        loss = loss + (1 - (asked[spoken] * guide.rows([questions[n] for n in spoken])).sum(1)).mean()
    return loss, len(batch)


def _parallel_batches(
    rows: Sequence[dict[str, Any]], network: Network, recipe: Recipe, draw: random.Random
) -> Iterator[list[tuple[list[int], str]]]:
    examples = list(zip(network.ids([row["zh"] for row in rows]), [row["en"] for row in rows], strict=True))
    lengths = [max(len(ids), len(en) // 4) for ids, en in examples]
    while True:
        order = list(range(len(examples)))
        draw.shuffle(order)
        batches: list[list[int]] = []
        for start in range(0, len(order), recipe.batch * 50):
            near = sorted(order[start : start + recipe.batch * 50], key=lambda n: lengths[n])
            batches += _groups(near, lengths, recipe.batch, recipe.tokens)
        draw.shuffle(batches)
        for some in batches:
            yield [examples[n] for n in some]


def _passage_batches(rows: Sequence[dict[str, Any]], recipe: Recipe, draw: random.Random) -> Iterator[list[Passage]]:
    """Batches of one source each, and of one document where there are enough, so that what is told apart is alike."""

    def passage(row: dict[str, Any]) -> Passage:
        several = {name: tuple(tuple(p) for p in row[name]) for name in ("also", "negatives")}
        return Passage(row["zh"], row["en"], tuple(row["passage"]), **several, source=row["source"], among=row["among"])

    by_source: dict[tuple[str, str], list[Passage]] = {}
    for row in rows:
        by_source.setdefault((row["source"], row["among"]), []).append(passage(row))
    while True:
        batches = []
        for source in sorted(by_source):
            some = by_source[source]
            draw.shuffle(some)
            lengths = [sum(map(len, p.passage)) for p in some]
            batches += [[some[n] for n in group] for group in _groups(range(len(some)), lengths, 32, _CHARACTERS)]
        draw.shuffle(batches)
        yield from batches


def _groups(order: Sequence[int], lengths: Sequence[int], most: int = 256, tokens: int = 8192) -> list[list[int]]:
    """Runs of `order` of at most `most` items and `tokens` tokens, each as long as the longest of its run."""
    groups: list[list[int]] = []
    group: list[int] = []
    longest = 0
    for n in order:
        longest = max(longest, lengths[n])
        if group and (len(group) == most or longest * (len(group) + 1) > tokens):
            groups.append(group)
            group, longest = [], lengths[n]
        group.append(n)
    return [*groups, group] if group else groups


def _schedule(step: int, recipe: Recipe) -> float:
    falling = recipe.steps * recipe.decay
    left = (recipe.steps - step + 1) / falling if falling else 1.0
    return min(1.0, step / recipe.warm if recipe.warm else 1.0, left)


def _readded(tokenizer: Any, size: int) -> Iterator[int]:  # noqa: ANN401 - tokenizers has no annotations
    """Numbers of the teacher's own rows that are Chinese."""
    for token, number in tokenizer.get_vocab().items():
        if number < size and any("\u3400" <= char <= "\u9fff" for char in token):
            yield number


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
