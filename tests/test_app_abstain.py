import pytest

from app.abstain import CONFIG, confidence, demands
from app.extract import Pick


@pytest.fixture
def reports(library):
    return {report.id: report for report in library}


def pick(report, id_):
    sentence = report.sentence(id_)
    return Pick(report.id, sentence, sentence.span)


@pytest.mark.parametrize(
    ("question", "id_", "unmet"),
    [
        ("What is the forest coverage rate?", "p6.4", (False, False, False, False)),
        ("How much will the new airport cost?", "p25.1", (True, False, False, False)),
        ("When will the new airport open?", "p25.1", (False, True, False, False)),
        ("What was the forest coverage rate in 2016?", "p6.4", (False, False, True, False)),
        ("What is the forest coverage of Baotou?", "p6.4", (False, False, False, True)),
        ("What is the forest coverage of Hohhot?", "p6.4", (False, False, False, False)),
        ("呼和浩特的GDP是多少?", "p6.4", (False, False, False, True)),
        ("包括2016年在内,森林覆盖率是多少?", "p6.4", (False, False, True, False)),
        ("研发投入强度2016年是多少?", "p4.3", (False, False, False, False)),
        ("What has been done over the past five years?", "p6.4", (False, False, False, False)),
    ],
)
def test_demands_that_the_sentences_leave_unmet(hohhot, reports, question, id_, unmet):
    assert demands(question, [pick(hohhot, id_)], reports) == unmet


def test_english_names_are_not_looked_for_in_a_report_without_an_edition(reports):
    report = reports["anning-2024"]
    id_ = next(s.id for s in report.sentences if "3000人" in s.text)
    assert demands("How many jobs will Anning create?", [pick(report, id_)], reports) == (False, False, False, False)


def test_an_unmet_demand_lowers_confidence_and_nearness_raises_it(hohhot, reports):
    picks = [pick(hohhot, "p6.4")]
    met = confidence("What is the forest coverage rate?", 0.6, picks, reports)
    assert met > confidence("What is the forest coverage rate?", 0.5, picks, reports)
    assert met > confidence("What was the forest coverage rate in 2016?", 0.6, picks, reports)
    assert confidence("What was the forest coverage rate in 2016?", 0.99, picks, reports) < CONFIG.threshold
    assert confidence("anything", 0.9, [], reports) == 0.0
