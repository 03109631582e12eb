import threading
import time

import pytest
from support import CALIBRATION

from app.answer import Answerer
from app.desk import BusyError, Desk
from app.reply import Answer

QUESTIONS = (
    "清洁取暖怎么安排?",
    "森林覆盖率达到多少?",
    "What about old residential compounds?",
    "新增多少所公办幼儿园?",
)


def at_once(*tasks):
    """Run tasks in threads; what each gave, or raised."""
    got = [None] * len(tasks)

    def run(number):
        try:
            got[number] = tasks[number]()
        except BusyError as fault:
            got[number] = fault

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_many_threads_get_the_answers_that_one_gets(searcher, monkeypatch):

    def told(answer):
        row = answer.to_json()
        return {key: row[key] for key in row if key != "timings_ms"}

    plain, desk = Answerer(searcher, CALIBRATION), Desk(searcher, CALIBRATION, waiting=40, patience=60)
    expected = [told(plain.ask(question)) for question in QUESTIONS] * 8
    assert [told(it) for it in at_once(*(lambda q=q: desk.ask(q) for q in QUESTIONS * 8))] == expected


@pytest.fixture
def slow(monkeypatch):
    """An answer takes as long as this event is not set; who is inside is counted."""
    gate, inside = threading.Event(), []

    def ask(self, question, *_):
        inside.append(question)
        gate.wait(20)
        return Answer(question, "en", "refused")

    monkeypatch.setattr(Answerer, "ask", ask)
    gate.inside = inside
    return gate


def test_who_would_wait_too_long_is_sent_away(searcher, slow):
    desk = Desk(searcher, CALIBRATION, waiting=5, patience=0.2)
    first = threading.Thread(target=desk.ask, args=("first",))
    first.start()
    while not slow.inside:
        time.sleep(0.01)
    began = time.monotonic()
    english, chinese = at_once(lambda: desk.ask("And schools?"), lambda: desk.ask("那学校呢?"))
    assert 0.2 <= time.monotonic() - began < 2
    assert str(english) == "Wenzheng is busy; please try again in a moment."
    assert str(chinese) == "问政正忙，请稍后再试。"
    slow.set()
    first.join()
    assert desk.ask("again").question == "again"
    assert slow.inside == ["first", "again"]


def test_a_long_line_is_not_made_longer(searcher, slow):
    desk = Desk(searcher, CALIBRATION, waiting=2, patience=20)
    threads = [threading.Thread(target=desk.ask, args=(str(number),)) for number in range(3)]
    for thread in threads:
        thread.start()
    while desk._places._value:
        time.sleep(0.01)
    began = time.monotonic()
    with pytest.raises(BusyError):
        desk.ask("one too many")
    assert time.monotonic() - began < 1
    slow.set()
    for thread in threads:
        thread.join()
    assert sorted(slow.inside) == ["0", "1", "2"]


def test_a_fault_gives_the_turn_back(searcher):
    desk = Desk(searcher, CALIBRATION, waiting=0, patience=0.1)
    for _ in range(3):
        with pytest.raises(Exception, match="The question is empty"):
            desk.ask(" ")
    assert desk.ask("森林覆盖率达到多少?").status in ("answered", "refused")
