"""Who may ask, under which name, and what a browser may do with the replies."""

import base64
import hashlib
import hmac
import ipaddress
from binascii import Error as Base64Error
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import Scope

from api.problems import Problem
from rag.errors import BadConfiguration
from rag.settings import Settings

MAX_BODY = 64 * 1024  # bytes: a question of 2,000 characters has at most 24 kB, escaped
MAX_ADDRESS = 8 * 1024  # bytes: what other servers take; a question of 2,000 letters fits
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
OPEN_PATHS = ("/healthz", "/readyz")  # probes carry no key and learn nothing about the articles

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def check_binding(settings: Settings) -> None:
    """Refuse to listen beyond this machine without an API key. Raises BadConfiguration."""
    if is_loopback(settings.host) or settings.api_key_sha256:
        return
    raise BadConfiguration(
        f"host {settings.host} can be reached from other machines and no API key is set",
        "Set IBID_API_KEY_SHA256 to the SHA-256 of a long random key, or serve on 127.0.0.1.",
    )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Looks at a request before anything else does."""

    def __init__(self, settings: Settings) -> None:
        names = (*LOOPBACK_NAMES, settings.host, f"[{settings.host}]", *settings.allowed_hosts)
        self._names = {name.lower() for name in names}
        self._key = settings.api_key_sha256

    def check(self, scope: Scope) -> None:
        """Raise Problem when the request must not go further."""
        headers = Headers(scope=scope)
        _check_framing(headers)
        self._check_host(headers.get("host"))
        _check_address(scope)
        if self._key and scope["path"] not in OPEN_PATHS:
            self._check_key(headers.get("authorization", ""))

    def _check_host(self, host: str | None) -> None:
        """Refuse foreign names: a page elsewhere could point its own name at this machine."""
        if host is None:
            raise Problem("bad-request", "The Host header is missing.")
        name = host.lower()
        if not name.endswith("]"):
            name = name.rpartition(":")[0] or name
        if "*" not in self._names and name not in self._names:
            raise Problem("unknown-host", "Use 127.0.0.1 or localhost, or add the name to allowed_hosts.")

    def _check_key(self, authorization: str) -> None:
        digest = hashlib.sha256(_key_of(authorization)).hexdigest()
        if not hmac.compare_digest(digest, (self._key or "").lower()):
            raise Problem(
                "key-required",
                "Send it as `Authorization: Bearer KEY`; a browser may send it as the password.",
                # Browsers ask for a password by themselves: the page works behind a key.
                headers={"WWW-Authenticate": 'Basic realm="Ibid", Bearer'},
            )


def _key_of(authorization: str) -> bytes:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1", "replace")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2]
    except (Base64Error, ValueError):
        return b""


def _check_framing(headers: Headers) -> None:
    """Two statements of a body's length are how requests are smuggled past a proxy."""
    if "content-length" in headers and "transfer-encoding" in headers:
        raise Problem("bad-request", "Send Content-Length or Transfer-Encoding, not both.")


def _check_address(scope: Scope) -> None:
    path, query = scope.get("raw_path") or b"", scope["query_string"]
    if len(path) + len(query) > MAX_ADDRESS:
        raise Problem("address-too-long", f"At most {MAX_ADDRESS} bytes; use POST /v1/ask.")
    plain = unquote_to_bytes(query)
    try:
        unquote_to_bytes(path).decode()
        plain.decode()
    except UnicodeDecodeError:
        raise Problem("utf-8-required", "Escape UTF-8 bytes in the address.") from None
    if b"\0" in plain:
        raise Problem("invalid-character", "The address must not hold U+0000.")
