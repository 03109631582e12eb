"""Confidence and refusal: the calibration's file, and what it does with odds."""

import json

import pytest
from support import CALIBRATION, RANKER

from app.abstain import SHIPPED, SIGNS, Calibration, signs
from corpus.errors import WenzhengError
from index.encode import SHIPPED as SHIPPED_ENCODER
from index.encode import model_digest
from index.rerank import Ranker

NONE = [False] * len(SIGNS)


def test_confidence_rises_with_the_odds_and_stays_a_probability():
    calibration = Calibration(slope=1.0, intercept=0.0, threshold=0.6)
    values = [calibration.confidence(odds, NONE) for odds in (float("-inf"), -3.0, 0.0, 1.0, float("inf"))]
    assert values == sorted(values)
    assert values[0] == pytest.approx(0.0)
    assert values[2] == 0.5
    assert values[-1] == pytest.approx(1.0)


def test_each_sign_takes_what_it_weighs():
    calibration = Calibration(slope=1.0, intercept=0.0, threshold=0.6, signs={"number": -3.0, "name": -2.0})
    seen = {name: [other == name for other in SIGNS] for name in SIGNS}
    confidence = {name: calibration.confidence(1.0, seen[name]) for name in SIGNS}
    assert confidence["number"] < confidence["name"] < confidence["figure"] == calibration.confidence(1.0, NONE)


def test_the_signs_are_what_the_question_lacks(hohhot):
    def seen(question, *sentences):
        found = signs(question, [(hohhot, hohhot.sentence(id_)) for id_ in sentences])
        return [name for name, there in zip(SIGNS, found, strict=True) if there]

    assert seen("还剩多少户国有企业?", "p10.6") == []
    assert seen("还剩多少户国有企业?", "p10.7") == ["figure"]
    assert seen("哪一年整合的国有企业?", "p10.6") == ["date"]
    assert seen("把99户国有企业怎么样了?", "p10.6") == ["number"]
    assert seen("呼和浩特的GDP怎么样?", "p10.6") == ["name"]
    assert seen("包头市的森林覆盖率是多少?", "p6.4") == ["name"]
    assert seen("呼和浩特的森林覆盖率是多少?", "p6.4") == []
    assert seen("今后怎么推进国有企业改革?", "p10.6") == ["time"]
    assert seen("过去怎么建设海绵城市?", "p21.11") == ["time"]
    assert seen("今后怎么推进国有企业改革?", "p10.6", "p21.11") == []  # one of them looks ahead
    assert seen("国有企业改革怎么样?", "p10.6") == []
    assert seen("今后怎么推进国有企业改革?") == []
    assert seen("How many state-owned firms are left?", "p10.6") == []
    assert seen("How many state-owned firms are left?", "p10.7") == ["figure"]
    assert seen("When was the firms' merger done?", "p10.6") == ["date"]
    assert seen("What will forest cover reach in 2025?", "p6.4")[-1] == "time"
    assert "time" not in seen("What was forest cover?", "p6.4")
    assert seen("建成的4条快速路分别叫什么?", "p5.3") == ["items"]
    assert seen("Which four urban expressways were finished?", "p5.3") == ["items"]
    assert seen("建成了几条快速路?", "p5.3") == []
    assert "items" not in seen("建成的4条快速路分别叫什么?")  # nothing is quoted


def test_the_shipped_calibration_is_of_the_shipped_models():
    row = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert row["ranker"] == Ranker.load().digest
    assert row["model"] == model_digest(str(SHIPPED_ENCODER)) == Ranker.load().model
    assert 0 < Calibration.load().threshold < 1
    assert Calibration.load().slope > 0


def test_a_calibration_of_other_models_is_refused(searcher):
    searcher.ranker = RANKER
    with pytest.raises(WenzhengError, match="another encoder") as caught:
        CALIBRATION.check(searcher)
    assert "python -m eval calibrate" in caught.value.hint
    Calibration(1, 0, 0.5, model=searcher.encoder.digest, ranker=RANKER.digest).check(searcher)
    with pytest.raises(WenzhengError, match="another ranker"):
        Calibration(1, 0, 0.5, model=searcher.encoder.digest, ranker="else").check(searcher)


_ROW = {"slope": 1, "intercept": 0, "threshold": 0.5, "model": "m", "ranker": "r"}


def test_a_calibration_is_read_back_with_every_sign(tmp_path):
    path, weights = tmp_path / "abstain.json", {name: -n for n, name in enumerate(SIGNS)}
    path.write_text(json.dumps(_ROW | {"signs": weights}), encoding="utf-8")
    assert Calibration.load(path) == Calibration(1.0, 0.0, 0.5, weights, "m", "r")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"slope": "x", "intercept": 0, "threshold": 0}',
        json.dumps(_ROW | {"number": 0, "name": 0}),
        json.dumps(_ROW | {"signs": {"number": 0, "name": 0}}),
        json.dumps(_ROW | {"signs": [0] * len(SIGNS)}),
    ],
)
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "abstain.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WenzhengError, match=r"abstain\.json") as caught:
        Calibration.load(path)
    assert "python -m eval calibrate" in caught.value.hint
