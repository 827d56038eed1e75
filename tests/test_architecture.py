"""The house keeps its order: which room may know which, and what a module may hold. Standard library only."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = (  # from the roof down: imports point down only, and neighbours in a row never import each other
    "urls wsgi management",
    "views api feeds admin middleware compression assets serving preparing worker",
    "tasks forms templatetags accounts tokens soundness",
    "leaving",
    "importers exporters capture ai backups tagging",
    "highlighting security_log",
    "search rendering",
    "models",
    "content",
)
ROW = {room: depth for depth, row in enumerate(ROWS) for room in row.split()}
# Django's own hooks, which nobody imports by name, and what they begin with.
NO_ROOM = {"library", "settings", "environment", "apps", "migrations"}
SHAPELESS = {"utils", "util", "helpers", "helper", "services", "common", "misc", "base"}
IMPURE = {"django", "psycopg", "sqlite3", "socket", "http", "requests", "urllib.request", "subprocess"}
EDGES = {"views", "api", "feeds", "admin", "management", "tasks"}
NOT_OF_A_VIEW = {"includes", "account", "admin"}  # shared pieces, and the pages of allauth and Django's admin


def trees(folder: str) -> dict[str, ast.Module]:
    files = [file for file in (ROOT / folder).rglob("*.py") if "migrations" not in file.parts]
    return {name_of(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


LIBRARY = trees("library")
EVERYTHING = {**LIBRARY, **trees("tests"), **trees("bench")}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def typing_only(tree: ast.AST) -> set[ast.AST]:
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    guarded = (block for block in blocks if "TYPE_CHECKING" in ast.unparse(block.test))
    return {inner for block in guarded for inner in ast.walk(block)}


@cache
def imports(module: str) -> set[str]:
    """Full names of what a module imports when it is loaded."""
    tree, found = LIBRARY[module], set()
    for node in set(ast.walk(tree)) - typing_only(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in LIBRARY else str(node.module) for name in names}
    return found


def own_imports(module: str) -> set[str]:
    return {name for name in imports(module) if name in LIBRARY} - {"library", module}


def with_what_they_import(modules: set[str]) -> set[str]:
    more = {name for module in modules for name in own_imports(module)} - modules
    return with_what_they_import(modules | more) if more else modules


def is_format(tree: ast.Module) -> bool:
    targets = [ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)]
    return "LABEL" in targets


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("module", sorted(LIBRARY))
def test_imports_point_down_only(module):
    here = room(module)
    if here in NO_ROOM:
        return
    assert here in ROW, f"{module} is in no room of docs/architecture.md"
    others = {room(name): name for name in own_imports(module) if room(name) != here}
    assert [name for there, name in others.items() if ROW.get(there, -1) <= ROW[here]] == []


def test_no_two_modules_import_each_other():
    try:
        TopologicalSorter({module: own_imports(module) for module in LIBRARY}).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("module", sorted(EVERYTHING))
def test_no_import_hides_in_a_function(module):
    hidden = [
        function.name
        for function in functions(EVERYTHING[module])
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    ]
    assert hidden == (["ready"] if module == "library.apps" else [])


def test_content_and_formats_are_pure():
    pure = {m for m in LIBRARY if room(m) == "content" or (room(m) == "importers" and is_format(LIBRARY[m]))}
    for module in with_what_they_import(pure):
        assert room(module) in {"content", "importers"}, module
        assert not {name for name in imports(module) if {name, name.split(".")[0]} & IMPURE}, module


def test_one_module_reads_the_environment():
    for module, tree in LIBRARY.items():
        read = [node for node in ast.walk(tree) if ast.unparse(node) in {"os.environ", "os.getenv"}]
        assert module in {"library.environment", "library.wsgi"} or not read, module


def test_only_edges_enqueue_work():
    for module, tree in LIBRARY.items():
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert "enqueue" not in called or room(module) in EDGES, module


def test_each_template_folder_has_a_view_module_of_its_name():
    folders = {folder.name for folder in (ROOT / "templates").iterdir() if folder.is_dir()} - NOT_OF_A_VIEW
    assert [name for name in sorted(folders) if f"library.views.{name}" not in LIBRARY] == []


@pytest.mark.parametrize("module", sorted(EVERYTHING))
def test_modules_have_a_shape_and_a_size(module):
    tree = EVERYTHING[module]
    assert module.split(".")[-1] not in SHAPELESS
    assert [function.name for function in functions(tree) if lines(function) > 50] == []
    file = ROOT / Path(*module.split("."))
    source = file.with_suffix(".py") if file.with_suffix(".py").exists() else file / "__init__.py"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 400
