"""Places of China in Chinese questions."""

import pytest

from index.places import is_spoken_of, places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("包头市的森林覆盖率是多少?", ("包头市",)),
        ("包头的呢?", ("包头",)),
        ("有几所建在赛罕区?", ("赛罕区",)),
        ("从北京到呼和浩特要多久?", ("北京", "呼和浩特")),
        ("鄂尔多斯市东胜区", ("鄂尔多斯市", "东胜区")),
        ("确保社会长治久安", ()),
        ("创新乡村治理,提升平衡水平", ()),
        ("加强合作,日照充足", ()),
        ("合作市", ("合作市",)),
        ("全市有哪些开发区?", ()),
        ("", ()),
    ],
)
def test_places_that_are_named(text, found):
    assert places(text) == found


@pytest.mark.parametrize(
    ("place", "text", "spoken"),
    [
        ("包头市", "呼包高铁", True),
        ("包头市", "包头", True),
        ("包头市", "包钢", False),
        ("北京", "京呼高铁开通运行", True),
        ("北京", "呼和浩特", False),
        ("内蒙古", "全区首家", True),
        ("包头", "全区首家", False),
        ("山西", "全省第一", True),
        ("赛罕区", "赛罕分局", True),
        ("赛罕区", "新城区、回民区", False),
    ],
)
def test_a_place_may_be_spoken_of_for_short(place, text, spoken):
    assert is_spoken_of(place, text) is spoken
