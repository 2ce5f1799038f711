"""Mutants of which record a move is about, of what takes a window, of looks and of sends: tests have to catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

HEARING = "states/reschedule/hearing.py"
OTHERS = "states/reschedule/others.py"
OFFERING = "states/reschedule/offering.py"
LOOKS = "states/everywhere/looks.py"
SENDING = "engine/runtime/deliveries.py"
TURNS = "engine/runtime/turns.py"
TESTS = "tests/states/test_reschedule_others.py"

MUTANTS = (
    Told(
        mutant(
            "another record that is named in the middle of a move is not heard",
            "a record that is not meant is never moved",
            (HEARING, "AT_THE_TIME = (another_record, stays_put", "AT_THE_TIME = (stays_put"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "of two records the one that is named is guessed where it is not clear",
            "never on a guess",
            (OTHERS, "return _wanted(meaning) if sure else AnotherRecordWanted()", "return _wanted(meaning)"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "the move of another record remembers the one that was left",
            "a record that is not meant is never moved",
            (OFFERING, "    turn.memory = Memory(left=memory.record.record_id)\n", ""),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a question without its mark takes a window",
            "design §5: «в 15 можно» is a wish, no consent",
            (HEARING, "plain = _DOUBTFUL.search(hearing.words.lower()) is None", "plain = True"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a question goes on that shows what a look has found to be past",
            "no lie: a «нет» to it is answered with that the record stays",
            (LOOKS, "    return told.gone or is_back or", "    return False and"),
        ),
        "tests/states/test_everywhere.py",
    ),
    Told(
        mutant(
            "a send has begun while it waits for its turn",
            "design §6: twice at most, so what a crash cuts must have been sent",
            (SENDING, "            await self.messenger.turn(delivery.address)\n", "            await self._started(delivery)\n            await self.messenger.turn(delivery.address)\n"),
        ),
        "tests/engine/runtime/test_pace_over_restarts.py",
    ),
    Told(
        mutant(
            "the last copy of a message is spent while WhatsApp answers nobody",
            "promise 3: an outage of minutes costs no answer",
            (SENDING, "        if answer == \"yes\":\n", "        if True:\n"),
        ),
        "tests/engine/runtime/test_holding.py",
    ),
    Told(
        mutant(
            "a restart in an outage forgets that read marks tell of its end",
            "promise 3: an outage of minutes costs no answer",
            (TURNS, "            await self.store.note_marks(*marked)\n", ""),
        ),
        "tests/engine/runtime/test_holding.py",
    ),
    Told(
        mutant(
            "a channel that knows no read marks seems to be away for ever",
            "promise 3: a copy that is never sent is lost",
            (SENDING, "if not await self.store.takes_marks(address.channel, address.account):", "if False:"),
        ),
        "tests/engine/runtime/test_holding.py",
    ),
    Told(
        mutant(
            "whose question could not be sent in time never hears of us",
            "promise 3: whoever wrote is answered",
            ("adapters/storage/sends.py", "too_old=status == \"dropped\"", "too_old=False"),
        ),
        "tests/engine/runtime/test_notices.py",
    ),
    Told(
        mutant(
            "nobody hears of an answer that could not be sent for a day",
            "design §6: a client without an answer is the administrator's",
            (SENDING, "if (ending := await self._outlived(delivery)) is not None:", "if (ending := None) is not None:"),
        ),
        "tests/engine/runtime/test_notices.py",
    ),
    Told(
        mutant(
            "read marks that are not taken any more hold messages back for ever",
            "promise 3: a copy that is never sent is lost",
            (SENDING, " or self._takes_sends(address.account):", ":"),
        ),
        "tests/engine/runtime/test_holding.py",
    ),
    Told(
        mutant(
            "both copies leave in the same moment where no status is ever shown",
            "promise 3: a blip of WhatsApp costs no answer",
            (SENDING, "BLIP_S = 5.0", "BLIP_S = 0.0"),
        ),
        "tests/engine/runtime/test_deliveries.py",
    ),
    Told(
        mutant(
            "what «стоп» has silenced becomes the administrator's",
            "design §5: «стоп»",
            (SENDING, "if chat is not None and chat.opted_out and not delivery.message.outcome:", "if False:"),
        ),
        "tests/engine/runtime/test_notices.py",
    ),
    Told(
        mutant(
            "nobody hears of a message that was in doubt twice",
            "design §6: a client without an answer is the administrator's",
            (SENDING, "why=IN_DOUBT, notices=self.unsure(delivery))", "why=IN_DOUBT)"),
        ),
        "tests/engine/runtime/test_notices.py",
    ),
)  # fmt: skip
