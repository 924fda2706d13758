"""Print what the image needs: all that Ibid depends on but sentence-transformers, and torch with it."""

import sys
import tomllib
from pathlib import Path

# The bundled model runs without it; with it an image weighs four times as much.
LEFT_OUT = "sentence-transformers"
EXTRAS = ("formats", "mcp")


def requirements(pyproject: Path) -> list[str]:
    """Return the requirements of the image, as `pyproject.toml` writes them."""
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in EXTRAS)]
    return sorted({one for group in groups for one in group if one != LEFT_OUT})


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(Path("pyproject.toml"))) + "\n")
