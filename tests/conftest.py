"""Fixtures: the shipped report, a library of two, an index of them made with the tests' encoder; no network."""

import json
import shutil
import socket

import pytest
from support import HOSTILE, RANKER, SECOND, HashedNgrams

from corpus.library import SHIPPED, Library
from index.build import build
from index.encode import load_encoder
from index.rerank import Ranker
from index.search import Searcher


@pytest.fixture(scope="session")
def hohhot():
    return Library().open("hohhot-2021")


@pytest.fixture
def library(tmp_path):
    """A library of the tests' own: the Hohhot report and a county's, side by side."""
    root = tmp_path / "图书 library"
    root.mkdir()
    shutil.copytree(SHIPPED / "hohhot-2021", root / "hohhot-2021")
    text = tmp_path / "second.txt"
    text.write_text(SECOND, encoding="utf-8")
    library = Library(root)
    library.add(text, "anning-2024", "安宁县2024年政府工作报告")
    return library


@pytest.fixture
def county(tmp_path):
    """A library with the county's report alone."""
    text = tmp_path / "second.txt"
    text.write_text(SECOND, encoding="utf-8")
    root = tmp_path / "county"
    root.mkdir()
    library = Library(root)
    library.add(text, "anning-2024", "安宁县2024年政府工作报告")
    return library


@pytest.fixture
def hostile(tmp_path):
    """A report that attacks whatever shows it, in its text, its edition and its description."""
    text = tmp_path / "hostile.txt"
    text.write_text(f"{HOSTILE}\n\n一、{HOSTILE}\n\n这是正文{HOSTILE}。𠮷\u202e倒\u202c字。\n", encoding="utf-8")
    (tmp_path / "hostile").mkdir()
    library = Library(tmp_path / "hostile")
    report = library.add(text, "hostile", HOSTILE)
    rows = [{"zh": s.text.strip(), "en": f"{s.id} {HOSTILE}"} for s in report.sentences]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (library.root / "hostile" / "english.jsonl").write_text(lines, encoding="utf-8")
    return library.open("hostile")


@pytest.fixture
def encoder():
    return HashedNgrams()


@pytest.fixture
def searcher(library, encoder, tmp_path):
    root = tmp_path / "索引 index"
    build(library, root, encoder)
    return Searcher(root, library, encoder, ranker=RANKER)


@pytest.fixture(scope="session")
def real_index(tmp_path_factory):
    """An index of the shipped library by the shipped encoder, built once."""
    root = tmp_path_factory.mktemp("real") / "index"
    build(Library(), root, load_encoder(light=False))
    return root


@pytest.fixture(scope="session")
def real_searcher(real_index):
    return Searcher(real_index, Library(), load_encoder(light=True), ranker=Ranker.load())


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """No test may leave this machine."""
    connect = socket.socket.connect

    def local_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def teacher(tmp_path_factory):
    """A BERT of 2 layers and 16 dimensions with a vocabulary of a few words."""
    import torch
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece
    from transformers import BertConfig, BertModel

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *'clean to warm king county party china of in . , " : ? 清'.split(),
    ]
    folder = tmp_path_factory.mktemp("teacher")
    tokenizer = Tokenizer(WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(str(folder))
    return folder
