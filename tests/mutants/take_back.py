"""Mutants of the take-back: what is told of it, what it is agreed to by, and what proves it."""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

HEARING = "states/take_back/hearing.py"
GRAMMAR = "engine/understanding/taking_back.py"
WISHING = "states/take_back/wishing.py"
WAITING = "states/take_back/waiting.py"
RESTORING = "states/take_back/restoring.py"
TEXTS = "states/take_back/texts.toml"
TESTS = "tests/states/test_take_back.py"
LOOKED_AT = "tests/states/test_looked_at_again.py"
KEPT = "tests/simulation/test_kept.py"

MUTANTS = (
    mutant(
        "an unknown outcome of a take-back is told as done",
        "incident 1: said done when the API had not",
        (TEXTS, "Журнал салона не ответил, и я не знаю, снова ли в силе запись: {record}. В", "Запись снова в силе: {record}. В"),
    ),
    mutant(
        "a window that is taken is told as taken back",
        "incident 1",
        (TEXTS, "К сожалению, это время уже занято: {record}. Вернуть запись на него не получится.", "Вернули запись: {record}."),
    ),
    mutant(
        "«не нужно» is taken for a yes to a take-back",
        "incident 2: the state owns the meaning of an answer",
        (HEARING, '"take_back_no": No()', '"take_back_no": Yes()'),
    ),
    mutant(
        "whatever is said to the question takes the record back",
        "design §5: every write was consented to",
        (HEARING, "return Yes() if agrees else none_of_them(hearing)", "return Yes()"),
    ),
    mutant(
        "whatever names one of the list takes it back",
        "incident 2: «про пятницу забудьте» picks nothing",
        (HEARING, "found = _told(meaning, records) if only else ()", "found = _told(meaning, records)"),
        (HEARING, "if not found or not are_all_named(meaning.named, found):", "if not found:"),
    ),
    mutant(
        "of several, one that was not named comes back",
        "design §5: every write was consented to",
        (WISHING, "    return len(records) > 1 and (not (enough or of_each) or _names_another(turn, wish))", "    return False"),
    ),
    mutant(
        "a question how to take a record back takes it back",
        "design §5: every write was consented to",
        (HEARING, "guessed=not _orders(meaning)", "guessed=False"),
    ),
    mutant(
        "«не надо возвращать» takes the record back",
        "incident 2: the state owns the meaning of an answer",
        (GRAMMAR, '        return "denies"', '        return "order"'),
    ),
    mutant(
        "an order under a condition takes the record back",
        "a closed grammar explains every word (understanding)",
        (GRAMMAR, 'yield "names" if _is_a_name(clause, place, meant, lemmas, alone=alone) else None', 'yield "names" if _is_a_name(clause, place, meant, lemmas, alone=alone) else "around"'),
    ),
    mutant(
        "where another record was named, the one that there is comes back",
        "design §5: every write was consented to",
        (WISHING, "return wish.record_id is None and not _fitting(turn, wish)", "return False"),
        (WISHING, "and are_all_named(wish.named, (*records, *also))", "and bool(records)"),
    ),
)  # fmt: skip

# The exploration says nothing that would show these; tests do.
BY_TESTS = (
    Told(
        mutant(
            "after «стоп» the next record is taken back all the same",
            "design §5: «стоп» sets silence before any waiting",
            (RESTORING, "return not turn.chat.opted_out and bool(", "return bool("),
        ),
        "tests/states/test_take_back.py",
    ),
    Told(
        mutant(
            "words older than the cancel take it back",
            "design §5: words answer only what was there to be read",
            (WISHING, "return any(turn.said_at < moment.replace(microsecond=0) for moment in cancelled)", "return False"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "any word names another record than the one that is there",
            "«верните немедленно» names no service",
            (WISHING, "if is_service(word) or", "if word or"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "an order for both leaves the request of the other with the salon",
            "what was wanted back is not cancelled by a later grant",
            (WAITING, "return asked if both or (asked and each_named(wish.named, (*records, *asked))) else ()", "return ()"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "a take-back whose outcome is unknown is told as one that never left us",
            "design §6: unknown is an outcome",
            (RESTORING, 'return "take_back.unknown"', 'return "take_back.not_tried"'),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "an unknown outcome of a take-back is not looked at later",
            "design §5: read again after 2 and 10 minutes",
            (RESTORING, 'if ended.outcome == "unknown":', "if False:"),
        ),
        TESTS,
    ),
    Told(
        mutant(
            "what was taken back while its cancel may land is not looked at later",
            "promise 1, seeds 12 and 1064: the client believes that it is in force",
            (RESTORING, "        yield from watch(turn, ended.receipt)\n", "        pass\n"),
        ),
        KEPT,
    ),
    Told(
        mutant(
            "a cancel upon which a take-back or a move may land is not looked at later",
            "promise 1, as above",
            ("states/cancel/telling.py", "        yield from watch(turn, receipt)\n", ""),
        ),
        KEPT,
    ),
    Told(
        mutant(
            "an attempt without an answer is forgotten once the next one works",
            "design §6: unknown is an outcome",
            ("engine/runtime/endings.py", "isinstance(done, Written) and delivery.maybe_done", "False"),
        ),
        KEPT,
    ),
    Told(
        mutant(
            "what was told before the last change is told to be undone",
            "«стоит иначе» of what the client has changed since",
            ("engine/doubting.py", "if one.record.record_id != done.record_id)", "if one)"),
        ),
        LOOKED_AT,
    ),
)  # fmt: skip
