"""Shared by all tests: the shipped report, a second one of another shape, and an encoder whose scores are exact."""

import hashlib
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from corpus.library import SHIPPED, Library
from index.build import build
from index.search import Searcher

SECOND = """安宁县2024年政府工作报告

2024年1月15日在安宁县第十届人民代表大会第三次会议上

安宁县县长　李明

各位代表：

现在，我代表县人民政府向大会报告工作。

第一章　上年回顾

一、经济稳步增长

全年地区生产总值达到３２亿元，增长６％。新建农村公路120公里。

二、民生持续改善

1.新建幼儿园6所，新增学位1800个。
2.完成老旧小区改造15个。

第二章　今年安排

一、主要目标

地区生产总值增长５.５％左右；城镇新增就业3000人。

二、重点工作

1.推进清洁取暖。完成8000户清潔取暖改造，新建集中供熱站2座。

责任编辑：王某
"""


class HashedNgrams:
    """Character 1- to 3-grams hashed into buckets: similarity is real, in any script, and every score is exact."""

    name = "test:hashed-ngrams"
    dim = 512
    max_tokens = 256

    def __init__(self, salt=""):
        self.salt = salt
        self.digest = hashlib.sha256(f"hashed-ngrams{salt}".encode()).hexdigest()
        self.seen = []

    def count_tokens(self, text):
        return len(text) + 2

    def encode(self, texts):
        self.seen += texts
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for n in (1, 2, 3):
                for at in range(len(text) - n + 1):
                    gram = (self.salt + text[at : at + n]).encode()
                    row[int.from_bytes(hashlib.sha256(gram).digest()[:4], "big") % self.dim] += n
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norms == 0, 1, norms)


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
def encoder():
    return HashedNgrams()


@pytest.fixture
def searcher(library, encoder, tmp_path):
    root = tmp_path / "索引 index"
    build(library, root, encoder)
    return Searcher(root, library, encoder)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """No test may leave this machine."""
    connect = socket.socket.connect

    def local_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


ROOT = Path(__file__).parent.parent
