import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest
from support import CALIBRATION, RANKER, ROOT, HashedNgrams

from app import chat
from app.citation import verify
from app.desk import Desk
from app.saved import SCHEMA_FILE
from corpus.library import Library
from index.build import build
from index.search import Searcher

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLACE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The page over the real report, with the tests' encoder."""
    root = tmp_path_factory.mktemp("endpoint") / "index"
    build(Library(), root, HashedNgrams())
    desk = Desk(Searcher(root, Library(), HashedNgrams(), ranker=RANKER), CALIBRATION)
    blocks = chat.page(desk)
    yield chat.launch(blocks, "127.0.0.1", 0).rstrip("/"), desk
    blocks.close(verbose=False)


@pytest.fixture(autouse=True)
def _always_answers(monkeypatch):
    monkeypatch.setattr("app.abstain.Calibration.confidence", lambda *_: 1.0)


@pytest.fixture
def address(served):
    return served[0]


def told(answer):
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).validate(answer)
    return {key: answer[key] for key in answer if key != "timings_ms"}


def snippet(start):
    """The code block of the README that has these words."""
    return next(block for block in re.findall(r"```(?:python)?\n(.*?)```", README, re.DOTALL) if start in block)


def test_the_readmes_python_call_is_answered(served):
    address, desk = served
    code = (
        snippet("from gradio_client import Client").replace(PLACE, address) + "\nimport json; print(json.dumps(answer))"
    )
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "no_proxy": "*"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout.splitlines()[-1])
    expected = desk.ask("And schools?", ["What about clean heating?"], "hohhot-2021").to_json()
    assert told(answer) == told(expected)
    assert answer["standalone_question"] == "What about schools?"
    assert f"answered {answer['answer']}" in run.stdout
    assert verify(answer["claims"], desk.searcher.reports.__getitem__) == []


def test_the_readmes_curl_line_is_answered(served):
    address, desk = served
    run = subprocess.run(
        ["bash", "-ec", snippet("curl -s").replace(PLACE, address)],
        env=os.environ | {"no_proxy": "*"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    (answer,) = json.loads(run.stdout)["data"]
    assert told(answer) == told(desk.ask("森林覆盖率是多少?").to_json())


@pytest.fixture
def client(address):
    from gradio_client import Client

    return Client(address, verbose=False, analytics_enabled=False)


@pytest.mark.parametrize(
    ("question", "history", "report", "says"),
    [
        (" ", [], "", "The question is empty"),
        (5, [], "", "The request has no question"),
        ("清洁取暖", 7, "", "The request has a history that is not a list"),
        ("清洁取暖", [7], "", "The request has a history that is neither"),
        ("清洁取暖", [], ["a"], "The request has a report that is not a name"),
        ("清洁取暖", [], "nowhere", "no report 'nowhere'"),
        ("清洁取暖" * 2000, [], "", "at most 5000 can be asked"),
    ],
)
def test_a_bad_request_is_an_answer_that_says_so(client, question, history, report, says):
    answer = client.predict(question, history, report, api_name="/answer")
    told(answer)
    assert answer["status"] == "error" and says in answer["error"]["message"]


def test_the_endpoint_documents_itself(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert endpoints["/answer"]["description"].startswith("Answer a question in English or Chinese")
    assert [it["parameter_name"] for it in endpoints["/answer"]["parameters"]] == ["question", "history", "report"]
