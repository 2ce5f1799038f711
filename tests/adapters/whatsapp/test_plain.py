"""The few steps for one plain text: whatever they answer is what the tolerant reader says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.whatsapp import plain, webhook
from adapters.whatsapp.webhook import parse

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
ANNA = "79000000001"
NAMES = {"from_user_id": "RU.1"}


def stop(text: str) -> bool | None:
    if text == "boom":
        raise RuntimeError(text)
    return {"стоп": True, "старт": False}.get(text)


def document(named: bool = True, **more: Any) -> dict[str, Any]:
    """Return the webhook of whatsapp.md §1.4, with or without the user ids of 2026."""
    message = {"from": ANNA, "id": "wamid.A", "timestamp": SECONDS, "type": "text", "text": {"body": "Да"}}
    contact = {"profile": {"name": "Анна"}, "wa_id": ANNA}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+7 900 000-00-99", "phone_number_id": "106540352242922"},
        "contacts": [contact | ({"user_id": "RU.1"} if named else {})],
        "messages": [message | (NAMES if named else {}) | more],
    }
    entry = {"id": "waba", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def with_care(whole: Any, monkeypatch: pytest.MonkeyPatch) -> webhook.Delivered:
    with monkeypatch.context() as patched:
        patched.setattr(webhook, "plain_words", lambda document, opt_out, now: None)
        return parse(json.dumps(whole).encode(), stop, NOW)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("words", ["Хочу отменить запись", "стоп", "", "две\nстроки", "д" * 5000])
def test_the_common_shape_is_read_in_few_steps(
    named: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = document(named, text={"body": words})

    arrival = plain.plain_words(whole, stop, NOW)

    assert arrival is not None
    assert with_care(whole, monkeypatch) == webhook.Delivered((arrival,))


def paths(value: Any) -> list[tuple[Any, ...]]:
    """Return where everything in it stands."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *path) for key, inner in places for path in paths(inner))]


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """Return a copy in which what stands at the end of the path has been changed."""
    copy = json.loads(json.dumps(value))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    change(inside, path[-1])
    return copy


def _remove(inside: Any, key: Any) -> None:
    del inside[key]


def _double(inside: Any, key: Any) -> None:
    inside[key] = [inside[key], inside[key]]


ODD: st.SearchStrategy[Any] = st.sampled_from((
    None, True, 5, 5.5, "", "x", "boom", "стоп", ANNA, "+" + ANNA, "79000000099", "RU.2", "1795399999999",
    "\ud83d", "\x00", "½½½½½½", "٧٩٠٠٠٠٠٠٠٠١", "image", "s" * 600, [], {}, [[]], ["x"], {"body": "Да"},
))  # fmt: skip
FIELDS = st.sampled_from((
    "group_id", "from_parent_user_id", "parent_user_id", "user_id", "from_user_id", "statuses", "errors",
    "message_echoes", "user_actions", "contacts", "context", "field", "wa_id", "new",
))  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Return the common shape with up to three things changed somewhere in it."""
    whole: Any = document(draw(st.booleans()))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(paths(whole)[1:] or [()]))
        if not path:
            break
        odd, field = draw(ODD), draw(FIELDS)

        def replace(inside: Any, key: Any, odd: Any = odd) -> None:
            inside[key] = odd

        def add(inside: Any, key: Any, odd: Any = odd, field: str = field) -> None:
            target = inside[key] if isinstance(inside[key], dict) else inside
            if isinstance(target, dict):
                target[field] = odd
            else:
                target.append(odd)

        whole = changed(whole, path, draw(st.sampled_from([replace, add, _remove, _double])))
    return whole


@settings(max_examples=1500)
@given(mutated())
def test_both_readers_say_the_same(whole: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        slow = with_care(whole, patch)

    assert parse(json.dumps(whole).encode(), stop, NOW) == slow


MESSAGE = ("entry", 0, "changes", 0, "value", "messages", 0)
VALUE, CONTACT = MESSAGE[:-2], (*MESSAGE[:-2], "contacts", 0)


@pytest.mark.parametrize(
    ("named", "place", "more"),
    [
        (True, MESSAGE, {"group_id": "g"}),
        (True, MESSAGE, {"type": "edit"}),
        (True, MESSAGE, {"from_parent_user_id": "RU.ENT.1"}),
        (True, MESSAGE, {"from": "79000000099"}),
        (False, CONTACT, {"user_id": "RU.1"}),
        (True, CONTACT, {"parent_user_id": "RU.ENT.1"}),
        (True, VALUE, {"statuses": [{"id": "ours", "status": "read", "timestamp": SECONDS}]}),
        (True, VALUE[:-1], {"field": "messages_of_2027"}),
    ],
)
def test_what_means_more_is_left_to_the_tolerant_reader(
    named: bool, place: tuple[Any, ...], more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = changed(document(named), place, lambda inside, key: inside[key].update(more))

    assert plain.plain_words(whole, stop, NOW) is None
    assert parse(json.dumps(whole).encode(), stop, NOW) == with_care(whole, monkeypatch)
