"""What the HTTP client sends, and what it makes of every answer."""

import asyncio
import json

import pytest

from adapters.transport import Answer, Lost, NotSent
from adapters.yclients.client import Envelope, Refused, TurnedAway, Unclear, opened
from tests.adapters.yclients.world import Scripted, client_over, play

OK = Answer(200, b'{"success": true, "data": {"id": 1}, "meta": []}')
HTML = b"<html><body>502 Bad Gateway</body></html>"


def test_both_tokens_go_into_one_header() -> None:
    transport = Scripted(OK)

    play(client_over(transport).get("/record/1/2"))

    assert transport.sent == [
        (
            "GET",
            "/record/1/2",
            None,
            {
                "Accept": "application/vnd.yclients.v2+json",
                "Content-Type": "application/json",
                "Authorization": "Bearer partner, User user",
            },
        )
    ]


def test_a_delete_has_no_body_at_all() -> None:
    transport = Scripted(Answer(204, b""))

    play(client_over(transport).delete("/record/1/2"))

    assert transport.sent[0][:3] == ("DELETE", "/record/1/2", None)


def test_a_body_is_utf8_json() -> None:
    transport = Scripted(OK)

    play(client_over(transport).put("/visits/1/2", {"attendance": -1, "comment": "Отменено \ud83d"}))

    assert transport.sent[0][2] == '{"attendance": -1, "comment": "Отменено ?"}'.encode()


def test_tokens_stay_out_of_what_is_printed() -> None:
    assert "partner'" not in repr(client_over(Scripted(OK)))


@pytest.mark.parametrize(
    ("answer", "inside"),
    [
        (OK, Envelope({"id": 1})),
        (
            Answer(200, b'{"success":true,"data":[],"meta":{"total_count":0}}'),
            Envelope([], {"total_count": 0}),
        ),
        (
            Answer(201, b'{"success":true,"meta":{"message":"Created"}}'),
            Envelope(None, {"message": "Created"}),
        ),
        (Answer(200, b'{"data":null,"meta":[]}'), Envelope()),
        (Answer(200, b'[{"id": 1}]'), Envelope([{"id": 1}])),
        (Answer(200, b'{"id": 1}'), Envelope({"id": 1})),
        (Answer(204, b""), Envelope()),
        (Answer(200, b""), Envelope()),
    ],
)
def test_what_is_inside_a_success(answer: Answer, inside: Envelope) -> None:
    assert opened(answer) == inside


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, {"success": False, "data": None, "meta": {"message": "Визит не найден"}}, "Визит не найден"),
        (200, {"success": False, "data": None, "meta": {"message": "Не сохранено"}}, "Не сохранено"),
        (200, {"success": 0, "meta": []}, ""),
        (
            422,
            {"success": False, "meta": {"message": "Нет", "errors": [{"code": 433, "message": "x"}]}},
            "Нет",
        ),
        (404, {"success": False, "meta": {"message": "a", "errors": [{"filters": ["b"]}]}}, "a"),
        (400, {"errors": {"filters": ["Недопустимо"]}}, ""),
        (
            401,
            {"errors": {"code": 401, "message": "Необходима авторизация"}, "meta": []},
            "Необходима авторизация",
        ),
        (200, {"errors": {"code": 404, "message": "Филиал не найден."}}, "Филиал не найден."),
        (409, {"success": False, "meta": {"message": "Занято", "conflict": True}}, "Занято"),
        (400, ["?"], ""),
        (402, {"message": "Необходимо продлить лицензию"}, "Необходимо продлить лицензию"),
        (
            422,
            {"meta": {"message": "Клиент +7 900 000-00-01 есть, запись 1211181532"}},
            "Клиент … есть, запись 1211181532",
        ),
    ],
)
def test_every_shape_of_a_refusal_is_read(status: int, body: object, message: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(Answer(status, json.dumps(body).encode()))

    assert (refused.value.status, refused.value.message) == (status, message)


def test_a_refusal_may_have_no_body() -> None:
    with pytest.raises(Refused, match="405"):
        opened(Answer(405, b""))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b'{"success": false}'),
        Answer(502, HTML),
        Answer(200, HTML),
        Answer(403, HTML),
        Answer(200, b'{"success": tr'),
        Answer(200, b"\xff\xfe"),
        Answer(302, b""),
        Answer(421, b"Misdirected Request"),
        Answer(408, b""),
    ],
)
def test_what_is_no_answer_of_yclients_is_unclear(answer: Answer) -> None:
    with pytest.raises(Unclear):
        opened(answer)


def test_a_read_without_a_body_is_unclear() -> None:
    with pytest.raises(Unclear):
        play(client_over(Scripted(Answer(200, b""))).get("/record/1/2"))


def test_a_lost_answer_is_unclear_and_a_closed_door_is_told_apart() -> None:
    with pytest.raises(Unclear):
        play(client_over(Scripted(Lost("time-out"))).put("/visits/1/2", {}))
    with pytest.raises(NotSent):
        play(client_over(Scripted(NotSent("refused"))).put("/visits/1/2", {}))


def test_429_is_turned_away_and_pauses_the_lane() -> None:
    async def scenario() -> float:
        client = client_over(Scripted(Answer(429, b"{}"), OK))
        with pytest.raises(TurnedAway) as turned_away:
            await client.get("/record/1/2")
        assert turned_away.value.retry_after_s == pytest.approx(1)
        await client.get("/record/1/2")
        return asyncio.get_running_loop().time()

    assert play(scenario()) == pytest.approx(1)


@pytest.mark.parametrize(("header", "pause_s"), [("30", 30), ("0", 1), ("soon", 1), ("-5", 1), ("9999", 300)])
def test_retry_after_is_followed_within_reason(header: str, pause_s: float) -> None:
    client = client_over(Scripted(Answer(429, b"{}", {"retry-after": header})))

    with pytest.raises(TurnedAway) as turned_away:
        play(client.get("/record/1/2"))

    assert turned_away.value.retry_after_s == pytest.approx(pause_s)


def test_an_answer_between_two_refusals_makes_both_the_first() -> None:
    async def scenario() -> list[float]:
        turned_away = Answer(429, b"{}")
        client = client_over(Scripted(turned_away, OK, turned_away, turned_away))
        pauses = []
        for _ in range(4):
            try:
                await client.get("/record/1/2")
            except TurnedAway as refused:
                pauses.append(refused.retry_after_s)
        return pauses

    assert play(scenario()) == pytest.approx([1, 1, 5])
