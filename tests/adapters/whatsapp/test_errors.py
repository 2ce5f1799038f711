"""What every row of the error table becomes (whatsapp.md §2.3)."""

import json

import pytest

from adapters.transport import Answer
from adapters.whatsapp.errors import code_of, failure, stops_the_number
from engine.ports import InDoubt, Rejected, Unavailable


def answer(code: object, status: int = 400, details: str = "") -> Answer:
    error = {"message": f"(#{code}) …", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Answer(status, json.dumps({"error": error | {"error_data": {"details": details}}}).encode())


STATUSES = (200, 400, 401, 403, 404, 429, 500, 503)
AUTH = (3, 10, 200, 250, 299, 131005)
ACCOUNT = (368, 131031, 131048, 131064, 130497, 131042, 131037, 131045, 133010, 133016)
CLIENT = (131047, 131026, 131021, 131030, 131050, 131049, 130472, 131062, 137000)
OURS = (
    100,
    131008,
    131009,
    131051,
    131052,
    131053,
    132000,
    132001,
    132005,
    132007,
    132008,
    132012,
    132015,
    132016,
)


@pytest.mark.parametrize("status", STATUSES)
class TestByCodeAndNotByStatus:
    @pytest.mark.parametrize(
        ("code", "retry_after_s"),
        [
            (130429, 1), (131056, 6), (4, 60), (80007, 60), (613, 60),
            (131016, 5), (131057, 60), (1, 5), (2, 5), (0, 60), (190, 60),
        ],
    )  # fmt: skip
    def test_what_passes_is_tried_again(self, code: int, retry_after_s: float, status: int) -> None:
        error = failure(answer(code, status))

        assert isinstance(error, Unavailable)
        assert error.retry_after_s == retry_after_s

    def test_something_went_wrong_is_in_doubt(self, status: int) -> None:
        assert isinstance(failure(answer(131000, status)), InDoubt)

    @pytest.mark.parametrize("code", AUTH + ACCOUNT + CLIENT + OURS)
    def test_what_is_final_is_rejected_with_its_code(self, code: int, status: int) -> None:
        error = failure(answer(code, status))

        assert isinstance(error, Rejected)
        assert error.code == code


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (404, Rejected), (429, Unavailable), (500, InDoubt), (503, InDoubt)]
)
def test_of_an_unknown_code_the_status_decides(status: int, kind: type[Exception]) -> None:
    assert type(failure(answer(999_999, status))) is kind


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"{}", b'{"error":"x"}', b'{"error":{"code":null}}', b"[" * 9999]
)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, Unavailable), (401, Unavailable), (429, Unavailable), (400, Rejected), (404, Rejected),
        (413, Rejected), (408, InDoubt), (500, InDoubt), (502, InDoubt), (503, InDoubt), (504, InDoubt),
    ],
)  # fmt: skip
def test_without_a_code_the_status_decides(body: bytes, status: int, kind: type[Exception]) -> None:
    assert code_of(Answer(status, body)) is None
    assert type(failure(Answer(status, body))) is kind


def test_a_code_may_be_written_as_words() -> None:
    assert code_of(answer("131047")) == 131047


@pytest.mark.parametrize("code", [0, 190, *AUTH, *ACCOUNT])
def test_the_token_and_the_account_stop_the_number(code: int) -> None:
    assert stops_the_number(code)


@pytest.mark.parametrize("code", [None, *CLIENT, *OURS, 130429, 131056, 131000, 131016, 1, 2, 4, 613, 80007])
def test_nothing_else_stops_it(code: int | None) -> None:
    assert not stops_the_number(code)


def test_the_explanation_is_told_without_phones_and_ids() -> None:
    details = "Button title length invalid. Max length: 20, to +7 900 000-00-01 (79000000001), wamid.HBgLNzk="
    told = str(failure(answer(131009, details=details)))

    assert told == "WhatsApp: 131009 (HTTP 400) Button title length invalid. Max length: 20, to …), …"
