import asyncio
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager

import jsonschema
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from support import ROOT

from app.citation import verify
from app.saved import SCHEMA_FILE
from corpus.errors import UsageError

HEATING = "What does the plan say about clean heating?"


@pytest.fixture(scope="module")
def command(real_index):
    """How a client starts the server: the real report, the real encoder."""
    arguments = ["-m", "app", "mcp", "--index", str(real_index)]
    return StdioServerParameters(command=sys.executable, args=arguments, cwd=str(ROOT), env=dict(os.environ))


@asynccontextmanager
async def session(command):
    async with stdio_client(command) as streams, ClientSession(*streams) as client:
        await client.initialize()
        yield client


async def call(client, tool, **arguments):
    """The JSON that a tool gives, or the sentence of its fault."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    return UsageError(text) if result.is_error else json.loads(text)


def test_a_client_asks_verifies_and_reads(command, hohhot):
    async def talk():
        async with session(command) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            said = [
                await call(client, "ask", question=HEATING, report="hohhot-2021"),
                await call(client, "ask", question="And schools?", history=[HEATING], language="zh"),
                await call(client, "ask", question="Who won the World Cup in 1998?"),
                await call(client, "verify_quote", report="hohhot-2021", quote="清洁取暖“全覆盖”"),
                await call(client, "verify_quote", report="hohhot-2021", quote="清潔取暖"),
                await call(client, "verify_quote", report="hohhot-2021", quote="全面取消供热"),
                await call(client, "read_paragraph", report="hohhot-2021", paragraph="p5"),
                await call(client, "ask", question="???"),
                await call(client, "ask", question=HEATING, report="nowhere"),
                await call(client, "verify_quote", report="nowhere", quote="x"),
                await call(client, "read_paragraph", report="hohhot-2021", paragraph="p999"),
            ]
            return tools, said

    tools, (heating, schools, cup, verbatim, folded, nowhere, paragraph, *faults) = asyncio.run(talk())
    assert set(tools) == {"ask", "verify_quote", "read_paragraph"}
    assert tools["ask"].input_schema["required"] == ["question"]
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    for answer in (heating, schools, cup):
        schema.validate(answer)
    assert "p20.6" in [claim["citations"][0]["sentence"] for claim in heating["claims"]]
    assert verify(heating["claims"], {hohhot.id: hohhot}.__getitem__) == []
    assert (schools["lang"], schools["standalone_question"]) == ("zh", "What does the plan say about schools?")
    assert (cup["status"], cup["claims"]) == ("refused", [])

    (place,) = verbatim["places"]
    assert (verbatim["found"], verbatim["sha256"]) == ("verbatim", hohhot.sha256)
    assert hohhot.source[place["start"] : place["end"]] == place["text"] == "清洁取暖“全覆盖”"
    assert (place["sentences"], place["paragraphs"]) == (["p20.6"], ["p20"])
    assert folded["found"] == "folded" and {place["text"] for place in folded["places"]} == {"清洁取暖"}
    assert nowhere == {"found": "nowhere", "sha256": hohhot.sha256, "places": []}

    assert paragraph["text"] == hohhot.source[paragraph["start"] : paragraph["end"]]
    assert "".join(sentence["text"] for sentence in paragraph["sentences"]) == paragraph["text"]
    assert [sentence["id"] for sentence in paragraph["sentences"]][:2] == ["p5.1", "p5.2"]
    assert paragraph["sentences"][2]["english"] == hohhot.edition.sentences["p5.3"].text
    assert paragraph["english_is"].startswith("unofficial reference translation")
    declared = hohhot.errata_in(hohhot.paragraph("p5").span)
    assert [erratum["reads"] for erratum in paragraph["errata"]] == [erratum.reads for erratum in declared] != []

    for fault, says in zip(
        faults, ("no words", "no report 'nowhere'", "no report 'nowhere'", "no paragraph 'p999'"), strict=True
    ):
        assert isinstance(fault, UsageError) and says in fault.message, fault


def test_standard_output_carries_nothing_but_the_protocol(command):
    """Every line is a JSON-RPC message, from the first byte to the last, with a noisy encoder."""
    noisy = (
        "import sys; import app.commands as commands, index.encode as encode\n"
        "load = encode.load_encoder\n"
        "def loud(*a, **k): print('loading'); return load(*a, **k)\n"
        "encode.load_encoder = loud\n"
        "from app.answer import Answerer; ask = Answerer.ask\n"
        "def chatty(*a, **k): print('asking'); return ask(*a, **k)\n"
        "Answerer.ask = chatty\n"
        "from app.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": HEATING}},
        },
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", noisy, *command.args[2:]],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = []
    for message in messages:
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        lines += [process.stdout.readline()] if "id" in message else []
    rest, told = process.communicate(timeout=60)
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert "clean heating" in lines[1]
    assert rest == ""
    assert "loading" in told and "asking" in told
    assert process.returncode == 0


def test_a_missing_index_is_told_and_not_served(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "app", "mcp", "--index", str(tmp_path / "none")],
        cwd=ROOT, input="", capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (told.returncode, told.stdout) == (1, "")
    assert "There is no index" in told.stderr
