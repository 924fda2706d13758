"""A real server over the given articles and hostile ones, and a real browser that looks at it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.hostile import write_hostile_articles
from tests.browser.served import SEEDS, Site, Visit, launch, running

WAIT_MS = 10_000


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the given articles and hostile ones; not to be changed by a test."""
    folder = tmp_path_factory.mktemp("site")
    write_hostile_articles(folder / "hostile")
    made = Site([SEEDS / "articles", folder / "hostile"], folder / "data")
    made.index()
    with running(made) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # One for each file, not one for the session: while it runs, no other test could start an event loop.
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """Open pages of the site; at the end no script has failed and nothing has left for elsewhere."""
    faults: list[str] = []
    contexts = []

    # Options are those of Playwright's new_context, as many types as there are options.
    def open_page(path: str = "/", *, wide: bool = True, at: str = site.address, **options: Any) -> Page:  # noqa: ANN401
        size = {"width": 1280, "height": 800} if wide else {"width": 360, "height": 740}
        context = browser.new_context(**{"viewport": size, "locale": "en-GB", **options}, base_url=at)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: faults.extend(_foreign(request.url, at)))
        page.on("console", lambda message: faults.extend(_refusal(message.text)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _foreign(url: str, address: str) -> list[str]:
    return [] if url.startswith((f"{address}/", f"blob:{address}/")) else [f"request: {url}"]


def _refusal(message: str) -> list[str]:
    words = ("Content Security Policy", "TrustedHTML", "Refused to")
    return [f"console: {message}"] if any(word in message for word in words) else []
