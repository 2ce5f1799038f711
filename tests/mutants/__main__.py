"""`python -m tests.mutants [NAME…]`: try every mutant, or those whose names begin so."""

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutants import adapters, engine, moves, planted, store, take_back
from tests.mutants.running import Outcome, prove

MUTANTS = (
    *engine.MUTANTS,
    *store.MUTANTS,
    *planted.MUTANTS,
    *adapters.MUTANTS,
    *moves.MUTANTS,
    *take_back.MUTANTS,
)


def told(outcome: Outcome) -> str:
    verdict = f"{outcome.caught_by} ({outcome.opening})" if outcome.caught_by else "SURVIVED"
    return f"{outcome.took_s:5.1f} s  {outcome.mutant.name}: {verdict}  {outcome.what[:90]!r}"


def main(names: list[str]) -> int:
    chosen = [one for one in MUTANTS if not names or any(one.name.startswith(name) for name in names)]
    survived = 0
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(prove, chosen):
            print(told(outcome), flush=True)
            survived += outcome.caught_by is None
    print(f"{len(chosen) - survived} of {len(chosen)} mutants caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
