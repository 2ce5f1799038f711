"""The registry. (That a transcript fires every row is held in tests/adapters/cli.)"""

import json

from states import registry


def test_the_released_tables_are_those_of_our_flows() -> None:
    assert json.loads(registry.released())["flows"].keys() <= {flow.name for flow in registry.FLOWS}
