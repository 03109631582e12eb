"""The training loop, on a model of a few thousand weights."""

import json
import random
import shutil

import numpy as np
import pytest
import torch
from support import DICTIONARY

from index import train
from index.encode import load_encoder
from index.learn import Network, Recipe, TwoRateEmbedding, _groups, _passage_batches, _passage_loss, _schedule
from index.passages import Passage


def test_the_table_stays_one_table():
    table = torch.arange(12.0).reshape(4, 3)
    words = TwoRateEmbedding(table, torch.tensor([False, True, False, True]))
    assert torch.equal(words.table(), table)
    ids = torch.tensor([[3, 0], [1, 2]])
    assert torch.equal(words(ids), table[ids])
    words(ids).sum().backward()
    assert words.new.weight.grad.is_sparse
    assert words.old.weight.grad.is_sparse


def test_rates_rise_stay_and_fall():
    recipe = Recipe(steps=100, warm=10, decay=0.5)
    rates = [_schedule(step, recipe) for step in range(1, 101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:50] == [1.0] * 41
    assert rates[-1] == pytest.approx(0.02)
    assert sorted(rates[50:], reverse=True) == rates[50:]


def test_groups_hold_every_item_once_within_their_budget():
    lengths = [3, 9, 1, 7, 7, 2]
    groups = _groups(range(6), lengths, most=3, tokens=14)
    assert [n for group in groups for n in group] == list(range(6))
    assert all(len(g) <= 3 and (len(g) == 1 or max(lengths[n] for n in g) * len(g) <= 14) for g in groups)


def test_a_batch_is_of_one_source_and_one_document():
    def row(zh, source, among=""):
        return {"zh": zh, "en": "", "passage": [zh], "also": [], "negatives": [], "source": source, "among": among}

    rows = [row("一", "甲"), row("二", "乙", "报告"), row("三", "乙", "公报"), row("四", "乙", "报告"), row("五", "甲")]
    batches = _passage_batches(rows, Recipe(steps=1), random.Random(1))
    first, second = ([next(batches) for _ in range(3)] for _ in range(2))
    for pass_ in (first, second):
        assert sorted(sorted(p.zh for p in batch) for batch in pass_) == [["一", "五"], ["三"], ["二", "四"]]
    (among,) = {p.among for batch in first for p in batch if p.zh == "二"}
    assert among == "报告"


@pytest.fixture
def student(teacher, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "read_cedict", lambda: DICTIONARY)
    (tmp_path / "corpus.txt").write_text("清洁取暖，清洁。武川县", encoding="utf-8")
    train.main(
        ["init", "--corpus", str(tmp_path / "corpus.txt"), "--teacher", str(teacher), "--tokens", "500"]
        + ["--out", str(tmp_path / "student")]
    )
    return tmp_path / "student"


def test_a_right_passage_is_never_a_wrong_one(student, teacher):
    network = Network(student)
    one = Passage("清洁", "", ("取暖",), also=(("武川",),), negatives=(("县",),))
    two = Passage("武川", "", ("武川",), negatives=())
    loss, n = _passage_loss(network, None, [one, two], Recipe(steps=1, negatives=0), random.Random(1))
    asked, passages = (network.rows(network.ids(texts)) for texts in (["清洁", "武川"], ["取暖", "武川"]))
    scores = (asked @ passages.T)[1] / Recipe(
        steps=1
    ).temperature  # the first question has two right ones, no wrong one
    second = torch.logsumexp(scores, 0) - scores[1]
    assert n == 2
    assert float(loss.detach()) == pytest.approx(float(second.detach()) / 2, rel=0.02)
    with_negative, _ = _passage_loss(network, None, [one, two], Recipe(steps=1), random.Random(1))
    assert float(with_negative.detach()) > float(loss.detach())
    alone, _ = _passage_loss(network, None, [one], Recipe(steps=1, negatives=0), random.Random(1))
    assert float(alone.detach()) == pytest.approx(0.0, abs=1e-6)  # nothing to tell it from


def test_a_few_steps_bring_the_chinese_to_the_english(student, teacher, tmp_path, capsys):
    data = tmp_path / "examples"
    data.mkdir()
    pairs = [("武川取暖", "clean county"), ("清洁武川", "warm party"), ("县取暖", "county county clean")] * 8
    parallel = [{"zh": zh, "en": en, "source": "x"} for zh, en in pairs]
    (data / "parallel.jsonl").write_text("".join(json.dumps(row) + "\n" for row in parallel), encoding="utf-8")
    (data / "passages.jsonl").write_text("", encoding="utf-8")
    before = load_encoder(str(student), light=True)
    argv = ["learn", str(data), "--model", str(student), "--out", str(tmp_path / "out"), "--teacher", str(teacher)]
    assert train.main([*argv, "--steps", "30", "--passages", "0", "--warm", "1"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["step"] == 30
    after, guide = load_encoder(str(tmp_path / "out"), light=True), load_encoder(str(teacher), light=True)

    def nearness(encoder):
        chinese, english = (encoder.encode([pair[n] for pair in pairs[:3]]) for n in (0, 1))
        return (chinese * guide.encode([pair[1] for pair in pairs[:3]])).sum(), (english * english).sum()

    assert 3 - nearness(after)[0] < (3 - nearness(before)[0]) / 2  # 3 is the most that three cosines can be
    full = load_encoder(str(tmp_path / "out"), light=False)
    np.testing.assert_allclose(full.encode(["清洁"]), after.encode(["清洁"]), atol=1e-4)


def test_an_average_is_of_the_weights_and_needs_a_share_for_each(student, tmp_path, capsys):
    from safetensors.torch import load_file, save_file

    doubled = tmp_path / "doubled"
    shutil.copytree(student, doubled)
    weights = load_file(student / "model.safetensors")
    save_file({k: v * 2 for k, v in weights.items()}, doubled / "model.safetensors", metadata={"format": "pt"})
    argv = ["average", "--model", str(student), str(doubled), "--out", str(tmp_path / "mean")]
    assert train.main([*argv, "--shares", "0.75", "0.25"]) == 0
    mean = load_file(tmp_path / "mean" / "model.safetensors")
    row = "embeddings.word_embeddings.weight"
    torch.testing.assert_close(mean[row].float(), weights[row].float() * 1.25, rtol=2e-3, atol=1e-3)
    assert load_encoder(str(tmp_path / "mean"), light=True).encode(["清洁"]).shape[0] == 1
    assert train.main([*argv, "--shares", "1"]) == 2
    assert "share" in capsys.readouterr().err
