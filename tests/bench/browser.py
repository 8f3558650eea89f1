"""A browser without a screen: signs in, opens a page, speaks NiceGUI's websocket (socket.io 5) and fires events.

Only what a load test needs; a websocket on a reused keep-alive connection dies, hence `Connection: close`.
"""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp

ENTITIES = (("&#36;", "$"), ("&#96;", "`"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"))


class Tab:
    """One signed-in tab."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.elements: dict[str, Any] = {}
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._waiting: list[tuple[Callable[[str, str], bool], asyncio.Future]] = []
        self._reader: asyncio.Task | None = None

    async def sign_in(self, login: str, password: str) -> None:
        """Get the session cookie."""
        form = {"login": login, "password": password, "next": "/"}
        headers = {"Origin": self.base, "Connection": "close"}
        async with self._session.post(f"{self.base}/sign-in", data=form, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"sign-in: {answer.status}")

    async def open(self, path: str) -> None:
        """Load a page and connect its socket."""
        async with self._session.get(self.base + path, headers={"Connection": "close"}) as answer:
            html = await answer.text()
        query = re.search(r"query: (\{.*?\}),\n", html)
        found = re.search(r"parseElements\(String\.raw`(.*?)`\)", html, re.S)
        if query is None or found is None:
            raise RuntimeError(f"{path}: no NiceGUI page")
        asked = json.loads(query.group(1).replace("'", '"').replace("True", "true").replace("False", "false"))
        text = found.group(1)
        for entity, letter in ENTITIES:
            text = text.replace(entity, letter)
        self.elements = json.loads(text)
        self._client_id = asked["client_id"]
        await self._connect(asked)

    async def _connect(self, asked: dict[str, Any]) -> None:
        wanted = {
            **asked,
            "document_id": str(uuid.uuid4()),
            "tab_id": str(uuid.uuid4()),
            "EIO": "4",
            "transport": "websocket",
        }
        params = {
            key: str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in wanted.items()
        }
        url = self.base.replace("http", "ws", 1) + "/_nicegui_ws/socket.io/"
        self._socket = await self._session.ws_connect(
            url, params=params, max_msg_size=0, headers={"Origin": self.base}
        )
        await self._socket.receive_str()
        await self._socket.send_str("40")
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            if message.data == "2":
                await self._socket.send_str("3")
            elif message.data.startswith("42"):
                self._take(message.data)

    def _take(self, data: str) -> None:
        name, *rest = json.loads(data[2:])
        if name == "update":
            for key, value in rest[0].items():
                if value is None:
                    self.elements.pop(key, None)
                else:
                    self.elements[key] = value
        for waiter in list(self._waiting):
            if waiter[0](name, data):
                self._waiting.remove(waiter)
                if not waiter[1].done():
                    waiter[1].set_result(time.perf_counter())

    async def find(self, event: str, patience_s: float = 20) -> tuple[int, str]:
        """(element id, listener id) of the first element that listens to an event."""
        deadline = time.perf_counter() + patience_s
        while time.perf_counter() < deadline:
            for key, element in self.elements.items():
                for listener in element.get("events", []) if isinstance(element, dict) else []:
                    if listener["type"] == event:
                        return int(key), listener["listener_id"]
            await asyncio.sleep(0.05)
        raise RuntimeError(f"nothing listens to {event}")

    async def fire(self, target: tuple[int, str], arguments: Any, until: Callable[[str, str], bool]) -> float:
        """Send an event; seconds until the awaited message came."""
        arrived = asyncio.get_running_loop().create_future()
        self._waiting.append((until, arrived))
        message = {
            "id": target[0],
            "client_id": self._client_id,
            "listener_id": target[1],
            "args": [json.dumps(arguments)],
        }
        begun = time.perf_counter()
        await self._socket.send_str("42" + json.dumps(["event", message]))
        return await asyncio.wait_for(arrived, 60) - begun

    async def get(self, path: str) -> int:
        """Load something whole; its size."""
        async with self._session.get(self.base + path) as answer:
            return len(await answer.read())

    async def close(self) -> None:
        """Leave."""
        if self._reader:
            self._reader.cancel()
        await self._session.close()
