"""Who may know whom, who may make a receipt, and who may ask the machine for time or chance."""

import ast

import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import ROOT, Source, dotted, sources

PRODUCT = ("engine", "states", "adapters", "main.py")

# Ask the machine for time, chance or an id.
BANNED = frozenset((
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
    "datetime.date.today", "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns",
    "time.perf_counter", "time.perf_counter_ns", "time.sleep", "uuid.uuid1", "uuid.uuid4", "uuid4", "uuid1",
    "os.urandom", "os.getrandom", "random.Random", "random.SystemRandom",
))  # fmt: skip
BANNED_MODULES = frozenset(("random", "secrets", "uuid"))

# Where it is allowed, and why.
ALLOWED = {
    "adapters/clock.py": "the port's own adapter: the one place that asks the machine",
    "adapters/web/server.py": "measures how long a request took; nothing is decided by it",
    "adapters/simulated.py": "the default of a simulator that is run by hand; tests hand in their clock",
    "adapters/cli/sim.py": "a simulator that is run by hand shows a salon of today",
    "adapters/stage/stage.py": "the default of the demo's stage, which plays in real time",
    "adapters/whatsapp/simulator/network.py": "the simulated network's default clock, and its challenge",
}


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True) == 0


def test_nothing_imports_the_composition_root() -> None:
    importing = [
        source.path
        for source in sources("engine", "states", "adapters")
        for node in source.nodes()
        if (isinstance(node, ast.Import) and any(alias.name == "main" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "main")
    ]
    assert importing == []


def test_flows_do_not_know_each_other_and_fragments_know_no_flow() -> None:
    """A flow has `flow.py`, a fragment only `rows.py`; flows hand over by intent."""
    flows = {folder.parent.name for folder in (ROOT / "states").glob("*/flow.py")}
    knowing = [
        (source.path, node.module)
        for source in sources("states")
        for node in source.nodes()
        if isinstance(node, ast.ImportFrom) and node.module and source.path.count("/") > 1
        for name in [*node.module.split(".")[1:2], *(alias.name for alias in node.names)]
        if node.module.split(".")[0] == "states" and name in flows and source.path.split("/")[1] != name
    ]
    assert knowing == []


def test_only_the_engine_of_the_dialogue_imports_transitions() -> None:
    importing = {
        source.path
        for source in sources(*PRODUCT)
        for node in source.nodes()
        if (
            isinstance(node, ast.Import) and any(alias.name.startswith("transitions") for alias in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transitions"))
    }
    assert importing == {"engine/dialogue.py"}


def test_only_adapters_construct_a_receipt() -> None:
    constructing = {
        source.path
        for source in sources(*PRODUCT)
        for node in source.nodes()
        if isinstance(node, ast.Call)
        and dotted(node.func).removeprefix("booking.")
        in ("Receipt", "Receipt.model_construct", "Receipt.model_validate")
    }
    assert constructing
    # The exploration plays the outside world, and nothing that runs imports it.
    assert {path for path in constructing if not path.startswith("adapters/")} == {"engine/proof/journal.py"}
    importing = {
        source.path
        for source in sources("engine", "states")
        for node in source.nodes()
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine.proof")
    }
    assert {path for path in importing if not path.startswith("engine/proof/")} == set()


def asks_the_machine(source: Source) -> list[str]:
    found = []
    for node in source.nodes():
        match node:
            case ast.Attribute():
                name = dotted(node)
                if name in BANNED or name.split(".")[0] in BANNED_MODULES:
                    found.append(f"{name} at {node.lineno}")
            case ast.ImportFrom(module="random", names=[ast.alias(name="Random")]):
                continue  # with a seed it is no chance; without one it is found below
            case ast.Call(func=ast.Name(id="Random"), args=[], keywords=[]):
                found.append(f"Random() without a seed at {node.lineno}")
            case ast.ImportFrom(module="time" | "random" | "secrets" | "uuid"):
                found.append(f"from {node.module} import … at {node.lineno}")
    return found


def test_time_and_chance_come_in_through_ports() -> None:
    asking = {source.path: asks_the_machine(source) for source in sources(*PRODUCT)}
    assert {path: found for path, found in asking.items() if found and path not in ALLOWED} == {}


def test_whoever_is_allowed_to_ask_the_machine_still_does() -> None:
    asking = {source.path for source in sources(*PRODUCT) if asks_the_machine(source)}
    assert set(ALLOWED) - asking == set()


def test_the_ban_would_notice() -> None:
    code = "from time import monotonic\nx = datetime.now()\ny = random.random()\nz = Random()\n"
    assert len(asks_the_machine(Source("x.py", ast.parse(code)))) == 4
    assert asks_the_machine(Source("x.py", ast.parse("from random import Random\nx = Random(7)"))) == []
