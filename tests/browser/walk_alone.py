"""Walk through the page where there is no network: `python -m tests.browser.walk_alone DATA`.

A test starts it in a network namespace of its own. Prints as JSON what it saw.
"""

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.served import EXAMPLE, Site, ask, joined, launch, opened, running

SET_FLAGS, UP = 0x8914, 0x1  # Linux: SIOCSIFFLAGS, IFF_UP
OUTSIDE = ("203.0.113.9", 80)


def raise_loopback() -> None:
    """Raise `lo`, the one interface that a new namespace holds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def reaches_outside() -> bool:
    try:
        socket.create_connection(OUTSIDE, timeout=2).close()
    except OSError:
        return False
    return True


def walk(page: Page) -> dict[str, object]:
    """Ask, open the source, check its citation, read the reference."""
    seen: dict[str, object] = {}
    page.goto("/")
    ask(page, EXAMPLE)
    seen["cited"] = page.locator(".quote").evaluate_all("quotes => quotes.map(quote => quote.textContent)")
    page.locator(".open").first.click()
    opened(page)
    seen["answer"] = joined(page, "#source mark.answer")
    page.goto(str(page.locator(".permalink").first.get_attribute("href")))
    seen["state"] = page.locator(".state").get_attribute("class")
    page.goto("/docs")
    seen["reference"] = page.locator("body").inner_text()
    return seen


def main() -> None:
    raise_loopback()
    outside = reaches_outside()
    with running(Site([], Path(sys.argv[1]))) as site, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(base_url=site.address, locale="en-GB")
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        json.dump({"outside": outside, **walk(page), "failed": failed}, sys.stdout)
        browser.close()


if __name__ == "__main__":
    main()
