"""Controls Chromium through its own protocol: opens a page of a server, waits for its content, clicks, takes
pictures, and lists the addresses that the page requested."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import websocket

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--window-size=1500,1500",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)


class Chromium:
    """One tab, as a context manager. `asked` lists the addresses that its pages requested."""

    def __init__(self, profile: Path) -> None:
        chromium = shutil.which("chromium")
        assert chromium, "make test-browser needs Chromium on the path"
        self.asked: list[str] = []
        self._ids = itertools.count(1)
        self._process = subprocess.Popen(
            [chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file, end = profile / "DevToolsActivePort", time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text("ascii").count("\n")):
            assert time.monotonic() < end, "Chromium did not start"
            time.sleep(0.1)
        port, path = port_file.read_text("ascii").split()
        self._socket = websocket.create_connection(f"ws://127.0.0.1:{port}{path}", timeout=120)
        self._session = ""
        (target, *_) = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        self._session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)[
            "sessionId"
        ]
        self.call("Network.enable")

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters} | (
            {"sessionId": self._session} if self._session else {}
        )
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Network.requestWillBeSent":
                self.asked.append(answer["params"]["request"]["url"])
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def js(self, expression: str) -> Any:
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)[
            "result"
        ].get("value")

    def open(self, address: str, *, until: str, seconds: float = 90) -> None:
        self.call("Page.navigate", url=address)
        self.wait(until, seconds)

    def wait(self, condition: str, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not self.js(condition):
            assert time.monotonic() < end, f"never came: {condition}"
            time.sleep(0.3)

    def click(self, selector: str) -> None:
        place = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        x, y = self.js(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({place})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
