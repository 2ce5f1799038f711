"""The store that can be taken back: what is saved comes back, what is marked is undone."""

from datetime import UTC, datetime

from adapters.storage.rewindable import RewindableStore
from engine.events import Heard
from engine.ports import Arrival, Identity

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def _arrival(number: int) -> Arrival:
    return Arrival(
        channel="whatsapp",
        account="1001",
        message_id=f"wamid.{number}",
        identities=(Identity(kind="phone", value="+79000000001"),),
        heard=Heard(kind="words", text="да", said_at=NOW),
    )


def test_what_was_saved_within_a_mark_comes_back_after_it_was_undone() -> None:
    store = RewindableStore(NOW)
    store.mark()
    store.receive([_arrival(1)], (), (), NOW)
    saved = store.save()
    store.back()
    assert store.standing().inbox == ()

    store.rewind(saved)

    assert len(store.standing().inbox) == 1
    assert store.rows_of("wamid.1") == 1


def test_a_rewound_store_can_be_saved_again_within_a_mark() -> None:
    store = RewindableStore(NOW)
    store.receive([_arrival(1)], (), (), NOW)
    store.rewind(store.save())
    store.mark()
    store.receive([_arrival(2)], (), (), NOW)
    saved = store.save()

    store.rewind(saved)

    assert [row.arrival for row in store.standing().inbox] == [1, 2]


def test_rewinding_drops_whatever_was_begun() -> None:
    store = RewindableStore(NOW)
    empty = store.save()
    store.mark()
    store.receive([_arrival(1)], (), (), NOW)

    store.rewind(empty)

    assert store.standing().chats == ()
