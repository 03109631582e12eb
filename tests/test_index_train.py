"""Making an encoder: glosses, the choice of words, and `init` on a tiny teacher."""

import json

import numpy as np
import pytest
from support import DICTIONARY

from corpus.errors import UsageError
from index import train
from index.encode import load_encoder
from index.glosses import PLAIN, clean_gloss
from index.initialise import GlossWeights, choose_vocabulary, count_words, gloss_rows


@pytest.mark.parametrize(
    ("definition", "cleaned"),
    [
        ("to warm oneself (by a fire etc)", "to warm"),
        (
            "(Chinese) National People's Congress (abbr. for 全國人大|全国人大[Quan2 guo2])",
            "National People's Congress",
        ),
        ("county in Hohhot 呼和浩特[Hu1 he2 hao4 te4], Inner Mongolia", "county in Hohhot , Inner Mongolia"),
        ("(particle)", ""),
        ("a (nested (deep) note) b", "a b"),
        ("to give sb sth", "to give"),
    ],
)
def test_clean_gloss(definition, cleaned):
    assert clean_gloss(definition) == cleaned


@pytest.mark.parametrize(
    ("word", "glosses"),
    [
        ("清洁", ["clean", "to clean"]),
        ("王", ["king"]),
        ("中共", ["Communist Party of China"]),
        ("县", ["county"]),
        ("的", ["of"]),
        ("了", []),
        ("没有这个词", []),
    ],
)
def test_glosses(word, glosses):
    assert DICTIONARY.glosses(word) == glosses


def test_plain_words_are_well_formed():
    assert PLAIN["多少"] == "how many"
    assert PLAIN["亿"] == "hundred million"
    assert PLAIN["把"] == ""
    assert "" not in PLAIN


def test_divisions_are_chinese_and_bare():
    assert DICTIONARY.divisions() == ["武川"]


def test_words_are_counted_by_longest_match():
    assert [dict(c) for c in count_words(["取暖", "清洁", "清洁取暖"], ["清洁取暖x清洁\n取暖", ""])] == [
        {"清洁取暖": 1, "清洁": 1, "取暖": 1},
        {},
    ]


def test_vocabulary_is_characters_then_divisions_then_words_by_use():
    tokens = choose_vocabulary(DICTIONARY, ["取暖取暖清洁", "清洁清洁㐂"], 10_000)
    characters = [token for token in tokens if len(token) == 1]
    assert {"洁", "潔", "县", "縣", "㐂", "。", "∶", "亿"} <= set(characters)
    assert tokens[len(characters) :] == ["武川", "清洁", "取暖"]
    assert choose_vocabulary(DICTIONARY, ["取暖取暖清洁", "清洁清洁㐂"], len(characters) + 2) == tokens[:-1]
    with pytest.raises(UsageError, match="--tokens 3"):
        choose_vocabulary(DICTIONARY, [""], 3)


def test_gloss_rows_are_weighted_means_of_the_mean_length():
    table = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [9, 9, 9]], np.float32)
    pieces = {"a": [0], "a b": [0, 1], "c": [2]}
    rows = gloss_rows([["a"], ["a", "c"], [], ["c", "a", "a b"]], pieces.__getitem__, table, GlossWeights(0.5, 2, 1e9))
    np.testing.assert_allclose(rows[0], [2, 0, 0], atol=1e-6)
    np.testing.assert_allclose(rows[1], np.array([1, 0, 0.5]) / np.sqrt(1.25) * 2, atol=1e-6)
    np.testing.assert_allclose(rows[2], (rows[0] + rows[1] + rows[3]) / 3, atol=1e-6)
    np.testing.assert_allclose(rows[3], np.array([0.5, 0, 1]) / np.sqrt(1.25) * 2, atol=1e-6)


def test_frequent_pieces_count_less_within_a_gloss():
    table = np.eye(2, dtype=np.float32)
    pieces = {"to": [0], "to go": [0, 1]}
    (row, *_) = gloss_rows([["to go"], *[["to"]] * 98], pieces.__getitem__, table, GlossWeights(1, 1, 0.01))
    assert row[1] / row[0] == pytest.approx((0.01 + 0.99) / (0.01 + 0.01))


@pytest.fixture
def init(teacher, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "read_cedict", lambda: DICTIONARY)
    (tmp_path / "corpus.txt").write_text("清洁取暖，清洁。武川县", encoding="utf-8")
    (tmp_path / "parity.txt").write_text("清洁取暖\nclean party\n", encoding="utf-8")

    def run(out, *more):
        options = ["--corpus", str(tmp_path / "corpus.txt"), "--teacher", str(teacher), "--out", str(tmp_path / out)]
        return train.main(["init", *options, "--tokens", "500", *more]), tmp_path / out

    return run


def test_init_makes_a_model_that_loads_both_ways(init, tmp_path):
    status, out = init("one", "--parity", str(tmp_path / "parity.txt"))
    assert status == 0
    light, full = load_encoder(str(out), light=True), load_encoder(str(out), light=False)
    texts = ["清洁取暖 clean", "武川县" * 100]
    np.testing.assert_allclose(light.encode(texts), full.encode(texts), atol=1e-5)
    assert light.max_tokens == full.max_tokens == 256
    assert light.count_tokens("清潔取暖,武川县。") == 8
    with np.load(tmp_path / "parity.npz") as parity:
        assert parity["texts"].tolist() == ["清洁取暖", "clean party"]
        cosines = (parity["embeddings"] * light.encode(parity["texts"].tolist())).sum(axis=1)
    assert cosines.min() > 0.9999
    # A word that means what an English word means gets that word's vector; English itself is left alone.
    rows = light.encode(["县", "county"])
    assert rows[0] @ rows[1] > 0.99


def test_init_gives_the_same_bytes_twice(init):
    _, one = init("one")
    _, two = init("two")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert "model.safetensors" in map(str, files)
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
    assert json.loads((one / "tokenizer.json").read_text(encoding="utf-8"))["truncation"] is None


def test_init_names_what_is_wrong(init, tmp_path, capsys):
    assert init("out", "--corpus", str(tmp_path / "absent.txt"))[0] == 2
    assert "absent.txt" in capsys.readouterr().err
    assert init("out", "--tokens", "7")[0] == 2
    assert capsys.readouterr().err.startswith("error: --tokens 7 ")
    assert not (tmp_path / "out").exists()
