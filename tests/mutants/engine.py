"""Mutants of the flows, the dialogue and the runtime."""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

FLOW = "states/cancel/flow.py"
TELL, GUARDS, HEARS = (f"states/cancel/{name}.py" for name in ("telling", "guards", "hearing"))
CHOOSE = "states/choose_record/hearing.py"
DIALOGUE, CONSENT = "engine/dialogue.py", "engine/consent.py"
LISTENING = "engine/listening.py"
MOVE, MOVE_TEXTS = "states/reschedule/flow.py", "states/reschedule/texts.toml"
BACK_HEARS, BACK_WISH, BACK = (f"states/take_back/{name}.py" for name in ("hearing", "wishing", "memory"))
ENDINGS = "engine/runtime/endings.py"
CANCEL_TEXTS = "states/cancel/texts.toml"
CLARIFY = "states/clarify/flow.py"

_NO_CONSENT_CHECK = (
    CONSENT,
    "consent.covers(effect.command) or _needs_no_question(turn, effect.command)",
    "True",
)
_NO_CLAIM_CHECK = (CONSENT, "bool(proven) and named <= proven", "True")
_NO_CLAIM_IN_TEXTS = (
    "engine/texts.py",
    "if claims and not any(receipt.change == claims for receipt in receipts):",
    "if False:",
)

_ANY_WINDOW = (
    CONSENT,
    'return self.change == "moved" and self.to == command.to',
    'return self.change == "moved"',
)
_NEVER_TOO_LATE = (CONSENT, "undoable.until >= turn.now", "undoable.until")

MUTANTS = (
    mutant(
        "a record is moved an hour later than was agreed, and no check of consent holds it back",
        "design §5: a consent names records and a change; a move goes where the client read",
        _ANY_WINDOW,
        (MOVE, "    yield Do(command=MoveRecord(record=memory.record, to=memory.to, revives=memory.revives))", "    to = memory.to.model_copy(update={'starts_at': memory.to.starts_at + timedelta(hours=1)})\n    yield Do(command=MoveRecord(record=memory.record, to=to, revives=memory.revives))"),
    ),
    mutant(
        "a record is moved an hour later than was agreed",
        "design §5: the core lets no move go to another window",
        (MOVE, "    yield Do(command=MoveRecord(record=memory.record, to=memory.to, revives=memory.revives))", "    to = memory.to.model_copy(update={'starts_at': memory.to.starts_at + timedelta(hours=1)})\n    yield Do(command=MoveRecord(record=memory.record, to=to, revives=memory.revives))"),
    ),
    mutant(
        "what asks about a move says that it asks about a cancel",
        "design §5: a yes agrees to one change; the core moves nothing upon another",
        ("states/reschedule/offering.py", 'change="moved",\n        opens="option.list_of_times"', 'change="cancelled",\n        opens="option.list_of_times"'),
    ),
    mutant(
        "an unknown move is told as done",
        "incident 1: told that it moved to 14:00 while nothing had",
        (MOVE_TEXTS, "Журнал салона не ответил, и я не знаю, удался ли перенос на новое время ({slot}): {record}. В ближайшие", "Запись перенесена: {record}, {slot}. В ближайшие"),
    ),
    mutant(
        "a cancel is taken back after its time; three locks, all open",
        "issue 5: 15 minutes",
        _NEVER_TOO_LATE,
        (BACK_WISH, "undoable.until >= turn.said_at", "undoable.until"),
        (BACK, "undoable.until >= turn.now", "undoable.until"),
    ),
    mutant(
        "what only sounds like a wish takes a cancel back",
        "promise 2: never on a guess",
        (BACK_WISH, "        and not wish.guessed\n", ""),
    ),
    mutant(
        "«да?» takes a cancel back",
        "incident 2: the closed grammar of a yes",
        (BACK_HEARS, 'agrees = meaning.takes_back == "agrees" or (', 'agrees = meaning.intent == "yes" or ('),
    ),
    mutant(
        "of several cancels only the last one is told",
        "issue 5: the outcome of each is told, also where one of them failed",
        (TELL, "    yield from _tell(turn)\n    if undoable:", "    if undoable:"),
    ),
    mutant(
        "the salon's decision about another request counts",
        "issue 5: a request that is not pending changes nothing",
        (DIALOGUE, "return all(event.request != late.request or late.granted for late in chat.late_requests)", "return False"),
    ),
    mutant(
        "an unknown outcome is told as done",
        "incident 1: said done when the API had not",
        (CANCEL_TEXTS, "Журнал салона не ответил, и я не знаю, прошла ли отмена: {record}. В ближайшие", "Запись отменена: {record}. В ближайшие"),
        quick=True,
    ),
    mutant(
        "an unknown outcome claims success by the text of success",
        "incident 1: claims need receipts (design §3)",
        (TELL, '_tell_last(turn, "cancel.unknown")', '_tell_last(turn, "cancel.done")'),
        quick=True,
    ),
    mutant(
        "a lie that no check of claims holds back",
        "design §3: a claim without a receipt",
        _NO_CLAIM_CHECK,
        _NO_CLAIM_IN_TEXTS,
        (TELL, '_tell_last(turn, "cancel.unknown")', '_tell_last(turn, "cancel.done")'),
    ),
    mutant(
        "a failure is told as done in words of its own",
        "incident 1",
        (CANCEL_TEXTS, "Не получилось связаться с журналом салона, отмены не было: {record}.", "Готово, {record} снята."),
    ),
    mutant(
        "a refusal is told as done",
        "incident 1",
        (CANCEL_TEXTS, "Журнал салона не принял отмену, запись пока в силе: {record}. Позвоните", "Ваша запись отменена: {record}. Позвоните"),
    ),
    mutant(
        "an unknown outcome is told as a refusal",
        "incident 5: done but reported as failed",
        (GUARDS, 'return failed.reason == "unknown"', "return False"),
    ),
    mutant(
        "an unknown outcome is told as never tried",
        "incident 5: unknown is an outcome (design §6)",
        (GUARDS, 'return failed.reason == "not_tried"', 'return failed.reason != "refused"'),
        (GUARDS, 'return failed.reason == "unknown"', "return False"),
    ),
    mutant(
        "an answer that came too early counts",
        "design §5: words answer only a question that was there to be read",
        (LISTENING, "    if at.brought_back or at.asked_at is None or at.asked_arrival is None:\n        return False\n    return at.arrival", "    return True\n    return at.arrival"),
        quick=True,
    ),
    mutant(
        "when words were said does not matter",
        "design §5: late webhooks",
        (LISTENING, "return at.arrival > at.asked_arrival and at.said_at >= at.asked_at.replace(microsecond=0)", "return at.arrival > at.asked_arrival"),
    ),
    mutant(
        "when words arrived does not matter",
        "design §5: words that arrived before the question was sent",
        (LISTENING, "return at.arrival > at.asked_arrival and at.said_at >= at.asked_at.replace(microsecond=0)", "return at.said_at >= at.asked_at.replace(microsecond=0)"),
    ),
    mutant(
        "the core does not look whose record it is",
        "incident 7: filter by phone returned other people's records",
        (CONSENT, "expect(record.phone == turn.chat.phone,", "expect(True,"),
    ),
    mutant(
        "a record is cancelled without a question",
        "design §5: every write was consented to",
        (FLOW, "Settled(CONFIRMING, ask_to_confirm),", "Settled(CANCELLING, cancel_chosen),"),
    ),
    mutant(
        "a record is cancelled without a question, and no check of consent holds it back",
        "design §5: every write was consented to",
        _NO_CONSENT_CHECK,
        (FLOW, "Settled(CONFIRMING, ask_to_confirm),", "Settled(CANCELLING, cancel_chosen),"),
        quick=True,
    ),
    mutant(
        "«нет» is taken for a yes",
        "incident 2: the state owns the meaning of an answer",
        (HEARS, "return None if unclear else No()", "return None if unclear else Yes()"),
    ),
    mutant(
        "words that are no yes are taken for one",
        "incident 2: «да, но…» (understanding)",
        (HEARS, '        case "yes":\n            return Yes()', '        case "yes" | "unclear" | "cancel":\n            return Yes()'),
    ),
    mutant(
        "a word that explains nothing is skipped in a yes",
        "incident 2: the closed grammar of a yes",
        ("engine/understanding/consent.py", "return sorted(known)", "return sorted(known or {'around'})"),
    ),
    mutant(
        "after «нет» the question stays open",
        "incident 20: N then Y",
        (FLOW, "On(No, asking, IDLE, do=keep),", "On(No, asking, asking),"),
    ),
    mutant(
        "a button of an older question counts",
        "design §5: consent buttons hold for their question only",
        (LISTENING, "if could_answer and not at.brought_back and tap.question == session.questions:", "if could_answer:"),
    ),
    mutant(
        "a button that names another record counts",
        "incident 4: ids in buttons authorise nothing",
        (HEARS, "if hearing.tap.record_id != (records[0].record_id if len(records) == 1 else None):\n            return None", "pass"),
    ),
    mutant(
        "the place in a list is taken for a record's id",
        "incident 4: picked list item 4, record 4 was cancelled",
        (CHOOSE, "found = picked(_as_numbered(meaning, hearing.memory), records)", "found = picked(_as_numbered(meaning, hearing.memory), records[::-1])"),
    ),
    mutant(
        "a tap on what was meant is as plain as a wish in words",
        "design §5: every write was consented to",
        (CLARIFY, "return Meant(intent=tapped[0], named=memory.named, target=memory.target) if", "return Meant(intent=tapped[0], named=memory.named, target=memory.target, plain=True) if"),
    ),
    mutant(
        "an old wish acts without a question",
        "design §5: beyond 30 minutes nothing acts without a question",
        (GUARDS, 'if turn.salon.confirm != "never" or turn.memory.wish_was_old or', 'if turn.salon.confirm != "never" or'),
    ),
    mutant(
        "a wish with an open end acts without a question",
        "design §7: plainness",
        (GUARDS, "return turn.memory.wish_was_plain and explains(turn.memory.named, records[0])", "return explains(turn.memory.named, records[0])"),
    ),
    mutant(
        "services in another order are taken for a change",
        "incident 10: order-insensitive compare",
        ("engine/booking.py", "sorted(self.services) == sorted(other.services)", "self.services == other.services"),
    ),
    mutant(
        "a client who said «стоп» is still answered",
        "design §5: «стоп»; two locks, both open",
        (LISTENING, "        if chat.opted_out:\n            return Muted()\n", ""),
        (DIALOGUE, "        if not chat.opted_out:\n            return decision\n", "        return decision\n"),
        ("adapters/storage/deliveries.py", "if sending.opted_out and not sending.outcome:", "if False:"),
    ),
    mutant(
        "after «стоп» everything is said as before",
        "design §5: only outcomes, without offers",
        (DIALOGUE, "        if not chat.opted_out:\n            return decision\n", "        return decision\n"),
    ),
    mutant(
        "a question follows too early words, though none does",
        "design §7: silence is never an answer to a person",
        (LISTENING, "follows = at.question_unsent if at.asked_arrival is None else at.arrival <= at.asked_arrival", "follows = True"),
    ),
    mutant(
        "a time-out of a question that is over counts",
        "incident 3: time-outs are events of their question; two locks, both open",
        ("adapters/storage/turns.py", "        timers.disarm(connection, head.chat_id)\n", "        pass\n"),
        (DIALOGUE, "return (event.state, event.question) != (session.state, session.questions)", "return False"),
    ),
    mutant(
        "the sign of waiting ends the waiting",
        "design §5: first sign of waiting",
        (DIALOGUE, "awaiting = session.awaiting if isinstance(turn.event, StillWaiting) else None", "awaiting = None"),
    ),
    mutant(
        "a write in doubt counts as surely not done",
        "incident 5: outcome classes",
        (ENDINGS, "in_doubt = isinstance(error, InDoubt)", "in_doubt = False"),
    ),
    mutant(
        "an earlier attempt in doubt is forgotten",
        "design §6: never left us is not unknown",
        (ENDINGS, "unknown = in_doubt or delivery.maybe_done", "unknown = in_doubt"),
    ),
    mutant(
        "a write in doubt is told as done",
        "incident 1: unknown is not success",
        (ENDINGS, 'return answered(CallFailed(reason="unknown" if unknown else "not_tried"), str(error))', 'return answered(RecordCancelled(receipt=Receipt(change="cancelled", record=delivery.call.call.record, read_at=now)))'),
        (ENDINGS, "from engine.booking import CallFailed,", "from engine.booking import Receipt, RecordCancelled, CallFailed,"),
    ),
    mutant(
        "a send in doubt is repeated for ever",
        "design §6: send once more at most",
        (ENDINGS, "SENDS_IN_DOUBT_MAX = 2", "SENDS_IN_DOUBT_MAX = 9"),
    ),
    mutant(
        "a refused question leaves the dialogue waiting",
        "design §1: what finally cannot be delivered becomes NotDelivered",
        ("adapters/storage/sends.py", "    timers.put(connection, sending.chat_id, f\"undelivered:{sending.outbox_id}\", event, now)\n", ""),
        ("engine/runtime/deciding.py", "patience = Patience(event=waits.event, after_s=UNSENT_TIMES * waits.after_s)", "keep = False"),
    ),
    mutant(
        "patience is counted in seconds",
        "design §5: 15 minutes from when its send was accepted",
        ("engine/runtime/deciding.py", "after_s=state.patience.total_seconds() if", "after_s=state.patience.total_seconds() / 60 if"),
    ),
    mutant(
        "what was just cancelled is told as cancelled before",
        "incident 5: the outcome told is not the one that was",
        (GUARDS, 'return any(outcome.how == "cancelled" for', 'return False and any(outcome.how == "cancelled" for'),
    ),
    mutant(
        "the look that was promised is not taken",
        "design §5: an unknown outcome is looked at again",
        (TELL, '        if reason == "unknown":\n            yield from look_later(turn, record, "cancelled")\n', ""),
    ),
    mutant(
        "the labels of yes and no are swapped",
        "promise 2: never on a guess",
        (CANCEL_TEXTS, 'ru = "Да, отменить"', 'ru = "Оставить "'),
        (CANCEL_TEXTS, 'ru = "Оставить"\n', 'ru = "Да, отменить"\n'),
    ),
    mutant(
        "a refusal is believed though an earlier attempt may land",
        "incident 5: the outcome told is not the one that was",
        (ENDINGS, "        if delivery.maybe_done:\n", "        if False:\n"),
    ),
    mutant(
        "«да?» is taken for a yes",
        "incident 2: the closed grammar of a yes",
        ("engine/understanding/consent.py", "if phrase.question or not has_only_plain_signs(text, lemmas):", "if False:"),
    ),
    mutant(
        "after «стоп» the outcome of what was out is not told",
        "design §5: only outcomes, without offers",
        (DIALOGUE, "            return replace(decision, effects=(), outcome=False)\n        quiet = tuple(\n", "            return replace(decision, effects=(), outcome=False)\n        return replace(decision, session=decision.session.home(), effects=())\n        quiet = tuple(\n"),
    ),
)  # fmt: skip

# The exploration says nothing that would show these; tests do.
BY_TESTS = (
    Told(
        mutant(
            "a question that a crash cut is taken to follow",
            "design §7: silence is never an answer to a person",
            (LISTENING, "            follows = follows and not at.may_have_read\n", ""),
        ),
        "tests/states/test_cancel.py",
    ),
    Told(
        mutant(
            "nobody knows whether a question may stand above the words",
            "design §7: silence is never an answer to a person",
            ("adapters/storage/turns.py", "may_have_read=bool(may_have_read)", "may_have_read=False"),
        ),
        "tests/adapters/storage/test_contract.py",
    ),
)  # fmt: skip
