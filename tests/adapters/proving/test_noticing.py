"""Notices under the witness: what the administrator reads of a sound salon, and of one that is not."""

from collections.abc import Callable

import pytest

import main
from adapters.proving.long_runs import Run, walk
from adapters.proving.scripted import scripted
from adapters.storage import notices as stored
from engine.ports import NoticeDue, NoticeEnding
from engine.runtime import telling
from engine.runtime.notices import Notices

WHOLE = main.whole(None)
ONE = "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна\n"
BY_TEMPLATE = "set NOTIFY_ADMIN=salon-whatsapp://+79000000009\nset NOTIFY_WHATSAPP_TEMPLATE=salon_says\n"
# The first has not written to the salon, and there is no template.
TO_BOTH = "set NOTIFY_ADMIN=salon-whatsapp://+79000000008 salon-whatsapp://+79000000009\n"
CANCELS = f"{ONE}client: +79000000009\n> здравствуйте\nclient: +79000000001\n> не смогу прийти\n> [Да]\n"
REFUSED = f"{ONE}> не смогу прийти\nyclients: 403 on cancel × 1\n> [Да]\n"
OVERTAKEN = (
    f"{BY_TEMPLATE}{ONE}client: +79000000009\n> здравствуйте\nclient: +79000000001\n> не смогу прийти\n"
    "whatsapp: window-closed-later × 2\nwhatsapp: late-status × 2\n> [Да]\n> верните, пожалуйста, запись\n"
)


def played(text: str) -> Run:
    one = scripted(text, "a.chat")
    return walk(one.acts, one.settings, WHOLE)


@pytest.mark.parametrize("text", [f"{TO_BOTH}{CANCELS}", f"{BY_TEMPLATE}{REFUSED}", OVERTAKEN])
def test_a_sound_salon_tells_its_administrator_what_is_so(text: str) -> None:
    run = played(text)

    assert run.violation is None, run.chat()
    assert run.at_rest
    assert run.checked["every notice ends"] == 1


def _tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.deciding.notices_of", lambda facts: ())


def _reports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notices, "_reports", lambda self, lost, error: ())


def _counts_before_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    async def attempt(self: Notices, due: NoticeDue) -> NoticeEnding:
        return NoticeEnding("sent")

    monkeypatch.setattr(Notices, "_attempt", attempt)


def _calls_everything_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_headline", lambda notice: "cancelled")


def _names_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_client", lambda notice, phone: "+79000000002")


def _is_late_and_says_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "belated", lambda texts, text: text)


def _never_ends_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "ended", lambda *about: None)


@pytest.mark.parametrize(
    ("bug", "text", "broken"),
    [
        (_tells_nobody, f"{BY_TEMPLATE}{CANCELS}", "what we did is read by the administrator"),
        (_counts_before_it_tells, f"{BY_TEMPLATE}{REFUSED}", "a notice that counts as told was shown"),
        (_reports_nothing, f"{TO_BOTH}{CANCELS}", "a notice that is lost is reported"),
        (_calls_everything_a_cancel, f"{BY_TEMPLATE}{REFUSED}", "a notice is true"),
        (_names_somebody_else, f"{BY_TEMPLATE}{CANCELS}", "a notice is true"),
        (_is_late_and_says_nothing_of_it, OVERTAKEN, "notices of a chat keep their order"),
        (_never_ends_one, f"{BY_TEMPLATE}{CANCELS}", "every notice ends"),
    ],
)
def test_a_bug_of_the_notices_is_seen_by_whoever_reads_them(
    monkeypatch: pytest.MonkeyPatch, bug: Callable[[pytest.MonkeyPatch], None], text: str, broken: str
) -> None:
    bug(monkeypatch)

    run = played(text)

    assert run.violation is not None
    assert run.violation.invariant == broken
