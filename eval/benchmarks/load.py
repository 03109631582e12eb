"""How many people it serves at once: `python -m eval.benchmarks.load`, over the shipped report with its index built.

Starts the chat as `wenzheng chat` does, but for the limit on requests from one address, and asks it the dev questions
over its HTTP API, through the queue that the page goes through. Three measurements:

1. sessions that each ask a new question every few seconds;
2. ever more questions a second, whether or not the last are answered (an open loop), until the 95th percentile of the
   time to the answer is over two seconds, a question that was told "busy" counting as never answered; then half as
   much again as was kept, to see what people read when it is too much;
3. the server's memory (resident set) over thousands of questions.

Client and server share the machine, so that the figures are a lower bound. Times depend on the machine: let it be idle.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import httpx
import numpy as np

from app.desk import BUSY
from eval.gold import FOLDER

_TARGET = 2.0
_STEP, _STEP_SECONDS = 1.25, 15.0
_FASTEST = 200.0
_API = "/gradio_api/call/answer"

Outcome = Literal["answered", "busy", "error"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked: how it ended, and after how many seconds."""

    outcome: Outcome
    seconds: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code: 1 where something other than "busy" went wrong."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.load", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--every", type=float, default=10, help="seconds between a session's questions")
    parser.add_argument("--seconds", type=float, default=60, help="how long the sessions ask")
    parser.add_argument("--step", type=float, default=_STEP_SECONDS, help="seconds at each rate")
    parser.add_argument("--memory", type=int, default=5000, help="questions over which memory is watched")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.serve:
        _serve()
        return 0
    questions = itertools.cycle(_questions())
    with _server() as (address, pid):
        errors = asyncio.run(_measure(address, pid, questions, arguments))
    return 1 if errors else 0


async def _measure(address: str, pid: int, questions: Iterator[str], arguments: argparse.Namespace) -> int:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False) as client:
        await steady(client, questions, 2.0, 5)  # warm
        rate, asked = arguments.sessions / arguments.every, []
        sys.stdout.write("| load | questions | answered | busy | errors | p50, s | p95, s |\n")
        sys.stdout.write("| :-- | --: | --: | --: | --: | --: | --: |\n")
        asked += await steady(client, questions, rate, arguments.seconds)
        every = f"one question every {arguments.every:g} s for {arguments.seconds:g} s"
        _print_row(f"{arguments.sessions} sessions, {every}", asked)
        kept = 0.0
        while rate < _FASTEST:
            at_rate = await steady(client, questions, rate, arguments.step)
            asked += at_rate
            _print_row(f"{rate:.1f} questions a second", at_rate)
            if percentile(at_rate, 95) > _TARGET:
                break
            kept, rate = rate, rate * _STEP
        over = await steady(client, questions, 1.5 * max(kept, rate / _STEP), arguments.step)
        asked += over
        _print_row("half as much again as was kept", over)
        sys.stdout.write(f"\nHighest rate with a p95 under {_TARGET:g} s: {kept:.1f} questions a second.\n")
        asked += await _watch_memory(client, pid, questions, arguments.memory)
    errors = sum(it.outcome == "error" for it in asked)
    sys.stdout.write(f"{errors} error(s) in {len(asked)} questions.\n")
    return errors


async def steady(client: httpx.AsyncClient, questions: Iterator[str], rate: float, seconds: float) -> list[Asked]:
    """Ask `rate` questions a second, evenly spread, each as a session of its own; returns when all have ended."""
    began = time.perf_counter()
    tasks = []
    for number in range(max(1, round(rate * seconds))):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(client, next(questions))))
    return list(await asyncio.gather(*tasks))


async def ask(client: httpx.AsyncClient, question: str) -> Asked:
    """Ask one question through the queue and wait for its answer."""
    began = time.perf_counter()
    try:
        joined = await client.post(_API, json={"data": [question, [], ""]})
        if joined.status_code in (429, 503):
            return Asked("busy", time.perf_counter() - began)
        reply = await client.get(f"{_API}/{joined.raise_for_status().json()['event_id']}")
        outcome = outcome_of(reply.raise_for_status().text)
    except (httpx.HTTPError, KeyError, ValueError) as fault:
        sys.stderr.write(f"{question}: {fault!r}\n")
        outcome = "error"
    return Asked(outcome, time.perf_counter() - began)


def outcome_of(stream: str) -> Outcome:
    """How a question ended, by the server-sent events of its reply; raises ValueError where they are not understood."""
    event, data = "", ""
    for line in stream.splitlines():
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: ") and event != "heartbeat":
            data = line.removeprefix("data: ")
    if event != "complete":
        raise ValueError(f"the stream ended with {event!r}: {data[:200]}")
    (answer,) = json.loads(data)
    if answer["status"] != "error":
        return "answered"
    return "busy" if answer["error"]["message"] in BUSY.values() else "error"


def percentile(asked: Sequence[Asked], share: float) -> float:
    """Seconds within which `share` per cent were answered; what was not answered took for ever."""
    times = [it.seconds if it.outcome == "answered" else math.inf for it in asked]
    return float(np.percentile(times, share, method="higher"))


async def _watch_memory(client: httpx.AsyncClient, pid: int, questions: Iterator[str], count: int) -> list[Asked]:
    asked: list[Asked] = []
    sys.stdout.write("\n| questions | server's memory, MiB |\n| --: | --: |\n")
    for done in range(0, count + 1, max(1, count // 10)):
        while len(asked) < done:
            together = min(2, done - len(asked))
            asked += await asyncio.gather(*(ask(client, next(questions)) for _ in range(together)))
        sys.stdout.write(f"| {done} | {_resident(pid):.0f} |\n")
        sys.stdout.flush()
    sys.stdout.write("\n")
    return asked


def _print_row(name: str, asked: Sequence[Asked]) -> None:
    ended = Counter(it.outcome for it in asked)
    counts = " | ".join(str(it) for it in (len(asked), ended["answered"], ended["busy"], ended["error"]))
    times = " | ".join(f"{percentile(asked, share):.2f}".replace("inf", "–") for share in (50, 95))
    sys.stdout.write(f"| {name} | {counts} | {times} |\n")
    sys.stdout.flush()


def _resident(pid: int) -> float:
    """The resident set of a process, in MiB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True)
    return int(told.stdout) / 1024


def _questions() -> list[str]:
    rows = (FOLDER / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["question"] for row in rows]


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """The chat in a process of its own: its address and process id."""
    command = [sys.executable, "-m", "eval.benchmarks.load", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is piped
            address = process.stdout.readline().strip()
            if not address:
                raise SystemExit("The server did not start; what it says stands above.")
            yield address, process.pid
        finally:
            process.terminate()


def _serve() -> None:
    from app import chat
    from app.commands import open_answerer
    from app.desk import Desk
    from app.safety import Limits
    from app.settings import load

    answerer = open_answerer(load({}))
    blocks = chat.page(Desk(answerer.searcher, answerer.calibration, answerer.language))
    sys.stdout.write(f"{chat.launch(blocks, '127.0.0.1', 0, limits=Limits(requests=10**9))}\n")
    sys.stdout.flush()
    blocks.block_thread()


if __name__ == "__main__":
    sys.exit(main())
