"""The training loop of the cross-encoder.

A step sees a few groups (`index.groups`): of each, one sentence that answers, where there is one, and some that do
not. Two losses: among the sentences of a group the right one is the likeliest (cross-entropy), and each sentence by
itself is right or wrong (binary cross-entropy), which is what tells an unanswerable question. Arithmetic is bfloat16
where the machine has it, weights stay float32.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from index.cross import Pair
from index.cross_network import CrossNetwork
from index.groups import Group


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run learns.

    Attributes:
        steps: how many updates.
        rate: highest learning rate of the network; the head learns five times as fast.
        warm: steps of linear warm-up; after it the rate falls linearly to nothing.
        groups: of a step.
        wrong: sentences of a group that do not answer, at most.
        seed: of groups and of the sentences drawn from them.
    """

    steps: int
    rate: float = 1e-4
    warm: int = 150
    groups: int = 16
    wrong: int = 4
    seed: int = 1


_HEAD = 5.0
_EACH = 2.0
_NEAREST, _OF_NEAREST = 8, 3


def learn(model: CrossNetwork, some: Sequence[Group], recipe: Recipe, save: Callable[[int], None]) -> None:
    """Train the model; prints a line of JSON every fifty steps.

    Args:
        model: to be trained, in place.
        some: what it learns from, at least as many as a step sees.
        recipe: see `Recipe`.
        save: called with the count of steps every six hundred steps and at the end.
    """
    torch.manual_seed(recipe.seed)
    draw = random.Random(recipe.seed)  # noqa: S311 - a sample, no secret
    body, head = (
        [p for name, p in model.named_parameters() if p.requires_grad and name.startswith("bert.") == of_body]
        for of_body in (True, False)
    )
    optimizer = torch.optim.AdamW([{"params": body}, {"params": head}], weight_decay=0.01, betas=(0.9, 0.98))
    model.train()
    ranking, each, begun = 0.0, 0.0, time.monotonic()
    for step, batch in zip(range(1, recipe.steps + 1), _batches(some, recipe, draw), strict=False):
        rate = recipe.rate * min(1.0, step / recipe.warm) * (recipe.steps - step + 1) / recipe.steps
        for part, faster in zip(optimizer.param_groups, (1.0, _HEAD), strict=True):
            part["lr"] = rate * faster
        of_ranking, of_each = losses(model, [drawn(group, recipe.wrong, draw) for group in batch])
        (of_ranking + _EACH * of_each).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*body, *head], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ranking, each = ranking + float(of_ranking.detach()), each + float(of_each.detach())
        if step % 50 == 0 or step == recipe.steps:
            shown = {"step": step, "ranking": round(ranking / 50, 4), "each": round(each / 50, 4)}
            print(json.dumps(shown | {"seconds": round(time.monotonic() - begun)}), flush=True)  # noqa: T201
            ranking, each = 0.0, 0.0
        if step % 600 == 0 or step == recipe.steps:
            save(step)
    model.eval()


def drawn(group: Group, most: int, draw: random.Random) -> Group:
    """One right sentence of a group, where it has any, and up to `most` wrong ones: those that tempt, and others."""
    near = max(_NEAREST, group.tempting + 2)
    first = [draw.choice(group.wrong[: group.tempting])] if group.tempting and not group.right else []
    nearest = [text for text in group.wrong[:near] if text not in first]
    first += draw.sample(nearest, min(min(_OF_NEAREST, most) - len(first), len(nearest)))
    others = group.wrong[near:]
    first += draw.sample(others, min(most - len(first), len(others)))
    right = (draw.choice(group.right),) if group.right else ()
    return Group(group.question, right, tuple(first), 0, group.source)


def losses(model: CrossNetwork, batch: Sequence[Group]) -> tuple[Tensor, Tensor]:
    """Of ranking within groups, and of each sentence alone; the first sentence of a group counts twice there."""
    texts = [(*group.right, *group.wrong) for group in batch]
    pairs: list[Pair] = [(group.question, *text) for group, some in zip(batch, texts, strict=True) for text in some]
    with torch.autocast("cpu", torch.bfloat16):
        scores = model.scores(pairs)
    of_groups = torch.split(scores.float(), [len(some) for some in texts])
    first = torch.tensor(0)
    ranking = [F.cross_entropy(row, first) for row, group in zip(of_groups, batch, strict=True) if group.right]
    answers = torch.tensor([n < len(g.right) for g, some in zip(batch, texts, strict=True) for n in range(len(some))])
    counts = torch.tensor([1.0 + (n == 0) for some in texts for n in range(len(some))])
    each = F.binary_cross_entropy_with_logits(torch.cat(of_groups), answers.float(), counts, reduction="sum")
    return torch.stack(ranking).mean() if ranking else torch.tensor(0.0), each / counts.sum()


def _batches(some: Sequence[Group], recipe: Recipe, draw: random.Random) -> Iterator[list[Group]]:
    while True:
        order = draw.sample(range(len(some)), len(some))
        for start in range(0, len(order) - recipe.groups + 1, recipe.groups):
            yield [some[n] for n in order[start : start + recipe.groups]]
