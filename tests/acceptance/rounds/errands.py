"""What clients come for, each a dialogue. An errand returns whether it got its answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from adapters.whatsapp.simulator import Bubble
from tests.acceptance.rounds.claims import moments_in
from tests.acceptance.rounds.clients import Client


def yes(client: Client, bubble: Bubble) -> None:
    client.agrees(bubble, "cancelled")
    if client.chance.random() < 0.5:
        client.taps(bubble, "Да, отменить")
    else:
        client.says("да")


def no(client: Client, bubble: Bubble) -> None:
    if client.chance.random() < 0.5:
        client.taps(bubble, "Оставить")
    else:
        client.says("нет")


def one_of_them(client: Client, bubble: Bubble) -> None:
    if client.chance.random() < 0.5:
        client.taps(bubble, bubble.options[1].id)
    else:
        client.says("2")


def a_day(client: Client, bubble: Bubble) -> None:
    client.taps(bubble, client.chance.choice(bubble.options[1:7]).id)


def a_time(client: Client, bubble: Bubble) -> None:
    # The rows of times begin with one: «13:00 — Анна».
    times = [option for option in bubble.options if option.title[:2].isdigit()]
    chosen = client.chance.choice(times)
    client.agrees(bubble, "moved", chosen.title[:5])
    client.taps(bubble, chosen.id)


def yes_move(client: Client, bubble: Bubble) -> None:
    client.agrees(bubble, "moved", moments_in(bubble.text)[0][-5:])
    client.says("да")


def yes_back(client: Client, bubble: Bubble) -> None:
    client.agrees(bubble, "restored")
    client.says("да")


def a_cancel(client: Client, bubble: Bubble) -> None:
    client.taps(bubble, "Отменить запись")


CANCELLING = {"cancel": yes, "which": one_of_them, "meant": a_cancel}
MOVING = {"day": a_day, "time": a_time, "slot": yes_move}


async def cancels(client: Client) -> bool:
    client.books()
    client.says(client.chance.choice(("Хочу отменить запись", "отмените запись", "не смогу прийти")))
    return await client.follows(CANCELLING) is not None


async def keeps(client: Client) -> bool:
    client.books()
    client.says("Хочу отменить запись")
    return await client.follows({"cancel": no, "meant": a_cancel}) is not None


async def cancels_one_of_three(client: Client) -> bool:
    for service in ("Маникюр", "Стрижка", "Педикюр"):
        client.books(service)
    client.says("Хочу отменить запись")
    return await client.follows(CANCELLING) is not None


async def cancels_both(client: Client) -> bool:
    client.books("Маникюр")
    client.books("Стрижка")
    client.says("Отмените обе записи")
    return await client.follows(CANCELLING) is not None


async def moves(client: Client) -> bool:
    client.books()
    client.says("хочу перенести запись")
    return await client.follows(MOVING) is not None


async def takes_back(client: Client) -> bool:
    client.books()
    client.says("Хочу отменить запись")
    told = await client.follows(CANCELLING)
    if told is None:
        return False
    if not any(option.title == "Вернуть запись" for option in told.options):
        return True
    client.agrees(told, "restored")
    if client.chance.random() < 0.5:
        client.taps(told, "Вернуть запись")
    else:
        client.says("верните запись")
    return await client.follows({"back": yes_back}) is not None


async def stops(client: Client) -> bool:
    """«Стоп» over the question, or right after the yes: then the outcome alone is told."""
    client.books()
    client.says("Хочу отменить запись")
    question = await client.hears()
    if question is None:
        return False
    said = client.chance.choice(("да", "отмените запись", ""))
    # Also «отмените запись» agrees, where a kill lets it overtake «стоп»: it was said after the question.
    if said and "Да, отменить" in [option.title for option in question.options]:
        client.agrees(question, "cancelled")
    if said == "да":
        client.says(said, "silent")
    client.says("стоп", "silent")
    # WhatsApp tells whole seconds: of a «стоп» and a «старт» in one of them nobody knows which came last.
    await asyncio.sleep(client.chance.uniform(1.1, 3))
    if said == "отмените запись":
        client.says(said, "silent")
    client.says("старт")
    while (told := await client.hears()) is not None:
        if "Снова на связи" in told.text:
            return True
    return False


async def hurries(client: Client) -> bool:
    """A «да» that was typed before there was a question agrees to nothing."""
    client.books()
    client.says("Хочу отменить запись", "hasty")
    said_at = datetime.now(UTC).replace(microsecond=0)
    client.says("да")

    def no_but(client: Client, bubble: Bubble) -> None:
        # By WhatsApp's whole seconds it is as old as this question, and where a kill made it wait, it came
        # after it: then nobody can tell that it is no yes.
        if bubble.at.replace(microsecond=0) == said_at:
            client.agrees(bubble, "cancelled")
        no(client, bubble)

    return await client.follows({"cancel": no_but, "meant": a_cancel}) is not None


async def talks(client: Client) -> bool:
    if client.chance.random() < 0.3:
        client.sends()
    else:
        client.says(client.chance.choice(("спасибо", "Здравствуйте", "а сколько стоит маникюр?")))
    return await client.follows({}) is not None


ERRANDS: Mapping[str, Callable[[Client], Awaitable[bool]]] = {
    "cancels": cancels,
    "keeps": keeps,
    "cancels one of three": cancels_one_of_three,
    "cancels both": cancels_both,
    "moves": moves,
    "takes back": takes_back,
    "stops": stops,
    "hurries": hurries,
    "talks": talks,
}
