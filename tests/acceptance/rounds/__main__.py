"""`python -m tests.acceptance.rounds --rounds 200`: kill the real server again and again, and judge."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.acceptance.rounds.running import Plan, play


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lane", choices=("open", "default"), default="open")
    parser.add_argument("--folder", type=Path, help="where database and log are kept")
    parser.add_argument("--minutes", type=float, default=60, help="after so long no round begins")
    arguments = parser.parse_args()
    within_s = arguments.minutes * 60
    if arguments.lane == "open":
        plan = Plan(arguments.rounds, arguments.seed, within_s=within_s)
    else:
        plan = Plan(
            arguments.rounds, arguments.seed, clients=8, rest_s=(1, 8), lane_is_open=False, within_s=within_s
        )
    with tempfile.TemporaryDirectory(prefix="otmena-rounds-") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        report = asyncio.run(play(folder, plan, lambda line: print(line, file=sys.stderr)))
    print(report.as_text())
    return 1 if report.judged.faults else 0


if __name__ == "__main__":
    sys.exit(main())
