"""Mutants of the adapters: what only the whole salon with its simulators can show, in worlds."""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

BOOKING = "adapters/yclients/booking.py"
CANCELLING = "adapters/yclients/cancelling.py"
COMMENTING = "adapters/yclients/commenting.py"
WRITING = "adapters/yclients/writing.py"

MUTANTS = (
    mutant(
        "a write that the journal does not show is told as done",
        "incident 1: said moved when the API had refused",
        (
            CANCELLING,
            '        raise unproven("soft_cancel.refused", shown.record_id, answered, seen) from answered\n',
            '        error = unproven("soft_cancel.refused", shown.record_id, answered, seen)\n'
            "        if not isinstance(error, Rejected):\n"
            "            return RecordPayload(id=shown.record_id, attendance=DID_NOT_COME)\n"
            "        raise error from answered\n",
        ),
        quick=True,
    ),
    mutant(
        "a later look tells a cancelled record as standing",
        "incident 5: done but reported as failed",
        (BOOKING, "if read.shows_the_end else None", "if read.deleted else None"),
    ),
    mutant(
        "the filter by phone is believed",
        "incident 7: the filter by phone returned other people's records",
        (
            BOOKING,
            "return [card for card in cards if card.number(self._home_region) == phone]",
            "return cards",
        ),
        (
            BOOKING,
            "if record is None or record.phone != phone or record.starts_at",
            "if record is None or record.starts_at",
        ),
        quick=True,
    ),
    mutant(
        "any refusal lets the record be deleted",
        "design §6: DELETE after exactly two refusals",
        (
            CANCELLING,
            'return answered.status == 405 or (answered.status == 404 and answered.says("Визит не найден"))',
            "return True",
        ),
    ),
    mutant(
        "a whole visit is changed for one of its records",
        "design §6: a visit with several active records",
        (CANCELLING, "        if siblings:\n", "        if False:\n"),
    ),
    mutant(
        "the second message of a webhook is acknowledged and dropped",
        "incident 18: dropped with HTTP 200",
        (
            "adapters/whatsapp/webhook.py",
            "return Delivered(tuple(arrivals), ",
            "return Delivered(tuple(arrivals[:1]), ",
        ),
    ),
    mutant(
        "nothing holds the calls to five a second",
        "design §6: one lane for each egress address",
        (
            "adapters/yclients/lane.py",
            "return free_at if free_at > now else self._lane.leave(",
            "return self._lane.leave(",
        ),
    ),
    mutant(
        "a process that starts anew counts its calls anew",
        "issue 6: the lane's state outlives the process",
        ("adapters/rehearsal/assistant.py", "book=self._book,", "book=MemoryBook(),"),
    ),
    mutant(
        "a journal that cannot be read is taken for an empty one",
        "incident 5: the outcome told is not the one that was",
        (
            BOOKING,
            "                    return RecordsFound(records=await self._records_of(phone))\n",
            "                    try:\n"
            "                        return RecordsFound(records=await self._records_of(phone))\n"
            "                    except Exception:\n"
            "                        return RecordsFound(records=())\n",
        ),
    ),
    mutant(
        "only the soonest record of several is found",
        "promise 2: never on a guess",
        (
            BOOKING,
            "return tuple(sorted(found.values(), key=lambda record: (record.starts_at, record.record_id)))",
            "return tuple(sorted(found.values(), key=lambda record: (record.starts_at, record.record_id)))[:1]",
        ),
        quick=True,
    ),
    mutant(
        "what the salon had noted is overwritten",
        "yclients.md §4.1: the call overwrites the comment",
        (
            COMMENTING,
            'return f"{comment.rstrip()}\\n{SENTENCE}" if comment.strip() else SENTENCE',
            "return SENTENCE",
        ),
    ),
    mutant(
        "a change of the salon's meanwhile is not looked at",
        "design §5: RecordChanged asks again",
        (CANCELLING, "if not now.shows_the_same(shown):\n", "if False:\n"),
        quick=True,
    ),
    mutant(
        "what is closed is written all the same",
        "design §6: paid, locked, begun, come",
        (CANCELLING, "if (objection := self._objection(before, shown, zone)) is not None:", "if False:"),
        (
            CANCELLING,
            'raise rejected("soft_cancel.refused", shown.record_id, objection)',
            "raise AssertionError",
        ),
    ),
    mutant(
        "a success that nobody read back is told as done",
        "incident 1: said moved when the API had refused",
        (
            CANCELLING,
            "        answered = await answered_to(change)\n",
            "        answered = await answered_to(change)\n"
            "        if answered is None:\n"
            '            return before.model_copy(update={"attendance": DID_NOT_COME})\n',
        ),
    ),
    mutant(
        "a salon that wants nothing deleted is not heard",
        "design §6: ON_SOFT_CANCEL_REFUSED=handover",
        (
            CANCELLING,
            'if self.on_refused != "delete" or not isinstance(answered, Refused):',
            "if not isinstance(answered, Refused):",
        ),
    ),
    mutant(
        "a write without an answer is sent again, unread",
        "design §6: a PUT or DELETE leaves once",
        (
            CANCELLING,
            "        answered = await answered_to(change)\n",
            "        answered = await answered_to(change)\n"
            "        if isinstance(answered, Unclear):\n"
            "            answered = await answered_to(\n"
            "                self.writing.journal.change_visit(visit_id, before.id, attendance=DID_NOT_COME, comment=comment)\n"
            "            )\n",
        ),
    ),
    mutant(
        "a visit that has begun is cancelled",
        "design §6: paid, locked, begun, come",
        (
            "states/cancel/guards.py",
            "return all(record.starts_at <= turn.now for record in asked_about(turn.memory))",
            "return False",
        ),
        (WRITING, "if starts_at is not None and starts_at <= self.clock.now():", "if False:"),
    ),
)

# The exploration says nothing that would show these; tests do.
BY_TESTS = (
    Told(
        mutant(
            "a look that is refused is told as a cancellation",
            "incident 1: unknown is not success",
            (
                BOOKING,
                "status=refused.status)\n            return outcome\n",
                "status=refused.status)\n"
                "            gone = RecordPayload(id=query.record.record_id, deleted=True)\n"
                '            return outcome.model_copy(update={"receipt": self._soft_cancel.receipt(gone, query.record, zone)})\n',
            ),
        ),
        "tests/adapters/yclients/test_zone_and_outcome.py",
    ),
)  # fmt: skip
