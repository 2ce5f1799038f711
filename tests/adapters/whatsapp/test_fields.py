"""Two parsers read a webhook, the fast one first: where both read, nobody can tell which one it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.fields import loads, raw

WHOLE = st.integers(min_value=-(10**30), max_value=10**30)
LEAVES = (
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS, st.booleans())
def test_what_is_read_is_what_was_written(document: object, ascii_only: bool) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only).encode()

    read = loads(body)

    assert read == document
    assert repr(read) == repr(json.loads(body))


@given(DOCUMENTS)
def test_an_item_is_kept_without_loss(document: object) -> None:
    assert json.loads(raw(document)) == document
    assert json.loads(raw(document, in_order=True)) == document


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'["\ud83d"]', ["\ud83d"]),
        (rb'["\u0000"]', ["\x00"]),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"[" + b"9" * 5000 + b"]", ["9" * 5000]),
        (b"[" * 250 + b"]" * 250, json.loads("[" * 250 + "]" * 250)),
    ],
)
def test_what_the_fast_parser_refuses_is_read_all_the_same(body: bytes, read: object) -> None:
    assert loads(body) == read
    assert json.loads(raw(read)) == read


@pytest.mark.parametrize("body", [b"[NaN]", b"[Infinity]", b"[-Infinity]", b"\xff", b"[1,]", b"[] []"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|decode|Expecting|Extra|value"):
        loads(body)


def test_a_number_beyond_every_range_cannot_be_written_and_the_word_can() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        raw({"huge": loads(b"1e999")})
    assert raw({"text": "Infinity"}) == '{"text":"Infinity"}'
