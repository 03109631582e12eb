"""What tests share that is no fixture: a second report, an encoder whose scores are exact, hostile text, read HTML."""

import hashlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from app.abstain import Calibration
from app.citation import cite
from app.reply import Answer
from index.glosses import Dictionary
from index.hits import Hit
from index.rerank import EVIDENCE, READ, Logistic, Ranker
from index.signals import SIGNALS

ROOT = Path(__file__).parent.parent

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


def entry(simplified, *definitions, pinyin="x", traditional=None):
    return {
        "simplified": simplified,
        "traditional": traditional or simplified,
        "pinyin": pinyin,
        "definitions": list(definitions),
    }


DICTIONARY = Dictionary(
    [
        entry("清洁", "clean", "to clean", traditional="清潔"),
        entry("取暖", "to warm oneself (by a fire etc)"),
        entry("武川", "Wuchuan county in Hohhot 呼和浩特[Hu1 he2 hao4 te4], Inner Mongolia", pinyin="Wu3 chuan1"),
        entry("武川县", "Wuchuan county in Hohhot, Inner Mongolia", pinyin="Wu3 chuan1 Xian4"),
        entry("伦敦", "London, capital city of Great Britain", pinyin="Lun2 dun1"),
        entry("中国共产党", "Communist Party of China", pinyin="Zhong1"),
        entry("中共", "abbr. for 中國共產黨|中国共产党[Zhong1 guo2 Gong4 chan3 dang3]", pinyin="Zhong1 Gong4"),
        entry("王", "surname Wang", pinyin="Wang2"),
        entry("王", "king", "CL:個|个[ge4]"),
        entry("洁", "clean", traditional="潔"),
        entry("暖", "warm", "variant of 煖|暖[nuan3]"),
        entry("县", "county", traditional="縣"),
    ]
)


def logistic(names, bias=0.0, **weights):
    """A logistic model by the names of its inputs."""
    return Logistic(tuple(float(weights.get(name, 0.0)) for name in names), bias)


# With the tests' encoder: fused order, its gap to the best as log-odds; odds by the nearest cosine; reads nothing.
RANKER = Ranker(
    logistic(SIGNALS, bias=1.0, fused=-1.0),
    logistic(READ),
    logistic(EVIDENCE, bias=-2.0, near=6.0, no_number=-9.0),
    "test",
    "test-ranker",
)
CALIBRATION = Calibration(slope=1.0, intercept=0.0, threshold=0.3, model="test", ranker="test-ranker")


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>![a](http://evil.example/a.png)[b](javascript:alert(3))"
    "<!-- c -->${alert(4)} `code` {{7*7}} @children $$x^2$$ &lt; </style> 'a' \"b\" \\"
)


class Page(HTMLParser):
    """Some HTML: its tags, attributes and text, and the text and attributes of each element that has a class."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text, self.elements, self._open = set(), {}, "", [], []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)
        element = {"text": "", "tag": tag} | dict(attrs)
        self.elements.append(element)
        if tag not in ("br", "input"):
            self._open.append((tag, element))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        self.text += data
        for _, element in self._open:
            element["text"] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def all(self, kind):
        """The elements of a class or tag, in order."""
        return [it for it in self.elements if kind == it["tag"] or kind in it.get("class", "").split()]


def answer(report, sentences, lang, question="Q", **fields):
    """An answer that quotes whole sentences, or a refusal when there are none."""
    claims = tuple(cite(report, report.sentence(id_), report.sentence(id_).span, lang) for id_ in sentences)
    said = " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1))
    fields = {"standalone_question": question, "status": "answered" if claims else "refused"} | fields
    return Answer(question, lang, answer=said or "The report does not say.", claims=claims, **fields)


def nearest(report, sentence):
    return (Hit(1, 1.0, report.id, report.sentence(sentence), (), {}),)
