# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: ANN401 - what a browser returns is anything JSON can hold
"""A headless Chromium for tests: the system's own, with its own driver."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-device-scale-factor=1"),
)
WIDE = (1280, 900)
_CONNECT = socket.socket.connect
_LOOKUP = socket.getaddrinfo


def programs() -> tuple[str, str]:
    """Return the paths of Chromium and its driver, or skip the test."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("no Chromium here: apt-get install chromium chromium-driver")
    return browser, driver


def allow_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process talk to the driver on this machine, and to nothing else."""

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"a connection to {address}"
        _CONNECT(self, address)

    def lookup(host: Any, *rest: Any, **more: Any) -> Any:
        assert host in ("127.0.0.1", "::1", "localhost"), f"a look-up of {host}"
        return _LOOKUP(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)


class Browser:
    """One page in a real browser."""

    def __init__(self, profile: Path) -> None:
        """Start Chromium with the empty folder ``profile``."""
        browser, driver = programs()
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))

    def open(
        self,
        page: Path,
        choice: str = "",
        *,
        size: tuple[int, int] = WIDE,
        dark: bool = False,
        media: str = "",
    ) -> None:
        """Open ``page`` from disk; whatever was open before is forgotten."""
        self.driver.get("about:blank")
        self.log("browser")
        self.log("performance")
        self.show(size=size, dark=dark, media=media)
        self.driver.get(page.as_uri() + (f"#{choice}" if choice else ""))

    def show(self, *, size: tuple[int, int] = WIDE, dark: bool = False, media: str = "") -> None:
        """Choose the size of the window, the colours, and ``print`` as the medium."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.command("Emulation.setEmulatedMedia", media=media, features=[scheme, still])
        width, height = size
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def command(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Send a command of the DevTools protocol."""
        found: dict[str, Any] = self.driver.execute_cdp_cmd(name, arguments)
        return found

    def run(self, script: str, *arguments: object) -> Any:
        """Run JavaScript in the page and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """Return the text of the first element that matches."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def click(self, selector: str) -> None:
        """Click the first element that matches, as a mouse would."""
        element = self.driver.find_element("css selector", selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def keys(self, *keys: str) -> None:
        """Type where the focus is."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, first: str, second: str) -> None:
        """Press two keys at once."""
        chain = webdriver.ActionChains(self.driver)
        chain.key_down(first).send_keys(second).key_up(first).perform()

    def focus(self) -> str:
        """Return the id, else the label, else the text, of what has the focus."""
        script = (
            "const e = document.activeElement;"
            "return e.id || e.getAttribute('aria-label') || e.value || e.textContent"
        )
        return str(self.run(script))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return and forget the entries of a log."""
        found: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def errors(self) -> Sequence[str]:
        """Return what was written to the console."""
        return [entry["message"] for entry in self.log("browser")]

    def requests(self) -> list[str]:
        """Return every address that was asked for since the page was opened."""
        found = []
        for entry in self.log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def screenshot(self, name: str) -> None:
        """Keep a picture, where EXTRASMITH_SCREENSHOTS names a folder."""
        folder = os.environ.get("EXTRASMITH_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))
