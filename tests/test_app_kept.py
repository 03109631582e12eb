import stat

import pytest

from app import kept
from app.kept import Asked, Memory
from app.reply import Answer
from corpus.errors import UsageError, WenzhengError


class Recording:
    """Notes what it is asked."""

    def __init__(self):
        self.asked = []

    def ask(self, question, history=(), report=None):
        self.asked.append((question, history, report))
        if question == "gone":
            raise UsageError("There is no report.")
        return Answer(question, "en", "answered")

    def failed(self, question, fault):
        return Answer(question, "en", "error", error={"message": fault.message, "hint": fault.hint})


def test_what_is_written_is_read():
    asked = (Asked("A?"), Asked("B?", "hohhot-2021"), Asked("C?", alone=True))
    assert kept.read(kept.write(asked)) == asked


@pytest.mark.parametrize(
    "junk",
    [None, "x", 7, {}, {"question": "Q"}, [None, 1, "Q", []], [{"question": 5}], [{"question": " "}],
     [{"question": "Q", "report": ["r"]}], [{"question": "Q" * 5001}], [{"html": "<b>"}]],
)  # fmt: skip
def test_what_is_no_conversation_is_none(junk):
    assert kept.read(junk) == ()


def test_a_stored_answer_is_never_taken():
    assert kept.read([{"question": "Q", "answer": "<b>forged</b>", "alone": 1}]) == (Asked("Q"),)


def test_a_long_conversation_keeps_its_latest_questions():
    asked = [Asked(f"Q{n}") for n in range(40)]
    assert kept.read(kept.write(asked)) == kept.read([{"question": it.question} for it in asked]) == tuple(asked[10:])


def test_a_question_leans_on_those_before_it_back_to_one_that_stands_alone():
    answerer = Recording()
    Memory(answerer).answers([Asked("A"), Asked("B", "r"), Asked("C", alone=True), Asked("D")])
    assert answerer.asked == [("A", (), None), ("B", ("A",), "r"), ("C", (), None), ("D", ("C",), None)]


def test_what_was_answered_is_not_asked_again():
    answerer = Recording()
    memory = Memory(answerer)
    memory.answers([Asked("A")])
    assert [it.question for it in memory.answers([Asked("A"), Asked("B")])] == ["A", "B"]
    assert [question for question, *_ in answerer.asked] == ["A", "B"]


def test_an_earlier_question_that_fails_keeps_its_place_and_the_last_one_says_so():
    memory = Memory(Recording())
    assert [it.status for it in memory.answers([Asked("gone"), Asked("B")])] == ["error", "answered"]
    with pytest.raises(UsageError, match="There is no report"):
        memory.answers([Asked("B"), Asked("gone")])
    assert [it.status for it in memory.answers([Asked("B"), Asked("gone")], strict=False)] == ["answered", "error"]


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    folder = tmp_path / "用户 data" / "wenzheng"
    key = kept.secret(folder)
    assert len(key) == 32 and kept.secret(folder) == key
    assert [(it.name, stat.S_IMODE(it.stat().st_mode)) for it in folder.iterdir()] == [("browser.key", 0o600)]
    assert kept.secret(tmp_path / "another") != key


def test_a_key_lost_half_way_is_made_anew(tmp_path):
    (tmp_path / "browser.key").touch()
    assert len(kept.secret(tmp_path)) == 32


def test_a_folder_that_is_none_is_named_with_its_remedy(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WenzhengError, match=r"file/browser\.key, cannot be read or made: .* WENZHENG_DATA=DIR"):
        kept.secret(tmp_path / "file")
