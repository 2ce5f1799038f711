"""Mutants of the store: what may be taken next, what is committed together, what a restart does."""

from tests.mutants.mutant import mutant

DELIVERIES = "adapters/storage/deliveries.py"
RECEIVE = "adapters/storage/receive.py"
SENDS = "adapters/storage/sends.py"
TIMERS = "adapters/storage/timers.py"
TURNS = "adapters/storage/turns.py"

MUTANTS = (
    mutant(
        "a message that is delivered again is stored again",
        "incident 9: duplicates",
        (RECEIVE, "    return found is None\n", "    return True\n"),
        (RECEIVE, " ON CONFLICT (channel, account, message_id) DO NOTHING\n", "\n"),
        ("adapters/storage/schema.py", "    UNIQUE (channel, account, message_id),\n", ""),
    ),
    mutant(
        "later words are taken first",
        "design §4: a client's own messages in order",
        (TURNS, "    ORDER BY i.arrival LIMIT 1\n", "    ORDER BY i.arrival DESC LIMIT 1\n"),
    ),
    mutant(
        "words are taken while a call is out",
        "design §4: results overtake, words wait",
        (TURNS, "AND (c.awaiting IS NULL OR c.awaiting = i.call)\n      AND (i.heard", "AND (i.heard"),
    ),
    mutant(
        "words are taken while the question is being sent",
        "design §5: until that has ended nobody knows",
        (TURNS, "AND (i.heard IS NULL OR NOT EXISTS (\n          SELECT 1 FROM outbox o WHERE o.outbox_id = c.asked_by AND o.status = 'sending'\n      ))", ""),
    ),
    mutant(
        "a turn on an older version is committed",
        "runtime.md §4.4: no two turns at once",
        (TURNS, "if stored is None or stored[0] != head.version:", "if stored is None:"),
    ),
    mutant(
        "a row is taken twice",
        "runtime.md §4.5: done exactly once",
        (TURNS, "if stored is None or stored[0] != head.version:", "if stored is None:"),
        (TURNS, "WHERE arrival = ? AND chat_id = ? AND taken_us IS NULL", "WHERE arrival = ? AND chat_id = ?"),
    ),
    mutant(
        "a new question drops an outcome that was not told yet",
        "design §6: the outcome is told",
        (TURNS, "          AND question <> ? AND NOT outcome\n", "          AND coalesce(question, 0) <> ?\n"),
    ),
    mutant(
        "an outcome that asks is dropped for a newer question",
        "design §6: the outcome is told",
        (DELIVERIES, "and not sending.is_pending_question and not sending.outcome:", "and not sending.is_pending_question:"),
        (TURNS, "          AND question <> ? AND NOT outcome\n", "          AND question <> ?\n"),
    ),
    mutant(
        "what was asked before still counts as asked",
        "design §5: the number of a question",
        (TURNS, "CASE WHEN c.asked_question = c.pending_question THEN c.pending_question END", "c.pending_question"),
        (TURNS, "        UPDATE chat SET asked_question = NULL, asked_us = NULL, asked_arrival = NULL, asked_by = NULL\n        WHERE chat_id = ?\n", "        UPDATE chat SET asked_question = asked_question WHERE chat_id = ?\n"),
    ),
    mutant(
        "a message is sent after «стоп»",
        "design §5: «стоп» holds from when it is stored",
        (DELIVERIES, "if sending.opted_out and not sending.outcome:", "if False:"),
    ),
    mutant(
        "«стоп» waits for its turn",
        "design §5: set when it is stored, before any waiting",
        (RECEIVE, "if arrival.opt_out is not None and not", "if arrival.opt_out is False and not"),
    ),
    mutant(
        "a question whose send is in doubt counts as asked",
        "design §5: its sending must be proven",
        (DELIVERIES, "                return ()\n            sends.unask(connection, sending)\n", "                return ()\n"),
    ),
    mutant(
        "a question counts as asked from when its slow send began",
        "design §5: there to be read",
        (SENDS, "QUICK_SEND_US = 1_500_000", "QUICK_SEND_US = 10**15"),
    ),
    mutant(
        "a question whose send a crash cut off counts as asked",
        "design §6: crash in mid-send is doubt",
        (TIMERS, "AND asked_by IN (SELECT outbox_id FROM outbox WHERE finished_us IS NULL AND status = 'sending')", "AND 0"),
    ),
    mutant(
        "a send that a crash cut off is forgotten",
        "design §1: nothing is lost to kill -9",
        (TIMERS, "        WHERE finished_us IS NULL AND status = 'sending'\n        \"\"\",\n        *(", "        WHERE 0\n        \"\"\",\n        *("),
        quick=True,
    ),
    mutant(
        "a send is repeated as often as the process dies",
        "design §6: send once more at most",
        (DELIVERIES, "if sending.doubts >= SENDS_IN_DOUBT_MAX:", "if False:"),
    ),
    mutant(
        "a write that a crash cut off counts as never tried",
        "design §6: a crash leaves doubt",
        (TIMERS, 'SET maybe_done = 1 WHERE finished_us IS NULL', 'SET maybe_done = 0 WHERE finished_us IS NULL'),
    ),
    mutant(
        "a write in doubt is not remembered",
        "design §6: never left us is not unknown",
        (DELIVERIES, "maybe_done = max(maybe_done, ?)", "maybe_done = min(maybe_done, ?)"),
    ),
    mutant(
        "a call is done, and its result is not stored",
        "runtime.md §4.4: mark-done and result are one",
        (DELIVERIES, '    timers.put(connection, delivery.chat_id, f"result:{delivery.key}", event, now, call=delivery.key)\n', ""),
        quick=True,
    ),
    mutant(
        "a result is stored, and its call is not done",
        "runtime.md §4.4: mark-done and result are one",
        (DELIVERIES, '    _finish_call(connection, delivery.outbox_id, "done", ending.why, now)\n', ""),
    ),
    mutant(
        "the client is told to wait again and again",
        "design §5: at most once a call",
        (DELIVERIES, "WHERE outbox_id = ? AND finished_us IS NULL AND NOT sign_given\n", "WHERE outbox_id = ? AND finished_us IS NULL\n"),
    ),
    mutant(
        "time-outs fire right after a start",
        "design §5: two minutes of grace after a boot",
        (TIMERS, '    change(connection, "UPDATE timer SET due_us = ? WHERE due_us < ?", earliest, earliest)\n', "    del earliest\n"),
    ),
    mutant(
        "patience is not counted anew when a question is asked",
        "design §5: counted from when its send was accepted",
        (SENDS, "timers.arm(connection, sending.chat_id, sending.patience, sending.patience_s, now)", "timers.arm(connection, sending.chat_id, sending.patience, sending.patience_s / 2, now)"),
    ),
    mutant(
        "a second client is taken for the first",
        "incident 7: whose chat it is",
        ("adapters/storage/people.py", '_FIND = "SELECT chat_id FROM identity WHERE channel = ? AND account = ? AND kind = ? AND value = ?"', '_FIND = "SELECT chat_id FROM identity WHERE channel = ? AND account = ? AND kind = ? AND ? <> \'\'"'),
    ),
    mutant(
        "what was done is not entered into the ledger",
        "promise 3: the owner sees true statistics",
        (TURNS, "    note(connection, head.chat_id, turn.facts, now)\n", ""),
    ),
)  # fmt: skip
