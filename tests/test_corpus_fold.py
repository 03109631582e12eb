import pytest

from corpus.fold import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("６５％", "65%"),
        ("4.5∶29.1∶66.4", "4.5:29.1:66.4"),
        ("清潔取暖，覆蓋（全市）", "清洁取暖,覆盖(全市)"),
        ("ＡＰＰ", "APP"),
        ("清洁取暖", "清洁取暖"),
    ],
)
def test_ways_of_writing_one_thing_fold_together(written, folded):
    assert fold(written) == folded


def test_folding_twice_changes_nothing_more():
    once = fold("發展經濟，總產值達到１２３億元∶比重")
    assert fold(once) == once
