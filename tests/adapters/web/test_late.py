"""The page of a late request: looking changes nothing, one press decides, and no link can be made up."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import late_case, late_page
from adapters.web.late import LatePages
from adapters.web.late_case import Cases
from adapters.web.late_links import Asked, LateLinks
from engine.booking import (
    Attendance,
    CancelSettled,
    Fact,
    Query,
    ReadOutcome,
    ReasonGiven,
    Receipt,
    Record,
    TurnedOut,
)
from engine.chat import Chat, LateRequest
from engine.events import Event, LateDecided
from engine.notices import Notice
from engine.ports import StoreFailed, Unavailable

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
RECORD = Record(
    record_id=1,
    phone="+79000000001",
    services=("Маникюр <script>",),
    master="Ольга",
    client='Анна "&" Ко',
    starts_at=NOW.astimezone(MOSCOW) + timedelta(hours=3),
)
REQUEST = LateRequest(request="c5.7", record=RECORD, asked_at=NOW)
ASKED = Asked(5, "c5.7", RECORD.starts_at)
WORDS = late_page.Salon(MOSCOW, {"illness": "болезнь"}.__getitem__)
LINKS = LateLinks("app-secret", 962302, "https://salon.example")


class Chats:
    """What is stored of chats, `failing` as long as the disk is full; and what the journal shows."""

    def __init__(self) -> None:
        self.chats = {5: Chat(phone="+79000000001", late_requests=(REQUEST,))}
        self.events: dict[str, Event] = {}
        requested = CancelSettled(record=RECORD, outcome="requested", request="c5.7", late=True)
        self.facts: list[tuple[datetime, Fact]] = [(NOW, requested)]
        self.failing = False
        self.now = NOW
        # None: it does not answer.
        self.journal: TurnedOut | None = TurnedOut(record=RECORD, shown=RECORD)
        self.asked: list[Query] = []

    async def ask(self, query: Query) -> Event:
        self.asked.append(query)
        if self.journal is None:
            raise Unavailable("away")
        return self.journal

    async def noted(self, chat_id: int, kind: type[Fact], since: datetime) -> list[tuple[datetime, Fact]]:
        mine = self.facts if chat_id == 5 else []
        return [(at, fact) for at, fact in mine if isinstance(fact, kind) and at >= since]

    def ends(self, outcome: str, **more: object) -> None:
        """The turn that the decision led to is taken, and the request gone with it."""
        self.chats[5] = Chat(phone="+79000000001")
        settled = CancelSettled.model_validate({"record": RECORD, "outcome": outcome, "late": True, **more})
        self.facts.append((self.now, settled))

    def is_cancelled(self) -> None:
        gone = RECORD.model_copy(update={"attendance": Attendance.DID_NOT_COME})
        receipt = Receipt(change="cancelled", record=gone, read_at=NOW, was=RECORD)
        self.journal = TurnedOut(record=RECORD, receipt=receipt)

    async def chat(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    async def what_happened(self, name: str) -> Event | None:
        if self.failing:
            raise StoreFailed("the disk is full")
        return self.events.get(name)

    async def happened(self, chat_id: int, name: str, event: Event) -> bool:
        assert chat_id == 5
        fresh = name not in self.events
        self.events.setdefault(name, event)
        return fresh


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
async def browser(chats: Chats) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    cases = Cases(chats, lambda query: chats.ask(query), lambda: chats.now)
    pages = LatePages(LINKS, cases, chats.happened, lambda: WORDS)
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


Browser = TestClient[web.Request, web.Application]


def path(asked: Asked = ASKED) -> str:
    return f"/late/{LINKS.token(asked)}"


async def looks(browser: Browser, at: str = "") -> tuple[int, str]:
    async with browser.get(at or path()) as response:
        return response.status, await response.text()


async def presses(browser: Browser, decision: str, at: str = "") -> tuple[int, str]:
    async with browser.post(at or path(), data={"decision": decision}) as response:
        return response.status, await response.text()


async def test_looking_shows_who_what_when_and_how_late_and_decides_nothing(
    browser: Browser, chats: Chats
) -> None:
    status, page = await looks(browser)
    await browser.head(path())

    assert status == 200
    for part in ("Маникюр &lt;script&gt;, мастер Ольга: среда, 25 ноября, 15:00", "за 3 ч до визита"):
        assert part in page
    assert "В журнале на 12:00" in page
    assert "стоит без изменений" in page
    assert chats.asked == [ReadOutcome(record=RECORD)] * 2
    assert "Анна &quot;&amp;&quot; Ко" in page
    assert "<script" not in page
    assert "+7900" not in page
    assert chats.events == {}


async def test_the_page_needs_nothing_from_anywhere_and_stays_secret(browser: Browser) -> None:
    async with browser.get(path()) as response:
        page = await response.text()
        headers = response.headers

    assert "http" not in page.replace("https://salon.example", "")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("press", "granted", "title"), [("grant", True, "Отмена разрешена"), ("deny", False, "Отказано")]
)
async def test_a_press_decides_once(
    browser: Browser, chats: Chats, press: str, granted: bool, title: str
) -> None:
    status, page = await presses(browser, press)
    again = await presses(browser, press)

    assert (status, title in page) == (200, True)
    assert again == (status, page)
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=granted)}
    assert title in (await looks(browser))[1]


async def test_a_second_thought_is_told_that_it_is_decided(browser: Browser, chats: Chats) -> None:
    await presses(browser, "grant")

    status, page = await presses(browser, "deny")

    assert status == 409
    assert "Уже решено" in page
    assert "Отмена разрешена" in page
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=True)}


async def test_two_who_press_at_once_decide_once(browser: Browser, chats: Chats) -> None:
    honest = chats.ask

    async def ask(query: Query) -> Event:
        # While the page is being made, somebody else presses.
        chats.events["late:c5.7"] = LateDecided(request="c5.7", granted=False)
        return await honest(query)

    chats.ask = ask  # type: ignore[method-assign]  # one fake, bent for one test

    status, page = await presses(browser, "grant")

    assert (status, "Уже решено" in page) == (409, True)


@pytest.mark.parametrize("decision", ["", "maybe", "grant "])
async def test_what_is_no_decision_decides_nothing(browser: Browser, chats: Chats, decision: str) -> None:
    assert (await presses(browser, decision))[0] == 400
    assert chats.events == {}


async def test_a_link_ends_when_the_visit_begins(browser: Browser, chats: Chats) -> None:
    chats.now = RECORD.starts_at

    assert (await looks(browser))[0] == 410
    status, page = await presses(browser, "grant")

    assert (status, "Визит уже начался" in page) == (410, True)
    assert chats.events == {}


@pytest.mark.parametrize("asked", [Asked(5, "c5.8", RECORD.starts_at), Asked(6, "c5.7", RECORD.starts_at)])
async def test_what_waits_for_no_decision_any_more_is_told_politely(
    browser: Browser, chats: Chats, asked: Asked
) -> None:
    assert (await looks(browser, path(asked)))[0] == 410
    assert (await presses(browser, "grant", path(asked)))[0] == 410
    assert chats.events == {}


def tampered() -> list[str]:
    token = LINKS.token(ASKED)
    another_salon = LateLinks("app-secret", 962303, None).token(ASKED)
    another_secret = LateLinks("guessed", 962302, None).token(ASKED)
    payload, _, signature = token.rpartition(".")
    return [another_salon, another_secret, f"{payload}x.{signature}", payload, "x", "%00", token[:-1]]


@pytest.mark.parametrize("token", tampered())
async def test_a_link_that_is_none_of_ours_leads_nowhere(browser: Browser, chats: Chats, token: str) -> None:
    assert (await looks(browser, f"/late/{token}"))[0] == 404
    assert (await presses(browser, "grant", f"/late/{token}"))[0] == 404
    assert chats.events == {}


async def test_the_page_tells_why_where_the_client_did(browser: Browser, chats: Chats) -> None:
    another = RECORD.model_copy(update={"record_id": 2})
    chats.facts += [
        (NOW, ReasonGiven(record=another, code="work")),
        (NOW, ReasonGiven(record=RECORD, code="none")),
    ]
    assert "Причина" not in (await looks(browser))[1]

    chats.facts.append((NOW, ReasonGiven(record=RECORD, code="illness")))

    assert "<dt>Причина</dt><dd>болезнь</dd>" in (await looks(browser))[1]


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"starts_at": RECORD.starts_at + timedelta(hours=1)}, "среда, 25 ноября, 16:00"),
        ({"master": "Елена"}, "мастер Елена: среда, 25 ноября, 15:00"),
        ({"services": ("Педикюр",)}, "Педикюр, мастер Ольга"),
    ],
)
async def test_a_record_that_was_changed_since_is_shown_as_it_is(
    browser: Browser, chats: Chats, changed: dict[str, object], shown: str
) -> None:
    chats.journal = TurnedOut(record=RECORD, shown=RECORD.model_copy(update=changed))

    status, page = await looks(browser)

    assert (status, "стоит другая: " in page, shown in page) == (200, True, True)
    assert "бот сначала переспросит клиента" in page
    assert 'value="grant"' in page


async def test_a_journal_that_does_not_answer_is_said_with_the_moment_of_what_is_shown(
    browser: Browser, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats.journal = None
    status, page = await looks(browser)
    assert (status, "показана по состоянию на момент просьбы" in page, "нет ответа" in page) == (
        200,
        True,
        True,
    )

    async def hang(query: Query) -> Event:
        await asyncio.sleep(60)
        raise AssertionError

    chats.ask = hang  # type: ignore[method-assign]
    monkeypatch.setattr(late_case, "READ_WITHIN_S", 0.01)
    assert "нет ответа" in (await looks(browser))[1]
    assert (await presses(browser, "deny"))[0] == 200
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=False)}


@pytest.mark.parametrize(("pause_s", "asked", "shown"), [(0.01, 2, True), (4.0, 1, False), (None, 1, False)])
async def test_a_journal_that_wants_a_short_pause_is_asked_again(
    browser: Browser, chats: Chats, pause_s: float | None, asked: int, shown: bool
) -> None:
    honest = chats.ask

    async def ask(query: Query) -> Event:
        answer = await honest(query)
        if len(chats.asked) == 1:
            raise Unavailable("YClients: 429", retry_after_s=pause_s)
        return answer

    chats.ask = ask  # type: ignore[method-assign]  # one fake, bent for one test

    _, page = await looks(browser)

    assert (len(chats.asked), "стоит без изменений" in page) == (asked, shown)


async def test_what_is_off_already_is_not_told_to_stand(browser: Browser, chats: Chats) -> None:
    chats.is_cancelled()

    status, page = await looks(browser)
    assert (status, "Запись уже отменена" in page, 'value="deny"' in page) == (200, True, False)
    status, page = await presses(browser, "deny")
    assert (status, "Запись уже отменена" in page) == (409, True)
    assert chats.events == {}

    assert (await presses(browser, "grant"))[0] == 200
    assert chats.events == {"late:c5.7": LateDecided(request="c5.7", granted=True)}


async def test_what_the_journal_does_not_show_is_said(browser: Browser, chats: Chats) -> None:
    chats.journal = TurnedOut(record=RECORD)
    status, page = await looks(browser)
    assert (status, "в журнале сейчас не видно" in page, ">не видна<" in page) == (200, True, True)


async def test_a_visit_that_begins_sooner_than_it_was_asked_about_is_over(
    browser: Browser, chats: Chats
) -> None:
    chats.journal = TurnedOut(record=RECORD, shown=RECORD.model_copy(update={"starts_at": NOW}))

    assert (await looks(browser))[0] == 410
    status, page = await presses(browser, "grant")

    assert (status, "Визит уже начался" in page) == (410, True)
    assert chats.events == {}


async def test_a_visit_that_was_moved_to_later_makes_no_link_live_longer(
    browser: Browser, chats: Chats
) -> None:
    later = RECORD.model_copy(update={"starts_at": RECORD.starts_at + timedelta(days=1)})
    chats.journal = TurnedOut(record=RECORD, shown=later)
    chats.now = RECORD.starts_at

    status, page = await presses(browser, "grant")

    assert (status, "Решать больше нечего" in page, "четверг, 26 ноября, 15:00" in page) == (410, True, True)
    assert chats.events == {}


async def test_a_decision_is_told_as_a_decision_until_its_end_is_known(
    browser: Browser, chats: Chats
) -> None:
    _, page = await presses(browser, "grant")
    assert "Подтвердил ли журнал отмену, придёт отдельным сообщением" in page
    assert "стоит без изменений" in page
    for untrue in ("будет отменена", "Отмена подтверждена", ">отменена<"):
        assert untrue not in page

    chats.ends("cancelled")
    chats.is_cancelled()
    _, page = await looks(browser)
    assert "Отмена подтверждена журналом (среда, 25 ноября, 12:00)" in page
    assert ">отменена<" in page
    assert "Обновить" not in page


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("unknown", "Журнал не ответил, прошла ли отмена"),
        ("refused", "Отменить не получилось"),
        ("not_tried", "Отменить не получилось"),
        ("silent", "Клиент не ответил, что делать с изменённой записью"),
    ],
)
async def test_how_a_granted_cancel_ended_is_told_as_it_is_known(
    browser: Browser, chats: Chats, outcome: str, told: str
) -> None:
    await presses(browser, "grant")
    chats.ends("kept")
    assert "Решение принято" in (await looks(browser))[1]
    chats.ends(outcome, request="c5.7")

    _, page = await looks(browser)

    assert told in page
    assert "Отмена подтверждена" not in page


@pytest.mark.parametrize("gone", [True, False])
async def test_what_the_salon_had_cancelled_itself_is_not_called_a_cancel_of_ours(
    browser: Browser, chats: Chats, gone: bool
) -> None:
    chats.is_cancelled()
    await presses(browser, "grant")
    receipt = Receipt(change="cancelled", record=RECORD, read_at=NOW, how="already")
    chats.ends("cancelled", receipt=receipt)
    if gone:
        # What is deleted cannot be shown any more.
        chats.journal = TurnedOut(record=RECORD)

    status, page = await looks(browser)

    assert (status, "<h1>Запись уже отменена</h1>" in page, "Салон отменил её сам" in page) == (
        200,
        True,
        True,
    )
    for untrue in ("Отмена разрешена", "Отмена подтверждена"):
        assert untrue not in page


@pytest.mark.parametrize(
    ("outcome", "told"), [("withdrawn", "Клиент передумал"), ("undecided", "Визит начался раньше")]
)
async def test_a_decision_that_meets_the_end_of_its_request_decides_nothing_any_more(
    browser: Browser, chats: Chats, outcome: str, told: str
) -> None:
    await presses(browser, "grant")
    chats.ends(outcome, request="c5.7")

    for status, page in (
        await looks(browser),
        await presses(browser, "grant"),
        await presses(browser, "deny"),
    ):
        assert (status, "<h1>Решать больше нечего</h1>" in page, told in page) == (410, True, True)
        assert "Отмена разрешена" not in page


async def test_a_refusal_says_no_more_than_that(browser: Browser, chats: Chats) -> None:
    await presses(browser, "deny")
    chats.ends("denied")
    _, page = await looks(browser)
    assert "бот запись не отменяет и ответит клиенту" in page
    assert "стоит без изменений" in page


@pytest.mark.parametrize("gone", [True, False])
async def test_a_request_that_is_over_without_a_decision_says_what_is_known(
    browser: Browser, chats: Chats, gone: bool
) -> None:
    chats.chats[5] = Chat(phone="+79000000001")
    if gone:
        chats.ends("cancelled")
        chats.is_cancelled()

    status, page = await looks(browser)

    assert (status, "Решать больше нечего" in page) == (410, True)
    assert ("Отмена подтверждена журналом" in page) == gone
    assert ("стоит без изменений" in page) != gone
    assert (await presses(browser, "grant"))[0] == 410
    assert chats.events == {}


@pytest.mark.parametrize(
    ("detail", "told"),
    [("", "Клиент передумал и решения"), ("moved", "Клиент перенёс запись и решения")],
)
async def test_a_withdrawn_request_says_whether_the_client_moved_it(
    browser: Browser, chats: Chats, detail: str, told: str
) -> None:
    chats.ends("withdrawn", detail=detail, request="c5.7")
    status, page = await looks(browser)
    assert (status, told in page) == (410, True)


async def test_a_press_is_not_repeated_by_loading_the_page_again(browser: Browser) -> None:
    async with browser.post(path(), data={"decision": "grant"}, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, path())
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_store_that_fails_decides_nothing_and_says_so(browser: Browser, chats: Chats) -> None:
    chats.failing = True

    assert (await looks(browser))[0] == 503
    assert (await presses(browser, "grant"))[0] == 503
    chats.failing = False
    assert (await presses(browser, "grant"))[0] == 200


def test_a_link_names_no_phone_and_needs_an_address_of_ours() -> None:
    notice = Notice(to="admin", event="late", record=RECORD, request="c5.7")
    link = LINKS.link(5, notice)

    assert link is not None
    assert link.startswith("https://salon.example/late/")
    assert LINKS.read(link.rpartition("/")[2]) == ASKED
    assert "9000000001" not in link
    assert LateLinks("app-secret", 962302, None).link(5, notice) is None
    assert LINKS.link(5, notice.model_copy(update={"record": None})) is None
