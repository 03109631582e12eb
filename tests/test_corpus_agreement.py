import json
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from corpus.agreement import compare, negations
from corpus.figures import figures

_REPORT = Path(__file__).parents[1] / "corpus" / "reports" / "hohhot-2021"


@cache
def _about():
    return tomllib.loads((_REPORT / "report.toml").read_text(encoding="utf-8"))


@cache
def _edition():
    errata = _about()["errata"]
    rows = [json.loads(line) for line in (_REPORT / "english.jsonl").read_text(encoding="utf-8").splitlines()]

    def mended(text):
        for fault in errata:
            text = text.replace(fault["printed"], fault["reads"])
        return text

    return [(mended(part["zh"]), part["en"]) for row in rows for part in (row, *row.get("parts", ()))]


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("不断提升,不仅如此,坚定不移,不动产登记,群众认不认可", "zh", []),
        ("不敢腐、不能腐、不想腐", "zh", [("不", "not"), ("不", "not"), ("不", "not")]),
        ("严禁工业项目,零死亡", "zh", [("严禁", "stop"), ("零", "not")]),
        ("not only, no matter, no less than 5, without end", "en", []),
        ("We must never do it, nor can't we.", "en", [("never", "not"), ("nor", "not"), ("n't", "not")]),
        ("prevent unbalanced growth", "en", [("prevent", "stop"), ("unbalanced", "not")]),
    ],
)
def test_negations_come_from_a_closed_list(text, lang, found):
    assert [(text[n.start : n.end], n.kind) for n in negations(text, lang)] == found


def test_nouns_that_change_places_are_seen_and_order_is_strict_within_one_language():
    zh = "改造852个老旧小区、87个棚户区"
    assert compare(zh, "renovated 852 old compounds and 87 shantytowns") == []
    assert compare(zh, "renovated 87 shantytowns and 852 old compounds") == []
    assert len(compare(zh, "renovated 87 old compounds and 852 shantytowns")) == 4
    assert compare(zh, "改造87个棚户区、852个老旧小区", "zh", "zh") == [
        "The figures differ: “852个”, “87个” against “87个”, “852个”."
    ]
    assert compare("由0.94%提高到1.67%", "from 1.67% to 0.94%") == ["“0.94%” and “0.94%” stand in another order."]
    assert compare("70%左右", "70%") == ["“70%” and “70%” are not hedged alike."]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'fr'"):
        negations("pas", "fr")
    with pytest.raises(ValueError, match="'fr'"):
        compare("不", "pas", "zh", "fr")


def _expected(zh):
    return [mismatch for row in _about()["divergences"] if row["words"] in zh for mismatch in row["differs"]]


def test_every_figure_and_negation_of_the_edition_is_in_its_translation_and_the_other_way_round():
    pairs = _edition()
    assert len(pairs) > 690
    assert [(zh, en, compare(zh, en)) for zh, en in pairs if compare(zh, en) != _expected(zh)] == []
    declared = [row["words"] for row in _about()["divergences"]]
    assert [words for words in declared if not any(words in zh for zh, _ in pairs)] == []


_HAN = "二三四五六七八九"
_CARDINALS = "two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_UNITS = {"万": "亿", "亿": "万", "million": "billion", "billion": "million", "thousand": "million"}
_UNITS |= {
    "亩": "公顷",
    "公里": "米",
    "平方米": "平方公里",
    " mu": " hectares",
    "kilometres": "metres",
    "%": "个百分点",
}
_NUMERAL = re.compile(
    rf"\d[\d,]*(?:\.\d+)?(?: [mb]illion)?[万亿]*|[〇一-九十百千万亿两{_HAN}]+|{'|'.join(_CARDINALS)}", re.I
)
_PREDICATE = {
    "zh": re.compile("(?<![不未没])(?:完成|建成|实现|达到|得到|加强|推进|坚持|打造|提高|推动|提升)"),
    "en": re.compile(r"\b(?:will|must|has|have|is|are|can|was|were|had)\b"),
}


def _mutations(text, lang):
    """Every wrong version of `text` that one slip makes: (kind of slip, the wrong text)."""
    strong = [figure for figure in figures(text, lang) if not figure.weak]
    for figure in strong:
        head, said, tail = text[: figure.start], text[figure.start : figure.end], text[figure.end :]
        yield "drop", head + tail
        yield from (("digit", head + wrong + tail) for wrong in _other_digits(said))
        yield from (("unit", head + wrong + tail) for wrong in _other_units(said))
    for one, two in combinations(strong, 2):
        a, b = (_NUMERAL.search(text, figure.start, figure.end) for figure in (one, two))
        if a and b and (one.kind, one.unit) == (two.kind, two.unit) and one.value != two.value:
            yield "swap", text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]
    for negation in negations(text, lang):
        if not negation.weak:
            yield "unnegate", text[: negation.start] + text[negation.end :]
    for match in _PREDICATE[lang].finditer(text):
        for word in ("不", "未", "没有") if lang == "zh" else (" not", " no longer", " never"):
            at = match.start() if lang == "zh" else match.end()
            yield "negate", text[:at] + word + text[at:]


def _other_digits(said):
    for i, char in enumerate(said):
        if char.isdecimal() and char.isascii():
            yield said[:i] + str(int(char) % 9 + 1) + said[i + 1 :]
        elif char in _HAN:
            yield said[:i] + _HAN[(_HAN.index(char) + 1) % 8] + said[i + 1 :]
    for series in (_CARDINALS, _ORDINALS):
        for word, other in zip(series, (*series[1:], series[0]), strict=True):
            if re.search(rf"(?i)\b{word}\b", said):
                yield re.sub(rf"(?i)\b{word}\b", other, said)


def _other_units(said):
    for unit, other in _UNITS.items():
        if unit in said and "平方" not in said and "square" not in said:
            yield said.replace(unit, other)


def _blind(slip, zh, en):
    """The two things that only a reader sees: each lends one side a word too many, and a slip may use it up."""
    lent_or = any(en[n.start : n.end] == "or" for n in negations(en, "en"))
    return (slip in ("negate", "unnegate") and lent_or) or (slip == "drop" and "双" in zh)


def test_every_slip_in_every_row_is_caught():
    made, missed = Counter(), []
    for zh, en in _edition():
        for slip, wrong in _mutations(zh, "zh"):
            made[slip] += 1
            assert compare(zh, wrong, "zh", "zh"), (slip, wrong)
            if compare(wrong, en) == _expected(zh):
                missed.append((slip, zh, en))
        for slip, wrong in _mutations(en, "en"):
            made[slip] += 1
            assert compare(en, wrong, "en", "en"), (slip, wrong)
            if compare(zh, wrong) == _expected(zh):
                missed.append((slip, zh, en))
    floors = {"drop": 500, "digit": 700, "unit": 40, "swap": 90, "unnegate": 150, "negate": 3000}
    assert {slip: made[slip] for slip, floor in floors.items() if made[slip] < floor} == {}
    assert [miss for miss in missed if not _blind(*miss)] == []
    assert len(missed) < sum(made.values()) / 200
