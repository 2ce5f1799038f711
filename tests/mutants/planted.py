"""Bugs planted into store and outbox: what a death, or nothing but a rush, brings to light.

Each is what somebody could write in good faith; worlds and crashed dialogues find them within a minute.
"""

from tests.mutants.mutant import mutant

DELIVERIES = "adapters/storage/deliveries.py"
SENDS = "adapters/storage/sends.py"
STORE = "adapters/storage/store.py"
TIMERS = "adapters/storage/timers.py"
TURNS = "adapters/storage/turns.py"
CONNECTION = "adapters/storage/connection.py"
SHELL = "engine/runtime/shell.py"
DRAINING = "engine/runtime/turns.py"
CLIENT = "adapters/yclients/client.py"
NOTICES = "engine/runtime/notices.py"
DELIVERING = "engine/runtime/deliveries.py"

MUTANTS = (
    mutant(
        "a commit is not synced to the disk",
        "runtime.md §1.2: acknowledged, and gone when the power fails",
        (CONNECTION, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),
    ),
    mutant(
        "a message is acknowledged before it is stored",
        "design §4: stored, and then 200",
        (
            SHELL,
            "        received = await self._store.receive(arrivals, statuses, relinked, now, self._told_of_a_loss)\n",
            "        storing = self._store.receive(arrivals, statuses, relinked, now, self._told_of_a_loss)\n"
            "        self._storing = asyncio.create_task(self._stored(storing))\n"
            "        return len(arrivals)\n\n"
            "    async def _stored(self, storing: object) -> int:\n"
            "        received = await storing\n",
        ),
    ),
    mutant(
        "the outbox is written in a second transaction",
        "design §1: one commit",
        (
            STORE,
            "            taken = turns.take(connection, turn, keys, now)\n",
            "            taken = turns.take(connection, turn.model_copy(update={'outgoing': ()}), (), now)\n",
        ),
        (
            STORE,
            "        return await self._writer.run(operation)\n\n    async def turn_failed",
            "        taken = await self._writer.run(operation)\n"
            "        if taken:\n"
            "            await self._writer.run(lambda c: turns.queue(c, turn, keys, now))\n"
            "        return taken\n\n    async def turn_failed",
        ),
        (
            TURNS,
            "def turn_failed(",
            "def queue(connection, turn, keys, now):\n"
            "    fresh = iter(keys)\n"
            "    for outgoing in turn.outgoing:\n"
            "        if isinstance(outgoing, OutgoingMessage):\n"
            "            _queue_message(connection, turn.head.chat_id, next(fresh), outgoing, to_us(now))\n"
            "        else:\n"
            "            _queue_call(connection, turn.head.chat_id, outgoing, now)\n\n\n"
            "def turn_failed(",
        ),
    ),
    mutant(
        "notices are written in a second transaction",
        "docs/notices.md: committed with the turn that made them",
        (
            STORE,
            "            if taken:\n                notices.put(connection, turn.head.chat_id, turn.notices, now)\n            return taken\n\n        return await self._writer.run(operation)\n",
            "            return taken\n\n"
            "        taken = await self._writer.run(operation)\n"
            "        if taken and turn.notices:\n"
            "            await self._writer.run(lambda c: notices.put(c, turn.head.chat_id, turn.notices, now))\n"
            "        return taken\n",
        ),
    ),
    mutant(
        "a notice counts as told before it is",
        "design §6: intent first, and then what came of it",
        (
            NOTICES,
            "                ending = await self._attempt(due)\n                await self._recorded(due, ending)\n",
            "                await self._recorded(due, NoticeEnding('sent'))\n"
            "                ending = await self._attempt(due)\n",
        ),
    ),
    mutant(
        "what came to nothing is told the administrator as a cancel",
        "never says that something is done unless it was read back",
        (
            "engine/notices.py",
            '        case "refused" | "unknown":\n            yield told.model_copy(update={"event": fact.outcome})\n        case "withdrawn" if',
            '        case "refused" | "unknown":\n            yield told\n        case "withdrawn" if',
        ),
    ),
    mutant(
        "a notice that is due passes the one before it, which waits for its retry",
        "docs/notices.md: what is told to one address about one chat keeps its order",
        ("adapters/storage/notices.py", "GROUP BY recipient, ifnull(chat_id, -notice_id)", "GROUP BY notice_id"),
    ),
    mutant(
        "a notice that comes after its follow-up reads like the latest",
        "docs/notices.md: it comes late, and says so",
        (NOTICES, "        if due.overtaken:\n", "        if False:\n"),
    ),
    mutant(
        "a notice that was being sent at a death is forgotten",
        "docs/notices.md: over restarts as well",
        (
            "adapters/storage/notices.py",
            "WHERE finished_us IS NULL AND status = 'sending'",
            "WHERE finished_us IS NULL AND status = 'nobody'",
        ),
    ),
    mutant(
        "a 429 pauses its own call alone",
        "yclients.md §1: the address is counted, and not the call",
        (
            CLIENT,
            "            pause_s = await self.turnstile.turned_away(passage, retry_after_s=_retry_after_s(answer))\n",
            "            pause_s = 1.0 + _retry_after_s(answer)\n",
        ),
    ),
    mutant(
        "for how long a 429 turns us away is not read",
        "design §6: no sooner than Retry-After says",
        (CLIENT, "retry_after_s=_retry_after_s(answer))", "retry_after_s=0)"),
    ),
    mutant(
        "a call is done in one transaction, and its result stored in the next",
        "runtime.md §4.4: mark-done and result are one",
        (
            STORE,
            "            return deliveries.ended(connection, delivery, ending, now)\n\n        return await self._writer.run(operation)\n",
            "            if ending.kind == 'result':\n"
            "                deliveries._finish_call(connection, delivery.outbox_id, 'done', ending.why, now)\n"
            "                return ()\n"
            "            return deliveries.ended(connection, delivery, ending, now)\n\n"
            "        chats = await self._writer.run(operation)\n"
            "        if ending.kind == 'result':\n"
            "            chats = await self._writer.run(lambda c: deliveries.ended(c, delivery, ending, now))\n"
            "        return chats\n",
        ),
        (
            DELIVERIES,
            '    _finish_call(connection, delivery.outbox_id, "done", ending.why, now)\n    event',
            "    event",
        ),
    ),
    mutant(
        "two turns of a chat run at once",
        "runtime.md §4.4: no lock for each chat, and no version compared",
        (
            DRAINING,
            "        if chat_id in self._active:\n            self._again.add(chat_id)\n            return\n",
            "        self._again.add(chat_id)\n",
        ),
        (DRAINING, "            del self._active[chat_id]\n", "            self._active.pop(chat_id, None)\n"),
        (TURNS, "if stored is None or stored[0] != head.version:", "if stored is None:"),
        (
            TURNS,
            "WHERE arrival = ? AND chat_id = ? AND taken_us IS NULL",
            "WHERE arrival = ? AND chat_id = ?",
        ),
    ),
    mutant(
        "the name of a result is used again, and a conflict is ignored",
        "design §4: ids of our own are never reused",
        (TIMERS, "        INSERT INTO inbox (channel", "        INSERT OR IGNORE INTO inbox (channel"),
        (TIMERS, "    change_one(\n        connection,\n        \"\"\"\n        INSERT OR", "    change(\n        connection,\n        \"\"\"\n        INSERT OR"),
        (DELIVERIES, 'f"result:{delivery.key}", event', 'f"result:{delivery.chat_id}", event'),
    ),
    mutant(
        "what was due before a start is never looked at again",
        "design §6: retries are durable",
        (
            TIMERS,
            "def recover(connection: apsw.Connection, now: datetime, *, grace_s: float, hold_s: float) -> None:\n",
            "def recover(connection: apsw.Connection, now: datetime, *, grace_s: float, hold_s: float) -> None:\n"
            "    never = after(now, 86_400)\n"
            '    change(connection, "UPDATE outbox SET due_us = ? WHERE due_us <= ? AND finished_us IS NULL AND status = \'pending\'", never, to_us(now))\n',
        ),
    ),
    mutant(
        "that a delivery starts is not committed before it leaves",
        "design §6: intent first",
        (
            DELIVERIES,
            "        UPDATE outbox SET status = 'sending', attempts = attempts + 1,\n",
            "        UPDATE outbox SET attempts = attempts + 1,\n",
        ),
    ),
    mutant(
        "a later message of a chat passes the one that waits",
        "design §6: in order per chat",
        (
            DELIVERIES,
            "            AND p.kind = 'message' AND p.finished_us IS NULL\n",
            "            AND p.kind = 'message' AND p.finished_us IS NULL AND p.status = 'sending'\n",
        ),
    ),
    mutant(
        "a time-out stays armed when its question is answered",
        "runtime.md §4.5: never after superseded",
        (
            TURNS,
            "    elif not turn.keep_patience:\n        timers.disarm(connection, head.chat_id)\n",
            "",
        ),
    ),
    mutant(
        "a time-out fires with whatever comes shortly before it",
        "runtime.md §4.5: never before due",
        (TIMERS, "FROM timer WHERE due_us <= ? ORDER", "FROM timer WHERE due_us <= ? + 120000000 ORDER"),
    ),
    mutant(
        "the lane has no limit",
        "design §6: five calls in a sliding second",
        ("adapters/yclients/lane.py", "        return max(moments)\n", "        return now\n"),
    ),
    mutant(
        "an answer to a send is forgotten",
        "design §6: no send is repeated without need",
        (
            SENDS,
            "        UPDATE outbox SET status = 'sent', finished_us = ?, provider_id = coalesce(nullif(?, ''), provider_id)\n        WHERE outbox_id = ? AND finished_us IS NULL\n",
            "        UPDATE outbox SET status = 'pending', due_us = ?, provider_id = coalesce(nullif(?, ''), provider_id)\n        WHERE outbox_id = ? AND finished_us IS NULL\n",
        ),
    ),
    mutant(
        "a webhook wakes nobody",
        "whoever writes is heard at once, not when somebody looks again",
        (SHELL, "        for chat_id in received.chats:\n            self.turns.wake(chat_id)\n", ""),
    ),
    mutant(
        "a send without an answer counts as unsent",
        "design §6: a lost answer is doubt",
        (
            "adapters/whatsapp/messenger.py",
            'raise InDoubt("WhatsApp: no answer") from error',
            'raise Unavailable("WhatsApp: no answer") from error',
        ),
    ),
    mutant(
        "«старт» does not undo «стоп»",
        "design §5: «старт» undoes it",
        ("adapters/storage/receive.py", "    if arrival.opt_out is not None and not _decided_later(connection, chat_id, arrival):\n        change_one", "    if arrival.opt_out:\n        change_one"),
    ),
)  # fmt: skip
