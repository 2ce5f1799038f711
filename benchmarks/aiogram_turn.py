"""The same six turns with aiogram's own FSM: an update goes through a dispatcher whose handlers know states.

Runs in a venv of its own, which holds nothing of ours. For each line on its input, a number of seconds, it
answers with turns for a second of its work. Sessions stay in aiogram's memory store: nothing is serialised.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from aiogram import Bot, Dispatcher
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Chat, Message, Update, User


class Cancel(StatesGroup):  # type: ignore[misc]  # Not installed where mypy runs.
    looking = State()
    confirming = State()
    cancelling = State()
    done = State()


# What is said, in which state, and where it leads; None: home.
ROWS = (
    ("wanted", None, Cancel.looking),
    ("found", Cancel.looking, Cancel.confirming),
    ("yes", Cancel.confirming, Cancel.cancelling),
    ("cancelled", Cancel.cancelling, Cancel.done),
    ("reason", Cancel.done, Cancel.done),
    ("thanks", Cancel.done, None),
)


def dispatcher() -> Dispatcher:
    dispatch = Dispatcher(storage=MemoryStorage())
    for words, source, to in ROWS:

        async def act(message: Message, state: FSMContext, to: State | None = to) -> None:
            await state.update_data(question=1, record={"record_id": 1, "services": ["Маникюр"]})
            await state.set_state(to)

        dispatch.message.register(
            act, StateFilter(source), lambda message, words=words: message.text == words
        )
    return dispatch


def update(number: int, words: str) -> Update:
    person = {"id": 1, "is_bot": False, "first_name": "Анна"}
    message = Message(
        message_id=number,
        date=datetime.now(UTC),
        chat=Chat(id=1, type="private"),
        from_user=User(**person),
        text=words,
    )
    return Update(update_id=number, message=message)


async def main() -> None:
    bot, dispatch = Bot("1:synthetic"), dispatcher()
    updates = [update(number, words) for number, (words, _, _) in enumerate(ROWS)]
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        played, begun = 0, time.process_time()
        while (worked := time.process_time() - begun) < float(line):
            for each in updates:
                await dispatch.feed_update(bot, each)
            played += 1
        print(played * len(ROWS) / worked, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
