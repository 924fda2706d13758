"""The rooms and their arrows, public names, and what must not stand in the code; read from the sources."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# From a package to those it may import: api -> rag -> embeddings.
ARROWS = {"embeddings": {"embeddings"}, "rag": {"rag", "embeddings"}, "api": {"api", "rag", "embeddings"}}
FILES = [path for room in ARROWS for path in sorted((ROOT / room).rglob("*.py"))]
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
# How the bundled model was made stands apart: it needs torch and is never imported to serve.
SERVED = [path for path in FILES if "training" not in path.parts]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path: Path, nodes: Iterator[ast.AST]) -> set[str]:
    """Return the full names of what these nodes import."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            assert node.module
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (submodules & MODULES) | ({node.module} if submodules - MODULES else set())
    return names


def at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the statements that run when a module is imported: none of a function or of TYPE_CHECKING."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from at_import(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            yield from at_import(node.body)
            yield from at_import(getattr(node, "orelse", []))


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_arrow_points_back(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    rooms = {name.partition(".")[0] for name in imported(path, ast.walk(parsed(path)))}
    assert rooms & {*ARROWS, "tests"} <= ARROWS[room]


def test_the_server_is_reached_from_the_command_line_only_and_by_name() -> None:
    doors = [
        (module_of(path), ast.unparse(node))
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))
    ]
    names = ("api.server", "api.mcp_server")
    assert doors == [("rag.commands.server", f"import_module('{name}')") for name in names]


def test_no_module_imports_itself_round_a_circle() -> None:
    arrows = {module_of(path): imported(path, at_import(parsed(path).body)) & MODULES for path in FILES}
    for start in arrows:
        reached, waiting = set[str](), set(arrows[start]) - {start}
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= arrows[name] - reached
        # A package's own file and its modules see each other through Python's import of the parent.
        assert start not in reached, f"{start} imports itself through {sorted(reached)}"


@pytest.mark.parametrize(
    "path", [p for p in SERVED if p.parent.name == "embeddings"], ids=lambda path: path.name
)
def test_the_room_of_vectors_knows_no_articles(path: Path) -> None:
    names = {node.id for node in ast.walk(parsed(path)) if isinstance(node, ast.Name)}
    assert names.isdisjoint({"Document", "Passage", "Citation", "Answer"})


FORBIDDEN_MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "shelve",
    "marshal",
    "joblib",
    "cloudpickle",
    "xml",
    "telnetlib",
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "os.system", "os.popen", "torch.load", "yaml.load", "print_exc"}
FORBIDDEN_ARGUMENTS = {
    ("shell", True),
    ("allow_pickle", True),
    ("trust_remote_code", True),
    ("verify", False),
}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nothing_dangerous_is_called(path: Path) -> None:
    tree = parsed(path)
    assert {name.partition(".")[0] for name in imported(path, ast.walk(tree))}.isdisjoint(FORBIDDEN_MODULES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in FORBIDDEN_CALLS, f"line {node.lineno}"
            given = {
                (word.arg, word.value.value) for word in node.keywords if isinstance(word.value, ast.Constant)
            }
            assert given.isdisjoint(FORBIDDEN_ARGUMENTS), f"line {node.lineno}"
            if path in SERVED and ast.unparse(node.func) in ("np.load", "np.save"):
                assert ("allow_pickle", False) in given, f"line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_inputs_are_checked_by_errors_not_by_assertions(path: Path) -> None:
    assert [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)] == []


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield the functions of a module and of its classes, with whether their name is public."""

    def within(
        body: list[ast.stmt], public: bool
    ) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node, public and not node.name.startswith("_")
            elif isinstance(node, ast.ClassDef):
                yield from within(node.body, public and not node.name.startswith("_"))

    return within(tree.body, True)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_module_and_public_function_is_documented_and_every_function_annotated(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree) or not tree.body
    for function, public in functions(tree):
        place = f"{function.name}, line {function.lineno}"
        assert not public or ast.get_docstring(function), f"{place} has no docstring"
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        unannotated = [
            one.arg for one in arguments if one.annotation is None and one.arg not in ("self", "cls")
        ]
        # The one exception is a callable of a library without types.
        assert not unannotated or "no-untyped-def" in path.read_text("utf-8"), f"{place}: {unannotated}"


@pytest.mark.parametrize("path", SERVED, ids=[module_of(path) for path in SERVED])
def test_public_names_are_sorted_and_there(path: Path) -> None:
    for node in parsed(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            # Constants, classes, functions: the order of the linter.
            assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
            module = importlib.import_module(module_of(path))
            assert all(hasattr(module, name) for name in names)


IMPORT = "import sys\nimport {}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
SERVING = ["api.server", "rag.cli", "rag.indexing", "rag.retriever", "rag.terminal", "embeddings"]


def loaded_by(modules: str) -> set[str]:
    command = [sys.executable, "-c", IMPORT.format(modules)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_serving_and_indexing_load_no_torch() -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "scipy", "pandas", "matplotlib", "numba"}
    assert loaded_by(", ".join(SERVING)).isdisjoint(heavy)


def test_the_room_of_vectors_loads_nothing_of_the_others() -> None:
    assert loaded_by("embeddings").isdisjoint({"rag", "api"})


def test_retrieval_needs_no_server() -> None:
    assert loaded_by("rag.retriever, rag.indexing, rag.cli").isdisjoint(
        {"api", "fastapi", "starlette", "uvicorn"}
    )
