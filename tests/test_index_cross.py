"""The cross-encoder and its training, on a model of a few thousand weights."""

import json
import os
import random
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from support import ROOT
from tokenizers import Tokenizer

from index import cross
from index.chunk import Excerpt
from index.cross import CrossEncoder
from index.cross_network import CrossNetwork, batch
from index.groups import Group
from index.learn_cross import Recipe, drawn, learn, losses

PAIRS = [
    ("king of china ?", "clean king .", ""),
    ("county", "clean county , warm party of china", "party"),
    ("清", "to", "king of china"),
]


@pytest.fixture
def model(teacher):
    torch.manual_seed(3)
    return CrossNetwork(teacher)


@torch.inference_mode()
def scores(model, pairs, tokens=1024):
    return model.scores(pairs, tokens).numpy()


def test_a_pair_scores_the_same_alone_and_among_others(model):
    together = scores(model, PAIRS)
    assert together.shape == (3,)
    np.testing.assert_allclose(together, [scores(model, [pair])[0] for pair in PAIRS], atol=1e-5)
    np.testing.assert_allclose(together, scores(model, PAIRS, 1), atol=1e-5)


def test_what_runs_reads_as_what_has_learnt_does(model, teacher, tmp_path):
    model.export(tmp_path / "cross.onnx")
    runs = CrossEncoder(teacher, tmp_path / "cross.onnx")
    pairs = [*PAIRS, ("king", "county " * 40, "party"), ("", "", ""), ("king " * 99, "county " * 300, "party " * 99)]
    np.testing.assert_allclose(runs.logits(pairs), scores(model, pairs), atol=0.1)
    assert np.ptp(scores(model, pairs)) > 0.5
    assert runs.logits([]).shape == (0,)


def test_it_tells_nobody_what_machine_it_runs_on(tmp_path):
    code = (
        "from index.cross import CrossEncoder; from index.encode import SHIPPED as e\n"
        "from index.rerank import GRAPH, SHIPPED\n"
        "print(CrossEncoder(e, SHIPPED.with_name(GRAPH)).logits([('?', 'x', '')]).shape)"
    )
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    env |= {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME")}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert run.stdout == "(1,)\n"
    assert list(tmp_path.rglob("*")) == []


def test_the_question_and_the_sentence_are_told_apart(model, teacher):
    names = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    ids, kinds, asked, said, mask = batch([model.tokenizer.row(pair) for pair in PAIRS[:2]])

    def tokens(row, part):
        return [names.id_to_token(int(n)) for n in ids[row][part[row].bool()]]

    assert tokens(0, asked) == ["king", "of", "china", "?"]
    assert tokens(0, said) == ["clean", "king", "."]
    assert tokens(1, asked) == ["county"]
    assert tokens(1, said) == "clean county , warm party of china".split()
    assert tokens(1, mask)[-3:] == ["[SEP]", "party", "[SEP]"]
    assert tokens(1, kinds)[-2:] == ["party", "[SEP]"]
    assert tokens(0, kinds) == ["clean", "king", ".", "[SEP]"]
    assert tokens(0, mask)[0] == "[CLS]"
    assert len(tokens(0, mask)) == 10
    assert "[PAD]" not in tokens(1, mask) + tokens(0, mask)


def test_long_texts_are_clipped(model):
    row = model.tokenizer.row(("king " * 100, "county " * 300, "party " * 100))
    assert (row.asked.sum(), row.said.sum()) == (cross._QUESTION, cross._SENTENCE)
    assert len(row.input_ids) == cross.MOST_TOKENS


def test_the_context_is_read(model):
    asked, said, _ = PAIRS[1]
    here, there = scores(model, [(asked, said, "king of china"), (asked, said, "warm")])
    assert abs(here - there) > 1e-4


def test_it_is_stored_without_the_words_and_read_back_as_it_was(model, teacher, tmp_path):
    model.write(tmp_path / "cross.safetensors")
    assert not any("word_embeddings" in name for name in load_file(tmp_path / "cross.safetensors"))
    assert {row.dtype for row in load_file(tmp_path / "cross.safetensors").values()} == {torch.float16}
    torch.manual_seed(4)
    read = CrossNetwork(teacher, tmp_path / "cross.safetensors")
    np.testing.assert_allclose(scores(read, PAIRS), scores(model, PAIRS), atol=0.02)
    assert abs(scores(CrossNetwork(teacher), PAIRS) - scores(model, PAIRS)).max() > 0.05


def group(question, right, wrong, tempting, source):
    return Group(question, tuple(map(Excerpt, right)), tuple(map(Excerpt, wrong)), tempting, source)


def test_what_is_drawn_of_a_group():
    draw = random.Random(1)
    wrong = [f"w{n}" for n in range(20)]
    need = drawn(group("q", ["a", "b"], wrong, 0, "need"), 4, draw)
    assert [some.text for some in need.right] in (["a"], ["b"])
    assert len(set(need.wrong)) == 4
    assert sum(int(some.text[1:]) < 8 for some in need.wrong) == 3
    tempting = {drawn(group("q", [], wrong, 2, "near-miss"), 4, draw).wrong[0].text for _ in range(30)}
    assert tempting == {"w0", "w1"}
    assert drawn(group("q", ["a"], ["w"], 0, "need"), 4, draw).wrong == (Excerpt("w"),)


def test_losses_are_of_ranking_and_of_each(model):
    need, miss = group("king", ["a king"], ["county", "party"], 0, "x"), group("clean", [], ["warm"], 1, "y")
    ranking, each = losses(model, [need, miss])
    with torch.autocast("cpu", torch.bfloat16):
        scores = model.scores(
            [(q, s, "") for q, s in (("king", "a king"), ("king", "county"), ("king", "party"), ("clean", "warm"))]
        )
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
    needs = [group(f"{w} ?", [f"{w} clean ."], some, 0, "x") for w, some in zip(words, others, strict=True)]
    misses = [group(f"warm {w} ?", [], [f"{w} clean .", *some], 1, "y") for w, some in zip(words, others, strict=True)]
    saved = []
    learn(model, [*needs, *misses], Recipe(steps=150, rate=3e-3, warm=5, groups=8, wrong=2), saved.append)
    assert saved == [150]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["step"], last["ranking"] < 0.2) == (150, True)
    assert not model.training
    right, wrong, missed = (
        scores(model, [(g.question, *some) for g, some in each])
        for each in (
            [(g, g.right[0]) for g in needs],
            [(g, g.wrong[0]) for g in needs],
            [(g, g.wrong[0]) for g in misses],
        )
    )
    assert (right > wrong).all()
    assert (right > missed).all()
    assert not model.bert.embeddings.word_embeddings.weight.requires_grad
