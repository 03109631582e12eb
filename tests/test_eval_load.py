import asyncio
import json
import math

import httpx
import pytest
from support import CALIBRATION, RANKER, HashedNgrams

from app import chat
from app.desk import BUSY, Desk
from corpus.library import Library
from eval.benchmarks.load import Asked, outcome_of, percentile, steady
from index.build import build
from index.search import Searcher

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")


def stream(event, answer):
    return f"event: heartbeat\ndata: null\n\nevent: {event}\ndata: {json.dumps([answer])}\n\n"


def test_busy_is_told_from_a_fault_and_from_an_answer():
    assert outcome_of(stream("complete", {"status": "refused"})) == "answered"
    assert outcome_of(stream("complete", {"status": "error", "error": {"message": BUSY["zh"]}})) == "busy"
    assert outcome_of(stream("complete", {"status": "error", "error": {"message": "No index."}})) == "error"
    for text in (stream("error", None), "", "event: heartbeat\ndata: null\n\n"):
        with pytest.raises(ValueError, match="the stream ended with"):
            outcome_of(text)


def test_what_was_not_answered_took_for_ever():
    answered = [Asked("answered", float(second)) for second in range(1, 20)]
    assert percentile([*answered, Asked("busy", 0.1)], 95) == math.inf
    assert percentile([*answered, Asked("busy", 0.1)], 50) == 11.0
    assert percentile(answered, 95) == 19.0


def test_questions_go_through_the_queue_and_leave_little_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(chat, "_SESSIONS", 3)
    build(Library(), tmp_path / "index", HashedNgrams())
    blocks = chat.page(Desk(Searcher(tmp_path / "index", Library(), HashedNgrams(), ranker=RANKER), CALIBRATION))

    async def load(address):
        async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
            return await steady(client, iter(["森林覆盖率是多少?", "What about clean heating?"] * 5), 20, 0.5)

    try:
        asked = asyncio.run(load(chat.launch(blocks, "127.0.0.1", 0)))
        assert [it.outcome for it in asked] == ["answered"] * 10
        assert all(0 < it.seconds < 30 for it in asked)
        assert len(blocks.app.state_holder.session_data) <= 3
        assert len(blocks._queue.event_analytics) <= 1
    finally:
        blocks.close(verbose=False)
