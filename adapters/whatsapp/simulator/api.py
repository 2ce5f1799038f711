"""The Graph API's half: sending, read marks, media, and the number's own page."""

import json
import re
from datetime import datetime, timedelta

from adapters.simulated import Reply, Request
from adapters.whatsapp.simulator import inbound
from adapters.whatsapp.simulator.graph import Refused, answer, refusal
from adapters.whatsapp.simulator.ledger import Refusal
from adapters.whatsapp.simulator.people import Person, digits_of
from adapters.whatsapp.simulator.phone import Bubble, BubbleKind
from adapters.whatsapp.simulator.quirks import REFUSALS
from adapters.whatsapp.simulator.sends import Sending, read
from adapters.whatsapp.simulator.state import OnItsWay, State
from adapters.whatsapp.simulator.statuses import way
from adapters.whatsapp.simulator.wire import Json

SLOW_S = 10.0
# Longer than our client waits for an answer (15 s); then the connection closes.
NEVER_S = 20.0
TYPING_S = 25.0
WINDOW = timedelta(hours=24)
MESSAGE_LIVES = timedelta(days=30)
MEDIA_LIVES = timedelta(days=7)
MEDIA_URL_LIVES = timedelta(minutes=5)

_VERSION = re.compile(r"^/v\d+\.\d+(?=/)")
_PHONE = re.compile(r"^\+?[\d\s()\-.]+$")


class GraphApi:
    def __init__(self, state: State) -> None:
        self._state = state

    def handle(self, request: Request, now: datetime) -> Reply:
        # Any version is taken, and none as well: Graph then uses the app's default.
        path = _VERSION.sub("", request.path).strip("/")
        phone = ""
        try:
            self._authorise(request)
            match request.method, path.split("/"):
                case "POST", [number, "messages"]:
                    self._known(number)
                    payload = _payload(request)
                    phone = str(payload.get("to") or payload.get("recipient") or "")
                    return self._messages(number, payload, now)
                case "GET", [number] if number in self._state.account.numbers:
                    return self._number(number)
                case "GET", ["_media", media_id, until]:
                    return self._bytes(media_id, until, now)
                case "GET", [media_id]:
                    return self._media(media_id, request, now)
                case _:
                    raise _no_such_object(path)
        except Refused as refused:
            return self._refuse(refused, digits_of(phone))

    def _refuse(self, refused: Refused, phone: str, *, by_quirk: bool = False) -> Reply:
        self._state.book.refusals.append(Refusal(phone, refused.code, refused.details, by_quirk))
        self._state.serial += 1
        self._state.changed()
        return refusal(refused, f"A{self._state.serial:022d}")

    def _authorise(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        wanted = self._state.account.access_token
        if scheme != "Bearer" or not token.strip() or wanted not in (None, token.strip()):
            raise Refused(190)

    def _known(self, number: str) -> None:
        if number not in self._state.account.numbers:
            raise _no_such_object(number)

    # ── messages ──────────────────────────────────────────────────────────────────────────────────────

    def _messages(self, number: str, payload: Json, now: datetime) -> Reply:
        if self._state.quirks.take("outage"):
            return _unavailable()
        if payload.get("status") is not None:
            return self._mark_read(number, payload, now)
        person, by_phone = self._addressee(number, payload)
        # The request's own faults come first, so that they never use up a quirk.
        sending = read(payload, self._state.account.templates)
        return self._refused_by_quirk(person) or self._accept(number, payload, person, sending, now, by_phone)

    def _addressee(self, number: str, payload: Json) -> tuple[Person, bool]:
        """Return who is written to; `to` wins over `recipient`."""
        state = self._state
        if (to := payload.get("to")) is not None:
            digits = digits_of(str(to))
            if not _PHONE.match(str(to)) or not 7 <= len(digits) <= 15:
                raise Refused(131009, "The parameter to is not a phone number.")
            if digits == digits_of(state.account.numbers[number]):
                raise Refused(131021)
            if state.account.allowed is not None and digits not in state.account.allowed:
                raise Refused(131030, "Recipient phone number not in allowed list.")
            state.book.without_plus += not str(to).startswith("+")
            return state.person(digits), True
        if (recipient := payload.get("recipient")) is not None:
            for person in state.people.values():
                if person.user_id == recipient:
                    return person, False
            raise Refused(131026)
        raise Refused(131008, "The parameter to or recipient is required.")

    def _refused_by_quirk(self, person: Person) -> Reply | None:
        quirks = self._state.quirks
        if quirks.take("drop"):
            return Reply(dropped=True)
        if quirks.take("refuse-503"):
            return _unavailable()
        for name, code in REFUSALS.items():
            if quirks.take(name):
                return self._refuse(Refused(code), person.phone, by_quirk=True)
        return None

    def _accept(
        self, number: str, payload: Json, person: Person, sending: Sending, now: datetime, by_phone: bool
    ) -> Reply:
        fails = self._policy(number, person, sending, now)
        self._count(number, person, now)
        wamid = self._state.new_wamid(number, person.phone, now)
        if fails is None:
            self._show(number, person, sending, wamid, now)
        steps = way(
            self._state.quirks,
            self._state.account.status_delays_s,
            only_sent=sending.kind == "reaction",
            fails=fails,
        )
        for step in steps:
            message = OnItsWay(number, person.phone, wamid, step, sending.callback_data, by_phone)
            self._state.send_off(message, now)
        self._state.changed()
        shown_as = (
            {"input": payload["to"], "wa_id": person.phone} if by_phone else {"input": payload["recipient"]}
        )
        accepted = {
            "messaging_product": "whatsapp",
            "contacts": [shown_as],
            "messages": [{"id": wamid, "message_status": "accepted"}],
        }
        return self._after_acceptance(accepted)

    def _after_acceptance(self, accepted: Json) -> Reply:
        """Return the answer of an accepted message, which a quirk may spoil."""
        quirks = self._state.quirks
        if quirks.take("accept-but-500"):
            return Reply(500, b"")
        if quirks.take("131000-but-sent"):
            return self._refuse(Refused(131000), "", by_quirk=True)
        if quirks.take("accept-then-drop"):
            return Reply(dropped=True)
        if quirks.take("accept-then-timeout"):
            return Reply(delay_s=NEVER_S, dropped=True)
        if quirks.take("slow"):
            return answer(accepted, delay_s=SLOW_S)
        if quirks.take("status-first"):
            return answer(accepted, delay_s=1.0)
        return answer(accepted)

    def _policy(self, number: str, person: Person, sending: Sending, now: datetime) -> int | None:
        """Return the code with which an accepted message will fail, if it will.

        Raises:
            Refused: it is not accepted at all.
        """
        state, screen = self._state, self._state.screen(number, person.phone)
        if state.account.enforce_rates:
            if not state.pairs.has_one((number, person.phone), now):
                raise Refused(131056)
            if not state.totals.has_one(number, now):
                raise Refused(130429)
        if sending.marketing and screen.stopped:
            raise Refused(131050)
        open_now = screen.heard_at is not None and now - screen.heard_at <= WINDOW
        if not open_now and sending.kind != "template":
            state.book.outside_window += 1
            if state.account.window == "sync":
                raise Refused(131047)
            if state.account.window == "async":
                return 131047
        if state.quirks.take("window-closed-later"):
            return 131047
        return 131026 if state.quirks.take("131026") or person.blocked else None

    def _count(self, number: str, person: Person, now: datetime) -> None:
        self._state.pairs.take_one((number, person.phone), now)
        self._state.totals.take_one(number, now)
        self._state.book.sends[person.phone] += 1

    def _show(self, number: str, person: Person, sending: Sending, wamid: str, now: datetime) -> None:
        screen = self._state.screen(number, person.phone)
        if sending.kind == "reaction":
            screen.change(sending.context or "", reaction=sending.text)
            return
        kind: BubbleKind = sending.kind
        bubble = Bubble(
            "out",
            wamid,
            sending.text,
            kind,
            now,
            options=sending.options,
            list_label=sending.list_label,
            header=sending.header,
            footer=sending.footer,
            context=sending.context,
        )
        screen.show(bubble)
        self._state.chat_of[wamid] = (number, person.phone)
        self._state.book.shown(number, person.phone, wamid, sending.callback_data)

    def _mark_read(self, number: str, payload: Json, now: datetime) -> Reply:
        wamid = str(payload.get("message_id", ""))
        chat = self._state.chat_of.get(wamid)
        if payload.get("messaging_product") != "whatsapp" or payload["status"] != "read":
            raise Refused(100, "Only messaging_product whatsapp and status read are known.")
        screen = self._state.screens.get(chat) if chat and chat[0] == number else None
        bubble = screen.find(wamid) if screen else None
        too_old = bubble is not None and now - bubble.at > MESSAGE_LIVES
        if screen is None or too_old or (bubble is not None and bubble.direction == "out"):
            raise Refused(131009, "The parameter message_id is not a message that was received.")
        if "typing_indicator" in payload:
            if payload["typing_indicator"] != {"type": "text"}:
                raise Refused(100, "The parameter typing_indicator.type must be 'text'.")
            screen.typing_until = now + timedelta(seconds=TYPING_S)
        screen.mark_read_up_to(wamid)
        self._state.changed()
        return answer({"success": True})

    # ── the rest ──────────────────────────────────────────────────────────────────────────────────────

    def _number(self, number: str) -> Reply:
        display = self._state.account.numbers[number]
        page = {"id": number, "display_phone_number": f"+{display}", "verified_name": "Simulated salon"}
        return answer(page | {"quality_rating": "GREEN", "code_verification_status": "VERIFIED"})

    def _media(self, media_id: str, request: Request, now: datetime) -> Reply:
        kind, received_at = self._state.media.get(media_id, ("", now))
        if not kind or now - received_at > MEDIA_LIVES:
            raise _no_such_object(media_id)
        until = int((now + MEDIA_URL_LIVES).timestamp())
        host = request.headers.get("host", "graph.facebook.com")
        prefix = match[0] if (match := _VERSION.match(request.path)) else ""
        page = {
            "messaging_product": "whatsapp",
            "id": media_id,
            "url": f"http://{host}{prefix}/_media/{media_id}/{until}",
            "mime_type": inbound.media_mime(kind),
            "file_size": len(inbound.media_bytes(media_id)),
        }
        return answer(page)

    def _bytes(self, media_id: str, until: str, now: datetime) -> Reply:
        kind = self._state.media.get(media_id, ("", now))[0]
        if not kind or not until.isdigit() or now.timestamp() > int(until):
            return Reply(404, b"")
        return Reply(200, inbound.media_bytes(media_id), {"Content-Type": inbound.media_mime(kind) or ""})


def _payload(request: Request) -> Json:
    try:
        payload = json.loads(request.body)
    except ValueError as error:
        raise Refused(100, "The body is not JSON.") from error
    if not isinstance(payload, dict):
        raise Refused(100, "The body must be a JSON object.")
    return payload


def _no_such_object(what: str) -> Refused:
    return Refused(100, f"Object with ID '{what}' does not exist.", subcode=33)


def _unavailable() -> Reply:
    page = b"<html><body>503 Service Unavailable</body></html>"
    return Reply(503, page, {"Content-Type": "text/html"})
