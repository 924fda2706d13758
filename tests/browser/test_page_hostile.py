"""Articles are hostile: whatever they hold is shown as text, and no script of theirs runs."""

import json
import re
import unicodedata
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, Route, expect

from api.interface import STATIC
from api.template import CONTROL, is_web_address
from rag.terminal import UNSAFE
from tests.browser.hostile import ADDRESSES, NO_ADDRESSES, PAYLOADS
from tests.browser.served import Site, Visit, ask, joined

OWN = "script[src^='/static/'], link[rel=icon], link[rel=stylesheet][href^='/static/'], form#composer"
FORBIDDEN = "script, img, svg, math, iframe, object, embed, base, link, form, video, audio, style, marquee"


# Unicode's property Bidi_Control (UAX #9).
TURNING = "\u061c\u200e\u200f" + "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def harm(page: Page) -> list[str]:
    """Return what an article has done to the page: globals, elements, handlers, addresses."""
    return list(
        page.evaluate(
            """([forbidden, own]) => [
              ...(window.harmed ? ['script ran'] : []),
              ...[...document.querySelectorAll(forbidden)].filter(e => !e.matches(own)).map(e => e.outerHTML),
              ...[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).map(a => a.name)
                .filter(name => name.startsWith('on') || name === 'style' || name === 'srcdoc'),
              ...[...document.links].filter(a => !/^https?:$/.test(a.protocol)).map(a => a.href),
            ]""",
            [FORBIDDEN, OWN],
        )
    )


def documents(site: Site) -> list[dict[str, str]]:
    listed = site.http.get("/v1/documents", params={"limit": 100}).json()["documents"]
    return [document for document in listed if "payload-" in document["source"]]


def test_no_stored_payload_runs_or_becomes_markup_where_the_server_draws(visit: Visit, site: Site) -> None:
    """Without our Content-Security-Policy too: it is the second wall, not the first."""
    assert len(PAYLOADS) >= 40
    page = visit("/", bypass_csp=True)
    stored = documents(site)
    assert len(stored) == len(PAYLOADS)
    for document, payload in zip(stored, PAYLOADS, strict=True):
        page.goto(f"/documents/{document['id']}")
        assert harm(page) == [], payload
        assert joined(page, ".text p") == site.text_of(document["id"])
        assert payload in joined(page, ".text")
        assert joined(page, ".reader h1") == document["title"]
        assert payload.strip()[:20] in document["title"]


def test_no_stored_payload_runs_or_becomes_markup_where_the_script_draws(visit: Visit, site: Site) -> None:
    page = visit("/?q=inscription on a container&k=50", bypass_csp=True)
    page.locator(".question").click()  # asks again, so that the script draws as well
    expect(page.locator(".reply")).to_have_count(2)
    turn = page.locator(".turn").last
    assert harm(page) == []
    shown = turn.evaluate("e => e.textContent")
    sources = turn.locator(".passage").evaluate_all("es => es.map(e => e.dataset.document)")
    reached = {d["id"]: p for d, p in zip(documents(site), PAYLOADS, strict=True) if d["id"] in sources}
    assert len(reached) >= 40
    assert all(payload in shown for payload in reached.values())
    page.keyboard.press("Escape")
    turn.locator(".open").first.click()
    for place, source in enumerate(sources, 1):
        expect(page.locator("#source .number")).to_have_text(str(place))
        expect(page.locator("#source mark.cited").first).to_be_attached()
        assert joined(page, "#source .text p") == site.text_of(source)
        assert harm(page) == []
        page.keyboard.press("j")


def test_the_address_of_an_article_leads_there_and_does_nothing_else(visit: Visit) -> None:
    page = visit("/?q=inscription on a container&k=50")
    page.locator(".question").click()
    expect(page.locator(".reply")).to_have_count(2)
    for turn in page.locator(".turn").all():
        links = turn.locator(".original").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        assert len(links) >= 40
        # The link may lead to the very words; the address before that is the one given.
        assert {link.partition(":~:text=")[0].removesuffix("#") for link in links} <= set(ADDRESSES)
    assert harm(page) == []


def test_an_address_that_is_not_of_the_web_never_becomes_a_link(visit: Visit) -> None:
    """The index refuses such addresses; the page does not rely on it, so real replies are altered here."""
    assert [address for address in NO_ADDRESSES if is_web_address(address)] == []
    page = visit("/")

    def alter(route: Route) -> None:
        reply = route.fetch()
        changed = reply.json()
        for hit, address in zip(changed["passages"], NO_ADDRESSES, strict=False):
            hit["citation"]["url"] = address
        route.fulfill(response=reply, json=changed)

    page.route("**/v1/ask", alter)
    page.click(".filters summary")
    page.select_option("[name=k]", "10")
    ask(page, "inscription on a container")
    assert page.locator(".passage").count() == 10
    assert page.locator(".original").count() == 10 - len(NO_ADDRESSES)
    assert harm(page) == []


def test_a_hostile_question_is_shown_as_text(visit: Visit) -> None:
    page = visit("/", bypass_csp=True)
    for payload in PAYLOADS[::3]:
        page.goto("/?" + urlencode({"q": payload}))
        assert harm(page) == []
        assert joined(page, ".turn .question").strip() in payload
        assert joined(page, "#history .earlier") != ""


def test_page_script_and_terminal_know_the_same_controls() -> None:
    (script,) = re.findall(
        r"^const CONTROLS = /(.+)/;$", (STATIC / "app.js").read_text("utf-8"), re.MULTILINE
    )
    controls = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Cc"}
    shown = controls - {*"\0\t\n\r"} | {*TURNING}  # NUL stands in no article
    assert {c for c in map(chr, range(0x110000)) if CONTROL.match(c)} == shown
    assert {c for c in map(chr, range(0x110000)) if re.match(script, c)} == shown
    assert {c for c in map(chr, range(0x110000)) if UNSAFE.match(c)} == shown | {*"\0\r"}


def test_controls_are_seen_and_do_not_turn_the_words_around_them(visit: Visit, site: Site) -> None:
    """The API's words are the very ones; on the page each control stands alone and shows its code."""
    question = "who signed the treaty of the northern lighthouses?"
    hit = site.ask(question)["passages"][0]
    codes = [f"U+{ord(c):04X}" for c in hit["text"] if c in TURNING]
    assert {"U+202E", "U+202C", "U+200E", "U+200F", "U+061C"} <= {*codes}
    page = visit(f"/?q={question}")
    page.locator(".question").click()  # asks again, so that the script draws as well
    expect(page.locator(".reply")).to_have_count(2)
    for turn in page.locator(".turn").all():
        quote = turn.locator(".quote").first
        assert quote.evaluate("e => e.textContent") == hit["text"]
        assert quote.locator(".control").evaluate_all("es => es.map(e => e.dataset.code)") == codes
        assert "U+202E" in quote.locator(".control").first.evaluate(
            "e => getComputedStyle(e, '::before').content"
        )
        assert _leftmost(quote, "enod") == sorted(_leftmost(quote, "enod"))
    page.goto("/?q=inscription on a container&k=50")
    escapes = page.locator(".control[data-code='U+001B']")
    assert escapes.count() > 0
    expect(escapes.first).to_be_visible()


def _leftmost(part: Locator, word: str) -> list[float]:
    """Return where on the screen each letter of a word begins."""
    return list(
        part.evaluate(
            """(part, word) => {
              const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(word);
                if (at >= 0) return [...word].map((_, i) => {
                  const range = document.createRange();
                  range.setStart(walker.currentNode, at + i);
                  range.setEnd(walker.currentNode, at + i + 1);
                  return range.getBoundingClientRect().left;
                });
              } }""",
            word,
        )
    )


def test_direction_cannot_reach_beyond_the_text_that_turns_it(visit: Visit) -> None:
    page = visit("/?q=inscription on a container&k=50")
    assert page.evaluate(
        """() => [...document.querySelectorAll('.title, .outlet, .quote, .question, .terms, .control')]
        .every(e => ['isolate', 'plaintext', 'isolate-override'].includes(getComputedStyle(e).unicodeBidi)
                    || getComputedStyle(e).display === 'block')"""
    )
    assert json.dumps("\u202e")[1:-1] in json.dumps(joined(page, ".passages"))


def test_the_policy_is_strict_and_the_page_needs_nothing_more(visit: Visit, site: Site) -> None:
    policy = site.http.get("/").headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    html = site.http.get("/?q=container").text
    assert "<style" not in html
    assert html.count("<script") == html.count('<script type="module" src="/static/')


def test_the_browser_runs_no_script_but_the_page_s_own(site: Site, browser: Browser) -> None:
    """What an attacker would do if a payload did become markup: each way is refused by the policy."""
    page = browser.new_page()
    page.goto(site.address)
    refused = page.evaluate(
        """async () => {
          const tried = {};
          const attempt = (name, act) => { try { act(); tried[name] = false } catch { tried[name] = true } };
          attempt('innerHTML', () => { document.createElement('p').innerHTML = '<b>x</b>' });
          attempt('src', () => { document.createElement('script').src = '/static/app.js' });
          attempt('policy', () => trustedTypes.createPolicy('mine', {}));
          const script = document.createElement('script');
          document.body.append(script);
          attempt('text', () => { script.text = 'harmed = 1' });
          attempt('handler', () => document.body.setAttribute('onclick', 'harmed = 1'));
          document.body.click();
          tried.handler = window.harmed === undefined;
          document.body.setAttribute('style', 'display: none');
          tried.style = getComputedStyle(document.body).display !== 'none';
          tried.fetch = await fetch('http://203.0.113.9/').then(() => false, () => true);
          return tried;
        }"""
    )
    page.close()
    assert refused == dict.fromkeys(refused, True)
    assert len(refused) == 7
