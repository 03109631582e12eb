"""The encoder protocol and its two adaptors, on the shipped model."""

import shutil

import numpy as np
import pytest

from corpus.errors import WenzhengError
from index.encode import (
    SHIPPED,
    SentenceTransformerEncoder,
    TransformersEncoder,
    folder_digest,
    load_encoder,
)

TEXTS = [
    "清洁取暖",
    "How many kilometres of road were built?",
    "新建改建公路225万公里, 完成投资3200亿元。",
    "",
    "完善农村基础设施，" * 80,
    "GDP 增长 6.5% in 和林格尔县",
    "a",
]


@pytest.fixture(scope="module")
def light():
    return load_encoder(light=True)


@pytest.fixture(scope="module")
def full():
    return load_encoder(light=False)


def test_light_and_full_are_two_implementations(light, full):
    assert isinstance(light, TransformersEncoder)
    assert isinstance(full, SentenceTransformerEncoder)
    assert (
        (light.dim, light.max_tokens, light.name) == (full.dim, full.max_tokens, full.name) == (384, 256, str(SHIPPED))
    )
    assert light.digest == full.digest == folder_digest(SHIPPED)


def test_both_give_the_same_vectors(light, full):
    np.testing.assert_allclose(light.encode(TEXTS), full.encode(TEXTS), atol=1e-5)
    assert [light.count_tokens(text) for text in TEXTS] == [full.count_tokens(text) for text in TEXTS]


@pytest.mark.parametrize("which", ["light", "full"])
def test_rows_are_float32_unit_and_aligned(which, request):
    encoder = request.getfixturevalue(which)
    rows = encoder.encode(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for row, text in zip(rows, TEXTS, strict=True):
        np.testing.assert_allclose(row, encoder.encode([text])[0], atol=1e-5)
    assert np.array_equal(rows, encoder.encode(TEXTS))


@pytest.mark.parametrize("which", ["light", "full"])
def test_no_texts_give_no_rows(which, request):
    rows = request.getfixturevalue(which).encode([])
    assert rows.shape == (0, 384)
    assert rows.dtype == np.float32


def test_count_tokens_includes_the_special_ones_and_is_not_clipped(light):
    assert light.count_tokens("清洁取暖") == 4
    assert light.count_tokens("") == 2
    assert light.count_tokens("取暖" * 300) == 302


def test_a_missing_folder_is_named():
    with pytest.raises(WenzhengError, match=r"no model folder \./nowhere"):
        load_encoder("./nowhere", light=True)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(WenzhengError, match="holds no model"):
        load_encoder(str(tmp_path), light=True)


def test_a_hub_model_is_not_fetched_unasked(monkeypatch, tmp_path):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(WenzhengError, match="HF_HUB_OFFLINE=0"):
        load_encoder("nobody/no-such-model", light=True)


@pytest.mark.parametrize("light", [True, False])
def test_a_damaged_model_is_one_clear_error(tmp_path, light):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(WenzhengError, match="cannot be loaded"):
        load_encoder(str(tmp_path), light=light)


def test_other_pooling_falls_back_to_sentence_transformers(tmp_path):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    (tmp_path / "1_Pooling" / "config.json").write_text(
        '{"word_embedding_dimension": 384, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}'
    )
    assert isinstance(load_encoder(str(tmp_path), light=True), SentenceTransformerEncoder)
    with pytest.raises(WenzhengError, match="mean pooling"):
        TransformersEncoder(str(tmp_path))


def test_the_digest_moves_with_a_byte_and_a_name_but_not_with_notes(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "config.json").write_bytes(b"{}")
    (tmp_path / "sub" / "model.safetensors").write_bytes(b"\x00\x01")
    before = folder_digest(tmp_path)
    assert before == "f603c380ace9389324d0e2bf9806a9bdeefd6500b0cc3c77245fd4f2bdba4699"
    (tmp_path / "README.md").write_text("a model card")
    assert folder_digest(tmp_path) == before
    (tmp_path / "sub" / "model.safetensors").write_bytes(b"\x00\x02")
    changed = folder_digest(tmp_path)
    assert changed != before
    (tmp_path / "sub" / "model.safetensors").rename(tmp_path / "model.safetensors")
    assert folder_digest(tmp_path) not in (before, changed)
