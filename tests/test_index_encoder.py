"""The shipped bilingual encoder: its files, its arithmetic, and what it makes of Chinese."""

import json
from pathlib import Path

import numpy as np
import pytest

from corpus.fold import fold
from index.encode import SHIPPED, load_encoder

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "corpus" / "reports" / "hohhot-2021" / "source.txt"
PARITY = ROOT / "tests" / "data" / "encoder_parity.npz"

TRADITIONAL = """
去年全市地區生產總值是多少？
清潔取暖改造惠及了多少戶居民？
農村公路新建改建了多少公里？
報告對營商環境提出了哪些要求？
城鎮居民人均可支配收入增長了百分之幾？
地鐵二號線什麼時候開通運營？
空氣質量優良天數比例達到多少？
呼和浩特的奶業產值有多少億元？
如何推動鄉村振興與農業現代化？
老舊小區改造了多少個？
黃河流域生態保護有什麼措施？
貧困人口全部脫貧了嗎？
和林格爾新區的發展目標是什麼？
托克托縣的工業園區引進了哪些企業？
清水河縣什麼時候退出貧困縣？
大青山前坡的綜合治理完成了嗎？
大數據與雲計算產業規模有多大？
醫療衛生與養老服務有哪些進展？
學前教育與義務教育怎樣均衡發展？
掃黑除惡專項鬥爭取得了什麼成果？
黨風廉政建設存在哪些問題？
民族團結進步事業怎樣推進？
鐵路與機場的建設進度如何？
新能源裝機容量達到多少萬千瓦？
污水處理廠擴建了幾座？
垃圾分類實現全覆蓋了嗎？
糧食產量連續幾年豐收？
招商引資到位資金是多少？
財政收入為什麼下降？
誰代表市委作了這個報告？
這次大會是哪一年召開的？
蒙醫藥與中醫藥怎樣傳承創新？
國有企業改革進行得怎麼樣？
對外開放與一帶一路有什麼關係？
創業擔保貸款發放了多少？
棚戶區與危舊房改造的資金從哪裡來？
羊絨與乳製品出口額是多少？
綠化覆蓋率與公園綠地面積各是多少？
幹部隊伍應當具備什麼素質？
請問戶籍制度的變動對農牧民有何影響？
""".split()


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(light=True)


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))


def unknown_rate(tokenizer, texts):
    """Share of unknown tokens among all, special ones left out."""
    tokens = [t for e in tokenizer.encode_batch(list(texts), add_special_tokens=False) for t in e.tokens]
    return tokens.count("[UNK]") / len(tokens)


def test_weights_are_stored_in_half_precision_and_the_folder_is_small():
    with (SHIPPED / "model.safetensors").open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    header.pop("__metadata__", None)
    assert {tensor["dtype"] for tensor in header.values()} == {"F16"}
    assert header["embeddings.word_embeddings.weight"]["shape"][1] == 384
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < 90_000_000


def test_at_most_45_000_tokens_were_added(tokenizer):
    added = [token for token in tokenizer.get_added_tokens_decoder().values() if not token.special]
    assert 30_000 < len(added) <= 45_000
    assert tokenizer.truncation is None
    assert tokenizer.padding is None


def test_plain_sentence_transformers_loads_it_in_float32():
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), device="cpu")
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model.max_seq_length == 256
    rows = model.encode(["清洁取暖", "clean heating"])
    assert rows.dtype == np.float32
    assert rows.shape == (2, 384)


def test_the_shipped_weights_give_the_vectors_they_gave_when_they_were_made(encoder):
    with np.load(PARITY) as parity:
        texts, made = parity["texts"].tolist(), parity["embeddings"]
    assert len(texts) == 32
    assert made.dtype == np.float32
    cosines = (encoder.encode(texts).astype(np.float64) * made).sum(axis=1)
    assert cosines.min() >= 0.9999


def test_hardly_a_token_of_the_report_is_unknown(tokenizer):
    lines = REPORT.read_text(encoding="utf-8").splitlines()
    assert unknown_rate(tokenizer, lines) < 0.005
    assert unknown_rate(tokenizer, map(fold, lines)) < 0.005


def test_hardly_a_token_of_traditional_questions_is_unknown(tokenizer):
    assert len(TRADITIONAL) == 40
    assert unknown_rate(tokenizer, map(fold, TRADITIONAL)) < 0.005
    assert unknown_rate(tokenizer, TRADITIONAL) < 0.005


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("清洁取暖", ["清洁", "取暖"]),
        ("和林格尔、托克托、武川、清水河", ["和林格尔", "、", "托克托", "、", "武川", "、", "清水河"]),
        ("鄂尔多斯６５％", ["鄂尔多斯", "65", "%"]),
        ("GDP增长", ["gdp", "增长"]),
    ],
)
def test_words_are_cut_as_wholes(tokenizer, text, tokens):
    assert tokenizer.encode(text, add_special_tokens=False).tokens == tokens


@pytest.mark.parametrize(
    ("english", "chinese", "others"),
    [
        ("clean heating", "清洁取暖", ["地铁", "党风廉政", "粮食产量", "旅游", "清水河县"]),
        ("grain output", "粮食产量", ["清洁取暖", "地铁", "医疗保险", "旅游"]),
        ("poverty alleviation", "脱贫攻坚", ["清洁取暖", "机场", "空气质量", "财政收入"]),
        ("air quality", "空气质量", ["质量发展", "高等教育", "民族团结", "医疗保险"]),
        ("Horinger county", "和林格尔县", ["武川县", "清水河县", "托克托县"]),
    ],
)
def test_a_translation_is_nearer_than_other_subjects(encoder, english, chinese, others):
    rows = encoder.encode([english, chinese, *others])
    similar = rows[1:] @ rows[0]
    assert similar.argmax() == 0
