"""Dead letters in the file: kept with what gives them up, replayed once, where that is still of use."""

from pathlib import Path

import apsw
import pytest

from adapters.storage import SqliteStore, dead, orders
from adapters.storage.dead import Letter
from adapters.storage.orders import Order
from adapters.storage.replaying import Deed, Verdict
from adapters.storage.schema import MIGRATIONS, migrate
from adapters.storage.writer import connect
from engine.booking import CallFailed
from engine.chat import Chat, LateRequest
from engine.notices import Notice, Told
from engine.ports import Bubble, Ending, NoticeDue, NoticeEnding, OutgoingCall, OutgoingMessage, TurnTaken
from engine.session import Session
from tests.contracts.store_kit import ANNA, CANCEL, RECORD, START, Desk, asking, message, question, waiting

NOBODY: frozenset[str] = frozenset()
REFUSED = Ending("failed", why="131026 refused")


async def run(desk: Desk, sql: str, *bindings: object) -> None:
    assert isinstance(desk.store, SqliteStore)
    await desk.store._writer.run(lambda c: c.execute(sql, bindings).fetchall())


async def letters(desk: Desk) -> list[Letter]:
    assert isinstance(desk.store, SqliteStore)
    return list(await desk.store._writer.run(lambda c: dead.letters(c, handled=True)))


async def does(desk: Desk, deed: Deed, *names: str, dry_run: bool = False) -> list[Verdict]:
    assert isinstance(desk.store, SqliteStore)
    order = Order(deed=deed, letters=names, every=not names)
    if dry_run:
        return list((await desk.store._writer.run(lambda c: orders.would(c, order, desk.now))).verdicts)
    number = await desk.store._writer.run(lambda c: orders.leave(c, order, desk.now))
    await desk.store.take_orders(desk.now)
    outcome = await desk.store._writer.run(lambda c: orders.outcome(c, number))
    assert outcome is not None
    return list(outcome.verdicts)


async def refused(desk: Desk, outgoing: OutgoingMessage, session: Session | None = None) -> int:
    """Let the client be told this, and the channel refuse it for good; return the chat."""
    chat = await desk.hear()
    await desk.take(chat, session or Session(), outgoing)
    await desk.end(await desk.start(), REFUSED)
    return chat


# ── messages ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_message_that_is_refused_is_a_letter_in_the_same_commit(desk: Desk) -> None:
    await refused(desk, message())

    (letter,) = await letters(desk)

    assert (letter.letter, letter.kind, letter.why) == ("m1", "message", "131026 refused")
    assert (letter.phone, letter.at, letter.handled) == (ANNA.value, START, None)


async def test_a_message_that_whatsapp_reports_as_failed_is_one(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), message())
    await desk.send("wamid.1")
    await desk.report("failed", message_id="wamid.1", code=131047)

    assert [letter.why for letter in await letters(desk)] == ["131047 failed"]


async def test_a_message_that_was_sent_twice_in_doubt_is_one_until_a_status_names_it(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), message())
    await desk.end(await desk.start(), Ending("doubt", due=desk.now))
    key = (await desk.next()).key
    await desk.end(await desk.start(), Ending("sent", why="in doubt"))
    (letter,) = await letters(desk)
    assert (letter.letter, letter.handled) == ("m1", None)
    assert letter.why == "in doubt: it was sent twice, and WhatsApp has confirmed neither"
    (verdict,) = await does(desk, "replay", "m1", dry_run=True)
    assert verdict.stands

    await desk.report("delivered", key=key)

    assert [one.handled for one in await letters(desk)] == ["dropped"]


async def test_a_message_that_is_not_needed_any_more_is_none(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), message(good_for_s=10))
    desk.pass_s(11)
    assert not await desk.store.starting(await desk.next(), desk.now)

    assert await letters(desk) == []


async def test_a_replayed_message_is_sent_under_a_fresh_key_once(desk: Desk) -> None:
    await refused(desk, message("Здравствуйте"))

    first, second = [(await does(desk, "replay", "m1"))[0] for _ in range(2)]

    assert first.stands
    assert second.stands
    assert "was replayed on 2026-11-23 at 07:00Z already" in second.says
    sent = await desk.send()
    assert sent.message == message("Здравствуйте")
    assert (sent.outbox_id, sent.attempts) == (2, 0)
    assert sent.key != "mid1"
    assert await desk.due() == ()


async def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    await refused(desk, message())

    (verdict,) = await does(desk, "replay", "m1", dry_run=True)

    assert verdict.stands
    assert verdict.says.startswith("would be replayed: ")
    assert await desk.due() == ()
    assert (await letters(desk))[0].handled is None


async def test_a_question_that_nobody_waits_for_is_not_sent_again(desk: Desk) -> None:
    chat = await refused(desk, question(1), asking(1))
    await desk.take(chat, Session(questions=1))

    (verdict,) = await does(desk, "replay", "m1")

    assert not verdict.stands
    assert "a question that nobody waits to have answered" in verdict.says
    assert await desk.due() == ()
    assert (await letters(desk))[0].handled is None


async def test_the_pending_question_is_sent_again_with_its_patience(desk: Desk) -> None:
    await refused(desk, question(1), asking(1))

    (verdict,) = await does(desk, "replay", "m1")

    assert verdict.stands
    assert (await desk.send()).message == question(1)


@pytest.mark.parametrize("outcome", [True, False])
async def test_after_stop_only_an_outcome_is_sent_again(desk: Desk, outcome: bool) -> None:
    await refused(desk, message(outcome=outcome))
    await desk.receive(desk.arrival("стоп", opt_out=True))

    (verdict,) = await does(desk, "replay", "m1")

    assert verdict.stands == outcome
    assert len(await desk.due()) == outcome


async def test_an_outcome_is_sent_however_late_and_what_it_tells_of_is_said(desk: Desk) -> None:
    await refused(desk, message(outcome=True))
    desk.pass_s(3 * 86_400)

    (verdict,) = await does(desk, "replay", "m1")

    assert "it tells what the journal showed on 2026-11-23 at 07:00Z" in verdict.says
    assert await desk.send() is not None


async def test_any_other_message_has_its_time(desk: Desk) -> None:
    await refused(desk, message())
    desk.pass_s(86_401)

    (verdict,) = await does(desk, "replay", "m1")

    assert not verdict.stands
    assert "too old" in verdict.says


async def test_a_message_that_today_s_code_cannot_read_is_kept_and_not_replayed(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, Session(), message())
    await run(desk, """UPDATE outbox SET payload = '{"smell": 1}'""")
    await desk.store.recover(desk.now, grace_s=120, hold_s=30)

    (verdict,) = await does(desk, "replay", "m1")

    assert not verdict.stands
    assert "this version cannot read the message" in verdict.says


# ── calls and results ─────────────────────────────────────────────────────────────────────────────────


async def test_a_call_is_never_done_again(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
    await desk.start()
    await run(desk, """UPDATE outbox SET payload = '{"kind": "Gone", "value": {}}'""")
    await desk.store.recover(desk.now, grace_s=120, hold_s=30)

    (letter,) = await letters(desk)
    (verdict,) = await does(desk, "replay", letter.letter)

    assert (letter.letter, letter.state, letter.instead) == ("c1", "cancel.looking", "CallFailed")
    assert not verdict.stands
    assert "a call is never done again" in verdict.says
    assert await desk.due() == ()


async def test_a_call_s_result_that_was_put_aside_is_not_put_back(desk: Desk) -> None:
    chat = await desk.hear()
    await desk.take(chat, waiting("k1"), OutgoingCall(key="k1", call=CANCEL))
    await desk.answer(CallFailed(reason="refused"))
    head = await desk.head(chat)
    await desk.store.turn_failed(head.arrival, "KeyError: 'x' (flow.py, line 7)")
    turn = TurnTaken(head=head, session=Session(), chat=head.chat, instead="CallFailed")
    assert await desk.store.take(turn, desk.now)

    (letter,) = await letters(desk)
    (verdict,) = await does(desk, "replay", letter.letter)

    assert (letter.letter, letter.why) == (f"t{head.arrival}", "KeyError: 'x' (flow.py, line 7)")
    assert "the client was told that the outcome is not known" in verdict.says
    assert await desk.store.head(chat) is None


# ── notices ───────────────────────────────────────────────────────────────────────────────────────────


async def lost_notice(desk: Desk, notice: Notice, chat: Chat | None = None) -> None:
    chat_id = await desk.hear()
    head = await desk.head(chat_id)
    told = Told(key="n1", recipient="admin:1", notice=notice, text="Отмена")
    turn = TurnTaken(head=head, session=Session(), chat=chat or head.chat, notices=(told,))
    assert await desk.store.take(turn, desk.now)
    due = await due_notice(desk)
    assert await desk.store.notice_starting(due)
    await desk.store.notice_ended(due, NoticeEnding("dead", why="no such chat"), desk.now)


async def due_notice(desk: Desk) -> NoticeDue:
    (due,) = await desk.store.notices_due(desk.now, busy=NOBODY)
    return due


async def test_a_notice_that_reached_nobody_is_told_again_as_a_belated_one(desk: Desk) -> None:
    await lost_notice(desk, Notice(to="admin", event="cancelled", record=RECORD))
    assert [(one.letter, one.why) for one in await letters(desk)] == [("n1", "no such chat")]

    (verdict,) = await does(desk, "replay", "n1")

    assert verdict.stands
    due = await due_notice(desk)
    assert due.overtaken
    assert (due.told.text, due.told.recipient) == ("Отмена", "admin:1")
    assert due.told.key != "n1"


@pytest.mark.parametrize("waits", [True, False])
async def test_a_request_is_told_again_only_while_it_waits(desk: Desk, waits: bool) -> None:
    late = LateRequest(request="r1", record=RECORD, asked_at=START)
    notice = Notice(to="admin", event="late", record=RECORD, request="r1")
    await lost_notice(desk, notice, Chat(late_requests=(late,) if waits else ()))

    (verdict,) = await does(desk, "replay", "n1")

    assert verdict.stands == waits


# ── items ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_item_that_could_not_be_stored_as_it_came_is_a_letter(desk: Desk) -> None:
    await desk.receive(desk.arrival("\ud83d hi", message_id="wamid.1"))

    (letter,) = await letters(desk)
    (verdict,) = await does(desk, "replay", letter.letter)

    assert (letter.letter, letter.kind, letter.phone) == ("w1", "item", None)
    assert "Unicode" in letter.why
    assert not verdict.stands
    assert "nobody knows whose it is" in verdict.says


# ── orders ────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_dropped_leaves_the_list_and_cannot_be_replayed(desk: Desk) -> None:
    await refused(desk, message())

    (dropped,) = await does(desk, "drop", "m1")
    (again,) = await does(desk, "drop", "m1")
    (replayed,) = await does(desk, "replay", "m1")

    assert (dropped.stands, again.stands, replayed.stands) == (True, True, False)
    assert "was dropped on" in replayed.says
    assert await desk.due() == ()


async def test_an_order_for_all_takes_those_that_nobody_has_seen_to(desk: Desk) -> None:
    await refused(desk, message("раз"))
    await refused(desk, message("два"))
    await does(desk, "drop", "m1")

    assert [one.letter for one in await does(desk, "replay")] == ["m2"]


async def test_a_letter_that_is_not_there_is_said_so(desk: Desk) -> None:
    assert await does(desk, "replay", "t9") == [
        Verdict(letter="t9", stands=False, says="there is no such letter")
    ]


async def test_an_order_of_another_version_harms_nobody(desk: Desk) -> None:
    await refused(desk, message())
    await run(desk, """INSERT INTO operator_order (wish, given_us) VALUES ('{"deed": "dance"}', 1)""")

    (verdict,) = await does(desk, "replay", "m1")

    assert verdict.stands


async def test_a_mistake_of_ours_in_one_letter_stops_no_other(desk: Desk) -> None:
    await refused(desk, message())
    chat = await desk.hear("отмените")
    head = await desk.head(chat)
    turn = TurnTaken(head=head, session=Session(), chat=head.chat, instead="StartedOver")
    assert await desk.store.take(turn, desk.now)
    await run(desk, "UPDATE dead SET chat_id = NULL WHERE kind = 'turn'")

    broken, sound = await does(desk, "replay", f"t{head.arrival}", "m1")

    assert (broken.stands, sound.stands) == (False, True)
    assert "a mistake of ours (AssertionError)" in broken.says
    assert [one.handled for one in await letters(desk)] == ["replayed", None]


async def test_letters_and_orders_are_forgotten_a_month_after_they_were_seen_to(desk: Desk) -> None:
    await refused(desk, message("раз"))
    await refused(desk, message("два"))
    await does(desk, "drop", "m1")
    desk.pass_s(86_400)

    before, place = desk.now, await desk.store.prune(desk.now)
    while place is not None:
        place = await desk.store.prune(before, place)

    assert [one.letter for one in await letters(desk)] == ["m2"]
    assert isinstance(desk.store, SqliteStore)
    left = "SELECT (SELECT count(*) FROM operator_order), (SELECT group_concat(outbox_id) FROM outbox)"
    assert await desk.store._writer.run(lambda c: c.execute(left).fetchall()) == [(0, "2")]
    assert (await does(desk, "replay", "m2", dry_run=True))[0].letter == "m2"


# ── files of older versions ───────────────────────────────────────────────────────────────────────────


def test_what_an_older_version_had_given_up_is_listed_as_far_as_it_is_known(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "otmena.db"))
    migrate(connection, START, MIGRATIONS[:2])
    connection.execute(
        "INSERT INTO chat (channel, account, phone, session, chat) VALUES ('w', '1', '+7900', '{}', '{}')"
    )
    _given_up_by_version_2(connection)

    migrate(connection, START)

    found = [(one.letter, one.kind, one.chat_id, one.why, one.state) for one in dead.letters(connection)]
    assert found == [
        ("t1", "turn", 1, "", None),
        ("c3", "call", 1, "unreadable", None),
        ("m1", "message", 1, "131026", None),
        ("n1", "notice", 1, "no such chat", None),
    ]


def _given_up_by_version_2(connection: apsw.Connection) -> None:
    inbox = """
        INSERT INTO inbox (channel, account, message_id, chat_id, heard, said_us, received_us,
                           taken_us, attempts)
        VALUES ('w', '1', ?, 1, '{}', 1, 1, ?, ?)
    """
    connection.executemany(inbox, [("a", 10, 3), ("b", 10, 2), ("c", None, 2)])
    outbox = """
        INSERT INTO outbox (chat_id, key, kind, status, payload, created_us, due_us, finished_us, why)
        VALUES (1, ?, ?, ?, ?, 1, 1, 20, ?)
    """
    bubble = Bubble(text="Здравствуйте").model_dump_json()
    connection.executemany(
        outbox,
        [
            ("m1", "message", "dead", bubble, "131026"),
            ("m2", "message", "sent", bubble, ""),
            ("c3", "call", "dead", "{}", "unreadable"),
        ],
    )
    connection.execute(
        """
        INSERT INTO notice (key, chat_id, recipient, notice, text, status, created_us, due_us,
                            finished_us, why)
        VALUES ('n', 1, 'admin:1', '{}', 'x', 'dead', 1, 1, 30, 'no such chat')
        """
    )
