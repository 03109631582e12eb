"""The cross-encoder and its training, on a model of a few thousand weights."""

import json
import random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from index import cross
from index.cross import CrossEncoder
from index.groups import Group
from index.learn_cross import Recipe, drawn, learn, losses

PAIRS = [("king of china ?", "clean king ."), ("county", "clean county , warm party of china"), ("清", "to")]


@pytest.fixture
def model(teacher):
    torch.manual_seed(3)
    return CrossEncoder(teacher)


def test_a_pair_scores_the_same_alone_and_among_others(model, monkeypatch):
    together = model.logits(PAIRS)
    assert together.shape == (3,)
    np.testing.assert_allclose(together, [model.logits([pair])[0] for pair in PAIRS], atol=1e-5)
    monkeypatch.setattr(cross, "_AT_ONCE", 1)
    np.testing.assert_allclose(together, model.logits(PAIRS), atol=1e-5)
    assert model.logits([]).shape == (0,)


def test_the_question_and_the_sentence_are_told_apart(model):
    ids, mask, kinds, asked, said = cross._batch([model._row(*pair) for pair in PAIRS[:2]])

    def tokens(row, part):
        return [model.tokenizer.id_to_token(int(n)) for n in ids[row][part[row].bool()]]

    assert tokens(0, asked) == ["king", "of", "china", "?"]
    assert tokens(0, said) == ["clean", "king", "."]
    assert tokens(1, asked) == ["county"]
    assert tokens(0, kinds) == ["clean", "king", ".", "[SEP]"]
    assert tokens(0, mask)[0] == "[CLS]"
    assert len(tokens(0, mask)) == 10
    assert "[PAD]" not in tokens(1, mask) + tokens(0, mask)


def test_long_texts_are_clipped(model):
    ids, asked = model._row("king " * 100, "county " * 300)
    assert asked == cross._QUESTION
    assert len(ids) == cross._QUESTION + cross._SENTENCE + 3


def test_it_is_stored_without_the_words_and_read_back_as_it_was(model, teacher, tmp_path):
    model.write(tmp_path / "cross.safetensors")
    assert not any("word_embeddings" in name for name in load_file(tmp_path / "cross.safetensors"))
    assert {row.dtype for row in load_file(tmp_path / "cross.safetensors").values()} == {torch.float16}
    torch.manual_seed(4)
    read = CrossEncoder(teacher, tmp_path / "cross.safetensors")
    np.testing.assert_allclose(read.logits(PAIRS), model.logits(PAIRS), atol=0.02)
    assert abs(CrossEncoder(teacher).logits(PAIRS) - model.logits(PAIRS)).max() > 0.05


def test_what_is_drawn_of_a_group():
    draw = random.Random(1)
    wrong = tuple(f"w{n}" for n in range(20))
    need = drawn(Group("q", ("a", "b"), wrong, 0, "need"), 4, draw)
    assert need.right in (("a",), ("b",))
    assert len(set(need.wrong)) == 4
    assert sum(int(text[1:]) < 8 for text in need.wrong) == 3
    tempting = {drawn(Group("q", (), wrong, 2, "near-miss"), 4, draw).wrong[0] for _ in range(30)}
    assert tempting == {"w0", "w1"}
    assert drawn(Group("q", ("a",), ("w",), 0, "need"), 4, draw).wrong == ("w",)


def test_losses_are_of_ranking_and_of_each(model):
    need, miss = Group("king", ("a king",), ("county", "party"), 0, "x"), Group("clean", (), ("warm",), 1, "y")
    ranking, each = losses(model, [need, miss])
    with torch.autocast("cpu", torch.bfloat16):
        scores = model.scores([("king", "a king"), ("king", "county"), ("king", "party"), ("clean", "warm")]).float()
    assert float(ranking.detach()) == pytest.approx(
        float((torch.logsumexp(scores[:3], 0) - scores[0]).detach()), rel=0.02
    )
    wrong = torch.nn.functional.softplus(torch.stack([-scores[0], scores[1], scores[2], scores[3]]))
    assert float(each.detach()) == pytest.approx(
        float((wrong * torch.tensor([2, 1, 1, 2])).sum().detach() / 6), rel=0.02
    )
    assert float(losses(model, [miss])[0]) == 0.0


def test_it_learns_which_sentence_answers_and_that_none_does(model, capsys):
    words = ("king", "county", "party", "china")
    others = [[f"{o} clean ." for o in words if o != word] for word in words]
    needs = [Group(f"{w} ?", (f"{w} clean .",), tuple(some), 0, "x") for w, some in zip(words, others, strict=True)]
    misses = [Group(f"warm {w} ?", (), (f"{w} clean .", *some), 1, "y") for w, some in zip(words, others, strict=True)]
    saved = []
    learn(model, [*needs, *misses], Recipe(steps=150, rate=3e-3, warm=5, groups=8, wrong=2), saved.append)
    assert saved == [150]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["step"], last["ranking"] < 0.2) == (150, True)
    assert not model.training
    right, wrong, missed = (
        model.logits([(g.question, text) for g, text in some])
        for some in (
            [(g, g.right[0]) for g in needs],
            [(g, g.wrong[0]) for g in needs],
            [(g, g.wrong[0]) for g in misses],
        )
    )
    assert (right > wrong).all()
    assert (right > missed).all()
    assert not model.bert.embeddings.word_embeddings.weight.requires_grad
