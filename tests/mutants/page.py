"""`python -m tests.mutants.page FILE [NAME…]`: prove, try mutants, and write docs/safety.md.

Every mutant takes its time, and all of them an hour of two cores; so those that were not tried for longest come
first, what each came to is kept at once (`ledger.json`), and the page is written anew. With names only mutants
whose names begin so are tried, with `-` none.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.proving import promises
from adapters.proving.crashes import EVERY
from engine.proof.invariants import INVARIANTS
from tests.mutants import planted
from tests.mutants.__main__ import MUTANTS, told
from tests.mutants.ledger import Ledger, Verdict
from tests.mutants.mutant import Mutant
from tests.mutants.nursery import ROOT
from tests.mutants.running import WITHOUT_DEATHS, Outcome, prove

# Where a mutant says which sheet of ours its rule comes from: no reader of the page has that sheet.
SHEET = re.compile(r"^[\w.]+ §[\d.]+: | \((?:[\w.]+ §[\d.]+|understanding)\)")
INCIDENT = re.compile(r"^incident (\d+)(?:: )?")

OPENED = {
    "agreed": "the question has been asked, and «да» just said",
    "asked": "the question has been asked, and a thumbs-up just sent",
    "asking": "a wish was just said, and the question is still to come",
    "a leaking journal": "a wish was just said, and the journal also shows what belongs to somebody else",
    "agreed, one of two": "two records, one of them picked, and «да» just said",
    "no question asked": "two records, in a salon that wants no question",
    "one record": "one record, and nothing said yet",
    "which of two": "two records, and a wish just said",
    "two clients": "two clients with a record each, and one of them just said a wish",
    "the last created": "two records, in a salon that wants the last one created to be taken, without a question",
    "what is meant": "two records, in a salon that wants no question, and words just said that may mean a cancel",
    "about to begin": "a wish was just said for a visit that begins in ten minutes",
    "agreed to both": "two records, one question about both, and «да» just said",
    "both asked about": "two records, and a wish for both just said",
    "whose is cancelled": "two people on one phone with a record each, and a wish just said",
    "whose is moved": "two people on one phone with a record each, and a wish to move just said",
    "taking back": "a record was cancelled, and «Вернуть запись» just tapped",
    "no longer to be taken back": "a record was cancelled, and the time to take it back is over",
    "a take-back spoken of": "the record was cancelled; words that only sound like a take-back follow",
    "which to take back": "two records were cancelled, and «Вернуть запись» just tapped",
    "a take-back asked about": "a record was cancelled, and words just said that are no clear wish to have it back",
    "the salon is asked": "a wish within the salon's notice, and «да» to asking the salon just said",
    "the salon has decided": "the same, and the salon has just granted it",
    "too late": "a wish within the notice of a salon that refuses it",
    "which day": "a wish to move, and the question about the day is still to come",
    "which time": "a wish to move, and a day just tapped",
    "a time picked": "a wish to move, and a time just tapped",
    "a time proposed": "a wish to move that named day and time",
}

# What others who build such assistants, and those who use them, have told in public; retold, without anybody's data.
INCIDENTS = {
    1: "The client was told that a visit had been booked or moved. The booking system had refused.",
    2: "A «да» to one question was taken for a wish of another kind.",
    3: "After seven minutes the assistant no longer knew what it had asked.",
    4: "The fourth record of a list was picked. The record that has the number 4 was deleted.",
    5: "A record was deleted, and the client was told that this had failed.",
    6: "A move was refused since the client's own record stood in its way.",
    7: "A search by phone brought along other people's records.",
    9: "The same message came twelve times within eleven minutes.",
    10: "A change was announced again and again: the services had only come in another order.",
    12: "Whoever booked for the same day was reminded at once.",
    18: "Messages of clients whose number is hidden were acknowledged and dropped.",
    20: "«Нет», and then «да»: the second was ignored.",
}

HOW_TO_READ = """\
A program tries to make the assistant break its word, and this page tells how far it went and what it found.

- **For a salon.** Each line under "promise" is something that has to hold whatever clients write, whenever the power fails, and however YClients and WhatsApp answer.
  "Checked" is how often it was held against what clients read and what the journal shows; one that had not held would have ended the run, and there would be no page.
- **For an engineer.** *The exploration* takes every way from an opening, in order, up to a number of choices: words, taps, time, crashes, every end of every call.
  *The worlds* are random and go further; each comes back from its seed.
  *The crashed dialogues* die at every commit, fsync and call, one death after the other.
  *The mutants* test the test: each is one deliberate mistake in a copy of our source, and the proof has to find it.
- **What it is not.** It is as good as our picture of YClients and WhatsApp, which [VERIFIED.md](../VERIFIED.md) weighs, and it ends where its depth ends.

**По-русски.** Программа перебирает всё, что может случиться в разговоре: слова, кнопки, паузы, сбои, падения, любые ответы YClients и WhatsApp. На каждом шаге она сверяет сказанное клиенту с журналом. Потом в копию кода нарочно вносят ошибки, по одной, и смотрят, заметит ли их проверка."""


def page(ledger: Ledger) -> str:
    """Return the page: what was explored, what was held, and what each breakage came to."""
    lines = [
        "# What is proved",
        "",
        "Made by `make safety` from a run of `otmena prove` and of every mutant; no figure is written by hand.",
        "",
        HOW_TO_READ,
        "",
        f"The proof was run on {ledger.proved_on}.",
        "",
        *_exploration(ledger.proved),
        *_worlds(ledger.proved["long_runs"]),
        *_crashed(ledger.proved["crashed_everywhere"]),
        *_mutants(ledger),
        *_incidents([one for one in MUTANTS if one.name in ledger.verdicts]),
    ]
    return "\n".join(lines)


def _exploration(counted: dict[str, Any]) -> list[str]:
    return [
        "## The exploration",
        "",
        f"From {counted['openings']} openings, everything that can happen within {counted['depth']} choices, "
        "over the real store and the real dialogue; what goes on by itself costs no choice. "
        "A row that did not fire lies more choices away; the transcripts in `states/` fire all of them.",
        "",
        "| opening | what has happened before |",
        "| --- | --- |",
        *(f"| {name} | {before} |" for name, before in OPENED.items()),
        "",
        "| what | how many |",
        "| --- | ---: |",
        f"| distinct situations | {counted['situations']} |",
        f"| steps | {counted['steps']} |",
        f"| turns | {counted['turns']} |",
        f"| rows of the tables that fired | {counted['rows']} of {counted['rows_of']} |",
        f"| pairs of state and event | {counted['state_events']} |",
        f"| faults of calls and sends | {sum(counted['outcomes'].values())} |",
        f"| crashes | {sum(counted['crashes'].values())} |",
        f"| redeliveries | {counted['redelivered']} |",
        f"| checks of promises | {sum(counted['checks'].values())} |",
        "",
        "| a crash | times |",
        "| --- | ---: |",
        *(f"| {where} | {times} |" for where, times in sorted(counted["crashes"].items())),
        "",
        "`FindRecords` looks for the client's records, `CancelRecord` cancels one, and a message is sent to a phone. "
        "*Unavailable* is one attempt that was turned away, *unreachable* means all of them; *doubt* is one attempt "
        "without an answer, *silent* and *unknown* mean all of them; *done* and *arrived* tell what had really "
        "become of it.",
        "",
        "| how a call or a send ended, beside well | times |",
        "| --- | ---: |",
        *(f"| {how} | {times} |" for how, times in sorted(counted["outcomes"].items())),
        "",
        "| promise | its name below | checked |",
        "| --- | --- | ---: |",
        *(f"| {INVARIANTS[name]} | `{name}` | {counted['checks'].get(name, 0)} |" for name in INVARIANTS),
        "",
    ]


def _worlds(runs: dict[str, Any]) -> list[str]:
    checked = {name: runs["checks"].get(name, 0) for name in promises.INVARIANTS}
    return [
        "## The worlds",
        "",
        "A world is at least five clients who write, ten minutes of the salon's time, and one to three deaths, by "
        "kill or by the loss of power; then all faults end, and everything has to come to rest. It is the whole "
        "assistant with its real database on a simulated disk, both simulators, faults of theirs, and the salon's "
        "hand in the journal, in virtual time. A witness reads the phones, the journal, the requests and the store.",
        "",
        f"{runs['worlds']} of {runs['runs']} runs from seed {runs['first_seed']} on were worlds. "
        f"**One processor of the machine that wrote this page plays {runs['worlds_per_cpu_minute']} worlds in a "
        "minute**; a run of CI plays the same ones.",
        "",
        "| what | how many |",
        "| --- | ---: |",
        f"| turns | {runs['turns']} |",
        f"| minutes of virtual time | {runs['minutes']} |",
        f"| commits, fsyncs and calls at which it could have died | {runs['points']} |",
        f"| crashes, stops and upgrades | {runs['crashes']} |",
        f"| losses of power | {runs['power_losses']} |",
        f"| kinds of faults | {len(runs['faults'])} |",
        "",
        "| promise | checked |",
        "| --- | ---: |",
        *(f"| {name} | {times} |" for name, times in checked.items()),
        "",
        *_never_met(checked),
        f"Faults met, by the names that `otmena sim yclients --quirks` and `otmena sim whatsapp --quirks` explain: "
        f"{', '.join(runs['faults'])}.",
        "",
    ]


def _crashed(everywhere: dict[str, Any]) -> list[str]:
    return [
        "## The crashed dialogues",
        "",
        "Each of some scripted dialogues is played to its end, to find the commits, fsyncs and calls at which it "
        "could die; then it dies there, is started anew, and has to keep every promise. Where nothing was written, "
        "left or came between two points, a kill at either leaves the same, and counts once; a loss of power counts "
        "where there is something unsynced that it can lose. `otmena prove --crashes all` tries all of these deaths; this page's run, "
        f"like the tests, tries {_share(everywhere['which'])}.",
        "",
        "| what | how many |",
        "| --- | ---: |",
        f"| dialogues | {everywhere['dialogues']} |",
        f"| commits, fsyncs and calls | {everywhere['points']} |",
        f"| deaths that differ | {everywhere['deaths']} |",
        f"| of these tried here | {everywhere['deaths_tried']} |",
        f"| among them losses of power | {everywhere['power_losses']} |",
        f"| runs in a minute of one processor | {everywhere['runs_per_cpu_minute']} |",
        f"| checks of promises | {sum(everywhere['checks'].values())} |",
        "",
    ]


def _share(which: str) -> str:
    return f"every {EVERY}th of them, from one that its seed tells" if which == "sample" else "all of them"


def _never_met(checked: dict[str, int]) -> list[str]:
    if all(checked.values()):
        return []
    return ["A promise with 0 met no moment of which it speaks: these runs say nothing about it.", ""]


def _mutants(ledger: Ledger) -> list[str]:
    tried = [(one, ledger.verdicts[one.name]) for one in MUTANTS if one.name in ledger.verdicts]
    untried = [one.name for one in MUTANTS if one.name not in ledger.verdicts]
    caught = sum(verdict.caught_by is not None for _, verdict in tried)
    return [
        "## The mutants",
        "",
        f"{caught} of {len(tried)} deliberate breakages turn the proof red. "
        "*Caught by* is the promise that no longer held, by its name in the tables above; "
        "a world or a crashed dialogue names it in full. "
        "Seconds are of one processor, and grow with how far the exploration must go to see it.",
        "",
        "| what is broken | the rule that it breaks, or what it would repeat | caught by | from | seconds | tried |",
        "| --- | --- | --- | --- | ---: | --- |",
        *(_row(one, verdict) for one, verdict in tried),
        "",
        *([f"Not tried yet: {'; '.join(untried)}.", ""] if untried else []),
    ]


def _row(one: Mutant, verdict: Verdict) -> str:
    caught = verdict.caught_by or "**survived**"
    promise = f"`{caught}`" if caught in INVARIANTS else caught
    cells = (one.name, _against(one.against), promise, verdict.opening, f"{verdict.took_s:.1f}", verdict.on)
    return f"| {' | '.join(cells)} |"


def _against(against: str) -> str:
    """Return what a mutant stands for, without the sheets that only we have."""
    rule = SHEET.sub("", against)
    return INCIDENT.sub(lambda found: f"[incident {found[1]}](#the-incidents): ", rule).removesuffix(": ")


def _incidents(mutants: Sequence[Mutant]) -> list[str]:
    found = {int(cited[1]) for one in mutants if (cited := INCIDENT.match(one.against))}
    if not found:
        return []
    return [
        "## The incidents",
        "",
        "What has really happened with other assistants, as their makers and users have told in public.",
        "",
        "| incident | what happened |",
        "| ---: | --- |",
        *(f"| {number} | {INCIDENTS[number]} |" for number in sorted(found)),
        "",
    ]


def _proved(one: Mutant) -> Outcome:
    return prove(one) if one in planted.MUTANTS else prove(one, how=WITHOUT_DEATHS)


def main(path: str, *names: str) -> int:
    ledger = Ledger.read()
    command = [sys.executable, "-c", "import main; main.run()", "prove", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ledger.proved, ledger.proved_on = json.loads(done.stdout), datetime.now(UTC).date().isoformat()
    chosen = [one for one in MUTANTS if not names or one.name.startswith(names)]
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(_proved, ledger.longest_untried_first(chosen)):
            print(told(outcome), flush=True)
            ledger.note(outcome, datetime.now(UTC).date())
            _keep(ledger, path)
    _keep(ledger, path)
    tried = (ledger.verdicts.get(one.name) for one in MUTANTS)
    return 1 if any(verdict is not None and verdict.caught_by is None for verdict in tried) else 0


def _keep(ledger: Ledger, path: str) -> None:
    ledger.write()
    Path(path).write_text(page(ledger), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
