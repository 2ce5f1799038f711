"""What measures must see what goes wrong: the town of the latency benchmark counts it."""

import asyncio
import json

from benchmarks.town import Client, Town
from benchmarks.wire import Lines, served


def _sent(number: int, text: str) -> bytes:
    body = {"to": f"+7900{number:07}", "text": {"body": text}, "biz_opaque_callback_data": "m1"}
    return json.dumps(body).encode()


async def _town(*texts: str, cancelled: int = 0) -> Town:
    """Return a town whose only client was sent these."""
    town = Town(think_s=60)
    town.clients[1] = Client(1, cancelled=cancelled)
    town.lines = Lines(1, "/")
    for text in texts:
        town.whatsapp(b"POST", b"/v26.0/1/messages", _sent(1, text))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    return town


async def test_a_whole_dialogue_is_right() -> None:
    town = await _town("Отменить запись: Маникюр?", "Запись отменена: Маникюр", cancelled=1)

    assert (town.wrong, town.seen.finished) == (0, 1)


async def test_a_client_without_an_outcome_is_lost() -> None:
    assert (await _town("Отменить запись: Маникюр?")).lost == 1


async def test_an_outcome_that_the_journal_does_not_show_is_untrue() -> None:
    assert (await _town("Отменить запись?", "Запись отменена")).seen.untrue == 1


async def test_a_third_message_is_doubled() -> None:
    town = await _town("Отменить запись?", "Запись отменена", "Запись отменена", cancelled=1)

    assert town.seen.doubled == 1


async def test_an_outcome_before_its_question_is_out_of_order() -> None:
    town = await _town("Запись отменена", "Отменить запись?", cancelled=1)

    assert town.seen.out_of_order == 2


async def test_a_sign_of_waiting_is_no_answer() -> None:
    town = await _town("Ещё жду ответа", "Отменить запись?", "Запись отменена", cancelled=1)

    assert (town.wrong, town.seen.signs) == (0, 1)


async def test_the_journal_shows_what_was_written_into_it() -> None:
    town = await _town()

    town.yclients(b"PUT", b"/api/v1/visits/700001/500001", b'{"attendance": -1, "comment": ""}')
    _, shown = town.yclients(b"GET", b"/api/v1/record/962302/500001", b"")
    _, found = town.yclients(b"GET", b"/api/v1/records/962302?client_id=300001&page=1", b"")

    assert json.loads(shown)["data"]["attendance"] == -1
    assert json.loads(found)["data"][0]["client"]["phone"] == "+79000000001"


async def test_requests_that_come_in_pieces_or_together_are_answered_one_by_one() -> None:
    server, port = await served(lambda method, path, body: (200, method + b" " + path + b" " + body))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"POST /a HTTP/1.1\r\nContent-Le")
    await writer.drain()
    await asyncio.sleep(0.01)
    writer.write(b"ngth: 3\r\n\r\nxyzGET /b HTTP/1.1\r\n\r\n")
    answered = await reader.readuntil(b"GET /b ")

    writer.close()
    server.close()
    assert answered.count(b"HTTP/1.1 200 OK") == 2
    assert b"POST /a xyz" in answered
