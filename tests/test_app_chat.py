import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from support import CALIBRATION, RANKER, ROOT, HashedNgrams

from app import chat
from app.answer import Answerer
from corpus.errors import WenzhengError
from corpus.library import Library
from index.build import build
from index.search import Searcher

FLAGS = """
import json, sys
from types import SimpleNamespace
from app import chat
blocks = chat.page(SimpleNamespace(ask=len, searcher=SimpleNamespace(reports={})))
address = chat.launch(blocks, "127.0.0.1", 0)
names = ("share", "share_url", "allowed_paths", "analytics_enabled", "enable_monitoring", "run_history", "mcp_server",
         "server_name", "dev_mode", "vibe_mode", "is_running")
print(json.dumps({name: getattr(blocks, name) for name in names} | {"address": address}), flush=True)
sys.stdin.read()
"""
MANY_FLAGS = {
    "GRADIO_SHARE": "True",
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_NUM_WORKERS": "2",
    "GRADIO_VIBE_MODE": "1",
    "GRADIO_WATCH_DIRS": "/tmp",
    "http_proxy": "http://127.0.0.1:9",
}


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")


class Served:
    """A page on a free port; `stop` closes it."""

    def __init__(self, answerer):
        self.blocks = chat.page(answerer)
        self.address = chat.launch(self.blocks, "127.0.0.1", 0)

    def stop(self):
        self.blocks.close(verbose=False)


@pytest.fixture(scope="module", autouse=True)
def _environment():
    """What opening a page sets is undone when the module ends."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The page over the real report, with the tests' encoder."""
    root = tmp_path_factory.mktemp("plain") / "index"
    build(Library(), root, HashedNgrams())
    served = Served(Answerer(Searcher(root, Library(), HashedNgrams(), ranker=RANKER), CALIBRATION))
    yield served
    served.stop()


def test_the_one_interface_is_the_documented_one(plain):
    from gradio_client import Client

    client = Client(plain.address, verbose=False, analytics_enabled=False)
    assert list(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == ["/answer"]


def test_a_port_in_use_is_an_error_with_its_remedy(plain):
    port = int(plain.address.rstrip("/").rpartition(":")[2])
    with pytest.raises(WenzhengError, match=rf"Cannot listen on 127\.0\.0\.1:{port}.*--port N"):
        chat.serve(None, "127.0.0.1", port)
    with pytest.raises(WenzhengError, match=r"Cannot listen on 192\.0\.2\.1:0.*"):
        chat.launch(plain.blocks, "192.0.2.1", 0)


def test_the_environment_opens_no_door():
    with subprocess.Popen(
        [sys.executable, "-c", FLAGS],
        cwd=ROOT,
        env=os.environ | MANY_FLAGS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        flags = json.loads(process.stdout.readline())
        address = flags.pop("address")
        doors = {
            path: status(address + path) for path in ("monitoring", "gradio_api/mcp/", "gradio_api/file=/etc/hosts")
        }
        elsewhere = reachable(socket.gethostbyname(socket.gethostname()), address)
        process.stdin.close()
    assert flags == {
        "share": False,
        "share_url": None,
        "allowed_paths": [],
        "analytics_enabled": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "server_name": "127.0.0.1",
        "dev_mode": False,
        "vibe_mode": False,
        "is_running": True,
    }
    assert doors == {"monitoring": 403, "gradio_api/mcp/": 404, "gradio_api/file=/etc/hosts": 403}
    assert not elsewhere


def status(address):
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(address, timeout=10).status
    except urllib.error.HTTPError as fault:
        return fault.code


def reachable(host, address):
    """Whether the page can be reached by another address of this machine."""
    if host.startswith("127."):
        return False
    with socket.socket() as other:
        return other.connect_ex((host, int(address.rstrip("/").rpartition(":")[2]))) == 0
