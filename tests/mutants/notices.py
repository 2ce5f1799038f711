"""Mutants of notices and of the late link: what `prove` does not explore, and tests have to catch.

Each names the test file that must turn red on it.
"""

from dataclasses import dataclass

from tests.mutants.mutant import Mutant, mutant

NOTICES = "engine/runtime/notices.py"
STORED = "adapters/storage/notices.py"
RUNTIME_TESTS = "tests/engine/runtime/test_notices.py"
CONTRACT = "tests/adapters/storage/test_contract.py"
TELLING_TESTS = "tests/engine/runtime/test_telling.py"
ADDRESS_TESTS = "tests/adapters/notify/test_addresses.py"
PAGE_TESTS = "tests/adapters/web/test_late.py"


@dataclass(frozen=True, slots=True)
class Told:
    mutant: Mutant
    caught_by: str


MUTANTS = (
    Told(
        mutant(
            "what a status refuses later is told nobody",
            "design §6: a final error tells the administrator",
            ("engine/runtime/shell.py", "relinked, now, self._told_of_a_loss)", "relinked, now)"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a request that ended by a move has a notice of its own, which contradicts that of the move",
            "issue 5: the administrator reads what happened",
            ("engine/notices.py", 'case "withdrawn" if fact.detail == "moved":', 'case "withdrawn" if fact.detail == "":'),
        ),
        "tests/engine/test_notices.py",
    ),
    Told(
        mutant(
            "a notice that was told is told again after a restart",
            "issue 5: deduplicated",
            (STORED, "UPDATE notice SET status = iif(refused = ?1, 'sent', 'pending'), why = ?2,", "UPDATE notice SET status = 'pending', why = ?2,"),
            (STORED, "finished_us = iif(refused = ?1, ?3, NULL)", "finished_us = iif(?1 = ?3, ?3, NULL)"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "what was being sent at a crash is forgotten",
            "issue 5: nothing is lost",
            (STORED, "WHERE finished_us IS NULL AND status = 'sending'", "WHERE finished_us IS NULL AND status = 'nobody'"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "what is in doubt is sent for ever",
            "design §6: sent once more at most",
            (NOTICES, "        if due.doubts >= DOUBTS_MAX:\n", "        if False:\n"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a later notice overtakes an earlier one that waits for its retry",
            "the administrator reads what happened in its order",
            (STORED, "WHERE finished_us IS NULL AND recipient NOT IN (SELECT value", "WHERE finished_us IS NULL AND attempts = 0 AND recipient NOT IN (SELECT value"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "one address's outage holds up what it is told of other chats",
            "order holds for an address and a chat",
            (STORED, "GROUP BY recipient, ifnull(chat_id, -notice_id)", "GROUP BY recipient"),
        ),
        CONTRACT,
    ),
    Told(
        mutant(
            "what comes after its follow-up reads like the latest",
            "the administrator reads what happened in its order",
            (NOTICES, "        if due.overtaken:\n", "        if False:\n"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a notice that nobody got is reported to nobody",
            "issue 5: is itself reported",
            (NOTICES, "            if recipient != lost.recipient:\n", "            if False:\n"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a slow channel holds up the others",
            "issue 5: never in the way",
            (NOTICES, "            task = asyncio.get_running_loop().create_task(self._tell(notice))\n", "            task = asyncio.get_running_loop().create_task(self._tell(notice))\n            await task\n"),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "the message of an adapter's bug is logged",
            "issue 5: secrets never in logs",
            (NOTICES, 'log.error("notice.broken", notice=due.notice_id, error=type(error).__name__)', 'log.error("notice.broken", notice=due.notice_id, error=str(error))'),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "a link is stored with its notice's words",
            "the address is the secret",
            (NOTICES, '        return f"{text}\\n{how}", link', '        return text, link'),
        ),
        RUNTIME_TESTS,
    ),
    Told(
        mutant(
            "markup of strangers goes out as it is",
            "issue 5: a hostile name",
            ("engine/runtime/telling.py", '    plain = " ".join(printable.translate(_HARMLESS).split())\n', '    plain = " ".join(printable.split())\n'),
        ),
        TELLING_TESTS,
    ),
    Told(
        mutant(
            "the reason that came with the wish is told to nobody",
            "issue 5: the master and the administrator read why",
            ("engine/notices.py", "yield from _cancel(fact, _reason_beside(fact, facts))", "yield from _cancel(fact, None)"),
        ),
        "tests/engine/test_notices.py",
    ),
    Told(
        mutant(
            "what the salon freed itself is told as freed by the client",
            "never says that something is done unless it was read back",
            ("engine/notices.py", 'if fact.receipt is not None and fact.receipt.how == "already":', "if False:"),
        ),
        "tests/engine/test_notices.py",
    ),
    Told(
        mutant(
            "a take-back that came to nothing is told to nobody",
            "a client who wanted to come is worth a call",
            ("engine/notices.py", '    elif fact.outcome in ("taken", "too_late"):\n', "    elif False:\n"),
        ),
        "tests/engine/test_notices.py",
    ),
    Told(
        mutant(
            "a cancel of the salon's own is called one that the journal confirms",
            "never says that something is done unless it was read back",
            ("adapters/web/late_case.py", 'return "already" if is_off_before else fact.outcome', "return fact.outcome"),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a grant that came after the client's second thought is told as one that counts",
            "the page tells what came of it",
            (
                "adapters/web/late_page.py",
                "salon: Salon) -> web.Response:\n    if case.outcome in _OVERTAKEN:\n",
                "salon: Salon) -> web.Response:\n    if False:\n",
            ),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a master reads the client's number",
            "only the administrator does",
            ("engine/runtime/telling.py", ' if notice.to == "admin" else None\n', "\n"),
        ),
        TELLING_TESTS,
    ),
    Told(
        mutant(
            "another salon's recipients are ours",
            "issue 5: never to the wrong salon",
            ("adapters/notify/addresses.py", 'f"{company_id}\\0{role}\\0{address.url}"', 'f"{role}\\0{address.url}"'),
        ),
        ADDRESS_TESTS,
    ),
    Told(
        mutant(
            "opening the link decides",
            "issue 5: GET shows and POST decides",
            ("adapters/web/late.py", "            return late_page.of(await self.cases.read(asked), self.salon())", "            return await self._decided(asked, True, request.path)"),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a link outlives the beginning of the visit",
            "issue 5: it expires",
            ("adapters/web/late_case.py", "waiting is not None and self.now() < asked.until,", "waiting is not None,"),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a second decision takes the place of the first",
            "decided once",
            ("adapters/web/late.py", "        if case.granted != granted:\n", "        if case.granted is None:\n"),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a decision is told as a cancel",
            "never says that something is done unless it was read back",
            ("adapters/web/late_page.py", "told = _ENDED.get(_end(case), _TAKEN[granted])", 'told = _ENDED["cancelled"] if granted else _TAKEN[granted]'),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "a journal that does not answer is told as one that shows the record",
            "the page shows what was read, or says of which moment it is",
            ("adapters/web/late_case.py", 'return Journal("unread", self.now())', 'return Journal("same", self.now())'),
        ),
        PAGE_TESTS,
    ),
    Told(
        mutant(
            "what is cancelled already is told to be kept",
            "never says that something is done unless it was read back",
            ("adapters/web/late.py", 'if not granted and case.journal.shows == "cancelled":', "if False:"),
        ),
        PAGE_TESTS,
    ),
)  # fmt: skip
