"""What the demo's page shows, as JSON takes it: one picture of a frame, and the entries of the timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Literal

import phonenumbers
from babel.dates import format_date, format_datetime

from adapters.box.box import Box
from adapters.box.frames import Entry, Frame
from adapters.box.people import PEOPLE
from adapters.stage import PERSONAS, Persona
from adapters.stage.journal import STATUSES, WORDS, Status
from adapters.whatsapp.simulator import Bubble
from adapters.whatsapp.simulator.people import digits_of
from adapters.yclients.simulator import JournalRow
from adapters.yclients.simulator.demo import MASTERS, SERVICES

Lang = Literal["ru", "en"]
LANGS: tuple[Lang, ...] = ("ru", "en")
# So many days from today on can be looked at, and each beyond that has a record.
DAYS_SHOWN = 10

_IN_ENGLISH: Mapping[Status, str] = {
    "waiting": "expected",
    "confirmed": "confirmed",
    "came": "came",
    "no_show": "did not come (cancelled)",
    "deleted": "deleted",
}
_NEAREST: Mapping[Lang, tuple[str, str]] = {"ru": ("Сегодня", "Завтра"), "en": ("Today", "Tomorrow")}
_ADMINISTRATOR: Mapping[Lang, str] = {"ru": "Администратор", "en": "Administrator"}
_PERSONA_OF = {digits_of(persona.phone): persona.key for persona in PERSONAS.values()}


def picture(box: Box, frame: Frame, persona: Persona, lang: Lang) -> dict[str, Any]:
    now = box.local(frame.at)
    return {
        "world": box.world,
        "persona": persona.key,
        "clock": {
            "iso": now.isoformat(timespec="seconds"),
            "label": _clock(now, lang),
            "left_min": box.minutes_left(frame.at),
        },
        "server": frame.server,
        "faults": {side: [asdict(fault) for fault in faults] for side, faults in frame.faults.items()},
        "phone": _phone(box, frame, persona),
        "machine": _machine(box, frame, persona),
        "salon": _salon(frame, now.date(), lang),
        "masters": [_staff(box, frame, person.master, person.phone, lang) for person in PEOPLE],
    }


def entry(box: Box, one: Entry, lang: Lang) -> dict[str, Any]:
    about = dict(one.about)
    if one.kind == "message" and one.about["salon"]:
        about["to"] = one.about["to"] or _ADMINISTRATOR[lang]
    return {
        "n": one.n,
        "at": f"{box.local(one.frame.at):%H:%M:%S}",
        "kind": one.kind,
        "who": _PERSONA_OF.get(one.whose),
        "fork": box.can_fork(one.n),
        **about,
    }


def known(lang: Lang, faults: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return what the page knows from its first moment on."""
    return {
        "lang": lang,
        "personas": [
            {
                "key": persona.key,
                "name": persona.name,
                "has": persona.has if lang == "ru" else persona.has_in_english,
                "shown": "" if persona.hidden else spaced(persona.phone),
                "phrases": persona.phrases,
            }
            for persona in PERSONAS.values()
        ],
        "faults": {side: list(named) for side, named in faults.items()},
    }


def spaced(phone: str) -> str:
    """Write +79000000001 as +7 900 000-00-01."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _clock(now: datetime, lang: Lang) -> str:
    pattern = "EEE, d MMMM, HH:mm" if lang == "ru" else "EEE d MMMM, HH:mm"
    return format_datetime(now, pattern, locale=lang)


# ── phones ──


def _phone(box: Box, frame: Frame, persona: Persona) -> dict[str, Any]:
    digits = digits_of(persona.phone)
    bubbles = frame.screens[digits]
    # Messages go by their number on the screen: WhatsApp's ids hold the client's phone (design §10).
    number_of = {bubble.wamid: i for i, bubble in enumerate(bubbles)}
    return {
        "number": persona.phone,
        "typing": digits in frame.typing,
        "bubbles": [_bubble(box, bubble, number_of) for bubble in bubbles],
    }


def _bubble(box: Box, bubble: Bubble, number_of: Mapping[str, int]) -> dict[str, Any]:
    return {
        "number": number_of[bubble.wamid],
        "from": "client" if bubble.direction == "in" else "salon",
        "text": bubble.text,
        "time": f"{box.local(bubble.at):%H:%M}",
        "status": bubble.status,
        "list": bubble.list_label if bubble.kind == "list" else None,
        "options": [asdict(option) for option in bubble.options],
        "answers": number_of.get(bubble.context or ""),
    }


def _staff(box: Box, frame: Frame, master: str, phone: str, lang: Lang) -> dict[str, Any]:
    bubbles = frame.screens[digits_of(phone)]
    return {
        "name": master or _ADMINISTRATOR[lang],
        "shown": spaced(phone),
        "bubbles": [{"text": one.text, "time": f"{box.local(one.at):%H:%M}"} for one in bubbles],
    }


# ── the machine ──


def _machine(box: Box, frame: Frame, persona: Persona) -> dict[str, Any]:
    stance = box.stance(frame, persona)
    return {
        "flow": box.flow(stance),
        "state": stance.state,
        "event": stance.event,
        "from": stance.before,
        "tried": [{"row": row, "held": held} for row, held in stance.tried],
        "turn": stance.turn,
        "visits": dict(stance.visits),
        "fired": {str(row): n for row, n in stance.fired.items()},
    }


# ── the journal ──


def _salon(frame: Frame, today: date, lang: Lang) -> dict[str, Any]:
    rows = sorted(frame.rows, key=lambda row: (row.starts_at, row.record_id))
    coming = {today + timedelta(days=n) for n in range(DAYS_SHOWN)}
    shown = sorted(coming | {row.starts_at.date() for row in rows})
    return {
        "today": today.isoformat(),
        "days": [{"on": on.isoformat(), "label": _day(on, today, lang)} for on in shown],
        "masters": [{"name": name, "does": does} for name, does in MASTERS],
        "services": [title for title, _, _ in SERVICES],
        "rows": [_row(row, lang) for row in rows],
    }


def _day(on: date, today: date, lang: Lang) -> str:
    nearest = dict(zip((today, today + timedelta(days=1)), _NEAREST[lang], strict=True)).get(on)
    first = nearest or format_date(on, "EEEE", locale=lang).capitalize()
    return f"{first}, {format_date(on, 'd MMMM', locale=lang)}"


def _row(row: JournalRow, lang: Lang) -> dict[str, Any]:
    status: Status = "deleted" if row.deleted else STATUSES.get(row.attendance, "waiting")
    ends_at = row.starts_at + timedelta(seconds=row.length_s)
    return {
        "record_id": row.record_id,
        "on": row.starts_at.date().isoformat(),
        "time": f"{row.starts_at:%H:%M}–{ends_at:%H:%M}",
        "from_min": row.starts_at.hour * 60 + row.starts_at.minute,
        "length_min": row.length_s // 60,
        "services": ", ".join(row.services),
        "master": row.master,
        "client": row.client_name,
        "phone": row.phone,
        "status": status,
        "status_words": WORDS[status] if lang == "ru" else _IN_ENGLISH[status],
    }
