"""The lock file of the image agrees with the pins of the tests, and holds all that is needed."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.container.served import LEFT_OUT, requirements

ROOT = Path(__file__).parents[2]
LOCKED = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = re.findall(r"^([\w.-]+)==(\S+)", LOCKED, re.MULTILINE)
LINUX = {**default_environment(), "sys_platform": "linux", "platform_system": "Linux"}


def needed() -> set[str]:
    """Return the names of all that the image's requirements need, of what is installed here."""
    waiting = [(Requirement(one), "") for one in requirements(ROOT / "pyproject.toml")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({**LINUX, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                try:
                    waiting += [(Requirement(one), wanted) for one in requires(name) or []]
                except PackageNotFoundError as error:
                    raise AssertionError(f"{name} is needed and not installed") from error
    return {name for name, _ in seen}


def test_the_lock_holds_exactly_what_is_needed() -> None:
    assert {canonicalize_name(name) for name, _ in PINNED} == needed()


def test_the_lock_holds_the_versions_that_are_tested() -> None:
    constraints = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    )
    tested = {canonicalize_name(name): version for name, version in constraints.items()}
    assert {name: tested.get(canonicalize_name(name)) for name, _ in PINNED} == dict(PINNED)


def test_every_package_has_a_digest() -> None:
    blocks = re.split(r"\n(?=\S)", LOCKED.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_the_image_has_no_torch() -> None:
    names = {name for name, _ in PINNED}
    assert names.isdisjoint({LEFT_OUT, "torch", "transformers"})
