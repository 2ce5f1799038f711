"""Tell the people of the salon: try, try again, give up after a day and say so. No chat waits for it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from engine.flow import Salon
from engine.notices import Notice, Told
from engine.ports import (
    Chance,
    Clock,
    InDoubt,
    NoticeDue,
    NoticeEnding,
    Notifier,
    PortError,
    Rejected,
    Store,
    Unavailable,
)
from engine.runtime import telling
from engine.runtime.failing import RETRY_AFTER_S, Failing
from engine.texts import Texts

# The constant of design §5: what nobody got within a day is itself reported.
GIVEN_UP_AFTER = timedelta(hours=24)
RETRY_FIRST_S, RETRY_MOST_S = 2.0, 900.0
# What may have arrived is repeated once: a master who reads it twice is better than one who never does.
DOUBTS_MAX = 2
AT_ONCE_MAX = 20

log = structlog.get_logger()


@dataclass(slots=True)
class Notices:
    """Starts every notice that is due, one at a time for each recipient.

    What is told of one chat keeps its order: the store holds back what follows on a notice that waits for
    its retry, until that one was told or given up.
    """

    store: Store
    notifier: Notifier
    texts: Texts
    clock: Clock
    chance: Chance
    salon: Callable[[], Salon]
    # Called when something new may be due.
    again: Callable[[], None]
    # Called with each ending, for whoever counts them.
    counted: Callable[[Notice, str], None]
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _failing: Failing = field(
        default_factory=lambda: Failing("notice.store_failed", "notice.store_recovered")
    )
    _stopping: bool = False

    @property
    def busy(self) -> bool:
        return bool(self._busy)

    async def start_due(self) -> datetime | None:
        """Start what is due; return the moment of the next."""
        if self._stopping or len(self._busy) >= AT_ONCE_MAX:
            return None
        due = await self.store.notices_due(
            self.clock.now(), busy=frozenset(self._busy), limit=AT_ONCE_MAX - len(self._busy)
        )
        for notice in due:
            task = asyncio.get_running_loop().create_task(self._tell(notice))
            self._busy[notice.told.recipient] = task
        return await self.store.next_notice(busy=frozenset(self._busy))

    async def stop(self, within_s: float) -> None:
        """Let what is under way end; what does not is found again by the next process."""
        self._stopping = True
        if self._busy:
            _, unfinished = await asyncio.wait(self._busy.values(), timeout=within_s)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _tell(self, due: NoticeDue) -> None:
        structlog.contextvars.clear_contextvars()
        try:
            if await self._started(due):
                ending = await self._attempt(due)
                await self._recorded(due, ending)
                self._log(due, ending)
        except PortError as error:
            # We stop before anything has left: the next process takes it up.
            self._failing.failed(error)
        except Exception:  # our mistake here or in the store: it must not stop the other notices
            log.exception("notice.broken", notice=due.notice_id)
            await asyncio.sleep(RETRY_AFTER_S)
        finally:
            self._busy.pop(due.told.recipient, None)
            self.again()

    async def _started(self, due: NoticeDue) -> bool:
        """Store that it starts, however long that takes: it may stand, and then nobody else takes it up."""
        return await self._failing.outlasted(
            lambda: self.store.notice_starting(due), unless=lambda: self._stopping
        )

    async def _attempt(self, due: NoticeDue) -> NoticeEnding:
        if due.doubts >= DOUBTS_MAX:
            return NoticeEnding("sent", why="in doubt")
        try:
            await self.notifier.tell(due.told, *self._words(due))
        except Rejected as error:
            return self._given_up(due, error)
        except PortError as error:
            return self._again(due, error)
        except Exception as error:  # our mistake in an adapter: nobody knows how far it came
            # Without its message: a channel's own exceptions may quote an address, and with it a secret.
            log.error("notice.broken", notice=due.notice_id, error=type(error).__name__)
            return self._again(due, InDoubt(type(error).__name__))
        return NoticeEnding("sent")

    async def _recorded(self, due: NoticeDue, ending: NoticeEnding) -> None:
        """Store how it ended, however long that takes: forgotten, it would be told again."""
        await self._failing.outlasted(
            lambda: self.store.notice_ended(due, ending, self.clock.now()), ending=ending.kind
        )

    def _words(self, due: NoticeDue) -> tuple[str, str | None]:
        """Return what is said, and the link in it: made when it is sent, so that none is ever stored."""
        notice, text = due.told.notice, due.told.text
        if due.overtaken:
            text = telling.belated(self.texts, text)
        if not notice.request or due.chat_id is None:
            return text, None
        link = self.notifier.link(due.chat_id, notice)
        how = (
            self.texts.words("notice.decide_by_link", {"link": link})
            if link
            else self.texts.words("notice.decide_in_journal")
        )
        return f"{text}\n{how}", link

    def _again(self, due: NoticeDue, error: PortError) -> NoticeEnding:
        now = self.clock.now()
        if now - due.created_at >= GIVEN_UP_AFTER:
            return self._given_up(due, error)
        backoff_s = min(RETRY_MOST_S, RETRY_FIRST_S * 2 ** min(due.attempts, 10))
        wait_s = backoff_s * (0.5 + self.chance.random() / 2)
        if isinstance(error, Unavailable) and error.retry_after_s:
            wait_s = max(wait_s, error.retry_after_s)
        latest = due.created_at + GIVEN_UP_AFTER
        at = max(min(now + timedelta(seconds=wait_s), latest), now + timedelta(seconds=RETRY_FIRST_S / 2))
        return NoticeEnding("doubt" if isinstance(error, InDoubt) else "later", due=at, why=str(error))

    def _given_up(self, due: NoticeDue, error: PortError) -> NoticeEnding:
        return NoticeEnding("dead", why=str(error), reports=tuple(self._reports(due.told, error)))

    def _reports(self, lost: Told, error: PortError) -> Iterator[Told]:
        """Tell every other address of the administrator's; of a report that is lost too, nobody."""
        if lost.notice.event == "dead":
            return
        notice = lost.notice.model_copy(update={"to": "admin", "event": "dead", "request": "", "why": ""})
        text = telling.undelivered(self.texts, lost, error)
        for number, recipient in enumerate(self.salon().recipients.admin, 1):
            if recipient != lost.recipient:
                yield Told(key=f"{lost.key}.dead{number}", recipient=recipient, notice=notice, text=text)

    def _log(self, due: NoticeDue, ending: NoticeEnding) -> None:
        told = due.told
        self.counted(told.notice, ending.kind)
        known = {
            "notice": told.key,
            "told": told.notice.event,
            "whom": told.recipient,
            "attempt": due.attempts + 1,
            "why": ending.why or None,
        }
        match ending.kind:
            case "sent":
                log.info("notice.sent", **known)
            case "dead":
                # Where nobody of the salon hears of it, whoever watches the logs has to.
                log.error("notice.undelivered", reported=bool(ending.reports), **known)
            case _:
                log.warning(f"notice.{ending.kind}", **known)
