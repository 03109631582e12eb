"""Confidence and refusal: the calibration's file, and what it does with odds."""

import json

import pytest
from support import CALIBRATION, RANKER

from app.abstain import SHIPPED, Calibration
from corpus.errors import WenzhengError
from index.encode import SHIPPED as SHIPPED_ENCODER
from index.encode import model_digest
from index.rerank import Ranker


def test_confidence_rises_with_the_odds_and_stays_a_probability():
    calibration = Calibration(slope=1.0, intercept=0.0, threshold=0.6)
    values = [calibration.confidence(odds) for odds in (float("-inf"), -3.0, 0.0, 1.0, float("inf"))]
    assert values == sorted(values)
    assert values[0] == pytest.approx(0.0)
    assert values[2] == 0.5
    assert values[-1] == pytest.approx(1.0)
    assert not calibration.answers(0.0)
    assert calibration.answers(1.0)


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
    Calibration(1, 0, 0.5, searcher.encoder.digest, RANKER.digest).check(searcher)
    with pytest.raises(WenzhengError, match="another ranker"):
        Calibration(1, 0, 0.5, searcher.encoder.digest, "else").check(searcher)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"slope": "x", "intercept": 0, "threshold": 0}'])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "abstain.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WenzhengError, match=r"abstain\.json") as caught:
        Calibration.load(path)
    assert "python -m eval calibrate" in caught.value.hint
