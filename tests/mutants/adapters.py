"""Mutants of the adapters: what only the whole salon with its simulators can show, in long runs."""

from tests.mutants.mutant import mutant

BOOKING = "adapters/yclients/booking.py"
CANCELLING = "adapters/yclients/cancelling.py"

MUTANTS = (
    mutant(
        "a write that the journal does not show is told as done",
        "incident 1: said moved when the API had refused",
        (
            CANCELLING,
            "raise InDoubt(f\"{answered or 'YClients: a success'}, but the journal does not show it\") from answered",
            'return RecordCancelled(receipt=Receipt(change="cancelled", record=shown, read_at=self.clock.now()))',
        ),
        quick=True,
    ),
    mutant(
        "a later look tells a cancelled record as standing",
        "incident 5: done but reported as failed",
        (BOOKING, "if read.shows_the_end:", "if read.deleted:"),
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
            "arrivals=tuple(sorted(arrivals, key=lambda item: item.heard.said_at if item.heard else _LAST)),",
            "arrivals=tuple(sorted(arrivals, key=lambda item: item.heard.said_at if item.heard else _LAST))[:1],",
        ),
    ),
    mutant(
        "nothing holds the calls to five a second",
        "design §6: one lane for each egress address",
        ("adapters/yclients/lane.py", "                await self._slept_until(slot)\n", ""),
        ("adapters/yclients/lane.py", "while len(self._passages) == self._passages.maxlen:", "while False:"),
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
    ),
    mutant(
        "what the salon had noted is overwritten",
        "yclients.md §4.1: the call overwrites the comment",
        (
            CANCELLING,
            'return f"{comment.rstrip()}\\n{SENTENCE}" if comment.strip() else SENTENCE',
            "return SENTENCE",
        ),
    ),
    mutant(
        "a change of the salon's meanwhile is not looked at",
        "design §5: RecordChanged asks again",
        (CANCELLING, "if not now.shows_the_same(shown):\n", "if False:\n"),
    ),
    mutant(
        "what is closed is written all the same",
        "design §6: paid, locked, begun, come",
        (CANCELLING, "if (objection := self._objection(before, shown, zone)) is not None:", "if False:"),
        (CANCELLING, "raise self._rejected(shown, objection)", "raise AssertionError"),
    ),
)
