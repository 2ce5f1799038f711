"""What clients do with their phones, and what Meta and the salon's people do without being asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from adapters.whatsapp.simulator import inbound
from adapters.whatsapp.simulator.graph import webhook_error
from adapters.whatsapp.simulator.inbound import Kind
from adapters.whatsapp.simulator.people import Mode, Person, digits_of
from adapters.whatsapp.simulator.phone import Bubble, BubbleKind
from adapters.whatsapp.simulator.state import State
from adapters.whatsapp.simulator.wire import Json


class ClientSide:
    """The half of the simulator that tests, pages and the demo drive.

    Phones may be written in any form; `number` is the phone_number_id of the salon, by default the first;
    `said_at` is the moment that stands in the message, by default `now`.
    What is returned is the wamid of the message.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def introduce(
        self, phone: str, *, name: str | None = None, mode: Mode | None = None, blocked: bool | None = None
    ) -> Person:
        """Say who has this number. People who were never introduced show number and user id."""
        person = self._state.person(phone, name=name, mode=mode)
        if blocked is not None:
            person = self._state.people[person.phone] = replace(person, blocked=blocked)
        return person

    def client_says(
        self,
        phone: str,
        text: str,
        now: datetime,
        *,
        said_at: datetime | None = None,
        number: str | None = None,
        reply_to: str | None = None,
        forwarded: bool = False,
    ) -> str:
        body = inbound.text(text)
        if forwarded:
            body["context"] = {"forwarded": True}
        return self._message(phone, body, now, said_at, number, shown=text, context=reply_to)

    def client_taps(
        self,
        phone: str,
        option: str,
        now: datetime,
        *,
        wamid: str | None = None,
        said_at: datetime | None = None,
        number: str | None = None,
        with_context: bool = True,
    ) -> str:
        """Tap an option, named by its id or the beginning of its label, on the newest message that has it.

        Raises:
            LookupError: nothing on the screen can be tapped so.
        """
        person = self._state.person(phone)
        screen = self._state.screen(number or self._state.first_number, person.phone)
        bubble, tapped = screen.option(option, wamid)
        match bubble.kind:
            case "list":
                body = inbound.list_reply(tapped.id, tapped.title, tapped.description)
            case "template":
                body = inbound.template_button(tapped.id, tapped.title)
            case _:
                body = inbound.button_reply(tapped.id, tapped.title)
        context = bubble.wamid if with_context else None
        return self._message(
            phone, body, now, said_at, number, shown=tapped.title, context=context, tapped=tapped.id
        )

    def client_sends(
        self,
        phone: str,
        kind: Kind,
        now: datetime,
        *,
        caption: str = "",
        said_at: datetime | None = None,
        number: str | None = None,
    ) -> str:
        """Send a thing: one of `inbound.KINDS`."""
        person = self._state.person(phone)
        media_id = self._state.new_media_id(kind, now) if inbound.media_mime(kind) else ""
        body = inbound.of_kind(kind, media_id=media_id, caption=caption, phone=person.phone, name=person.name)
        errors = (webhook_error(131000),) if kind == "interactive_missing" else ()
        shown = inbound.shown(kind, caption)
        return self._message(phone, body, now, said_at, number, shown=shown, bubble="other", errors=errors)

    def client_reacts(
        self,
        phone: str,
        emoji: str | None,
        now: datetime,
        *,
        wamid: str | None = None,
        said_at: datetime | None = None,
        number: str | None = None,
    ) -> str:
        """React to a message of the salon's, by default the newest; "" or None takes the reaction back.

        Raises:
            LookupError: the salon has written nothing yet.
        """
        person = self._state.person(phone)
        screen = self._state.screen(number or self._state.first_number, person.phone)
        to = wamid or next((b.wamid for b in reversed(screen.bubbles) if b.direction == "out"), None)
        if to is None:
            raise LookupError("there is no message to react to")
        screen.change(to, reaction=emoji or "")
        return self._message(phone, inbound.reaction(to, emoji), now, said_at, number)

    def client_edits(
        self, phone: str, wamid: str, text: str, now: datetime, *, number: str | None = None
    ) -> str:
        person = self._state.person(phone)
        self._state.screen(number or self._state.first_number, person.phone).change(
            wamid, text=text, edited=True
        )
        return self._message(phone, inbound.edit(wamid, text), now, None, number)

    def client_revokes(self, phone: str, wamid: str, now: datetime, *, number: str | None = None) -> str:
        person = self._state.person(phone)
        self._state.screen(number or self._state.first_number, person.phone).change(
            wamid, text="", deleted=True
        )
        return self._message(phone, inbound.revoke(wamid), now, None, number)

    def client_changes_number(
        self, phone: str, new_phone: str, now: datetime, *, number: str | None = None
    ) -> str:
        """Move the person and every chat to a new number; the user id changes with it (whatsapp.md §1.5)."""
        state, old, digits = self._state, self._state.person(phone), digits_of(new_phone)
        new = state.people[digits] = replace(old, phone=digits)
        del state.people[old.phone]
        for at, person_phone in [key for key in state.screens if key[1] == old.phone]:
            screen = state.screens[at, digits] = state.screens.pop((at, person_phone))
            state.chat_of.update({bubble.wamid: (at, digits) for bubble in screen.bubbles})
        if old.mode == "username":
            return self._system(new, inbound.user_id_changed(old.user_id, new.user_id), {}, now, number)
        user = {"user_id": new.user_id, "previous_user_id": old.user_id} if old.mode == "both" else {}
        body = inbound.number_changed(old.phone, new.phone, user)
        return self._system(new, body, {"from": old.phone}, now, number)

    def client_changes_user_id(self, phone: str, now: datetime, *, number: str | None = None) -> str:
        old = self._state.person(phone)
        new = self._state.people[old.phone] = replace(old, generation=old.generation + 1)
        return self._system(new, inbound.user_id_changed(old.user_id, new.user_id), {}, now, number)

    def client_changes_identity(self, phone: str, now: datetime, *, number: str | None = None) -> str:
        person = self._state.person(phone)
        return self._system(person, inbound.identity_changed(), person.sender(), now, number)

    def client_prefers(
        self,
        phone: str,
        value: Literal["stop", "resume", "signup"],
        now: datetime,
        *,
        number: str | None = None,
    ) -> None:
        """Call marketing messages off, or take them again, in WhatsApp's own settings."""
        person = self._state.person(phone)
        self._state.screen(number or self._state.first_number, person.phone).stopped = value == "stop"
        preference: Json = {
            "wa_id": person.phone,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            # A number here, though a string everywhere else (whatsapp.md §1.4).
            "timestamp": int(now.timestamp()),
        }
        parts: dict[str, tuple[Json, ...]] = {
            "contacts": (person.contact(),),
            "user_preferences": (preference,),
        }
        self.deliver(parts, now, field="user_preferences", number=number)

    def client_acts(self, phone: str, now: datetime, *, number: str | None = None) -> None:
        """Let a value hold nothing but `user_actions` (their inner shape is a guess)."""
        action: Json = self._state.person(phone).sender() | {
            "action_type": "marketing_messages_link_click",
            "timestamp": str(int(now.timestamp())),
        }
        self.deliver({"user_actions": (action,)}, now, number=number)

    def salon_types(self, phone: str, text: str, now: datetime, *, number: str | None = None) -> str:
        """Let somebody at the salon write by hand in the WhatsApp Business app: an echo."""
        state, person, at = self._state, self._state.person(phone), number or self._state.first_number
        wamid = state.new_wamid(at, person.phone, now)
        to = {"to": person.phone} if person.mode != "username" else {}
        to |= {"to_user_id": person.user_id} if person.mode != "phone" else {}
        echo: Json = {"from": state.account.numbers[at], "id": wamid, "timestamp": str(int(now.timestamp()))}
        state.screen(at, person.phone).show(Bubble("out", wamid, text, "text", now, by_hand=True))
        parts = {"message_echoes": (echo | to | inbound.text(text),)}
        state.tell("smb_message_echoes", at, parts, now, lane=f"{at}:{person.phone}")
        return wamid

    def meta_reports(self, code: int, now: datetime, *, number: str | None = None) -> None:
        """Let a value hold nothing but `errors`."""
        self.deliver({"errors": (webhook_error(code),)}, now, number=number)

    def deliver(
        self,
        parts: Mapping[str, tuple[Json, ...]],
        now: datetime,
        *,
        field: str = "messages",
        number: str | None = None,
        lane: str = "",
    ) -> None:
        """Deliver a value of the caller's own making."""
        self._state.tell(field, number or self._state.first_number, parts, now, lane=lane)

    def again(self, now: datetime, *, wamid: str | None = None) -> str:
        """Deliver what a client did once more, by default the last thing.

        Raises:
            LookupError: no such message.
        """
        wanted = wamid or self._state.last_update
        update = self._state.updates.get(wanted or "")
        if wanted is None or update is None:
            raise LookupError("there is nothing to deliver again")
        self._state.outgoing.add(update, now)
        self._state.changed()
        return wanted

    def _message(
        self,
        phone: str,
        body: Json,
        now: datetime,
        said_at: datetime | None,
        number: str | None,
        *,
        shown: str | None = None,
        bubble: BubbleKind = "text",
        context: str | None = None,
        tapped: str = "",
        errors: tuple[Json, ...] = (),
    ) -> str:
        """Queue a message and put it on the client's screen, where it has words to show."""
        state, person, at = self._state, self._state.person(phone), number or self._state.first_number
        moment, wamid = said_at or now, state.new_wamid(at, person.phone, now)
        message = person.sender() | {"id": wamid, "timestamp": str(int(moment.timestamp()))} | body
        if context is not None:
            message["context"] = {"from": state.account.numbers[at], "id": context}
        screen = state.screen(at, person.phone)
        # Whether a reaction opens the window is not known (whatsapp.md §8); here every message does.
        screen.heard_at = max(screen.heard_at or moment, moment)
        if shown is not None:
            screen.show(Bubble("in", wamid, shown, bubble, moment, context=context, tapped=tapped))
        state.chat_of[wamid] = (at, person.phone)
        state.book.heard(person.phone)
        parts = {"contacts": (person.contact(),), "messages": (message,)}
        return self._queue(parts | ({"errors": errors} if errors else {}), wamid, person, now, at)

    def _system(self, person: Person, body: Json, sender: Json, now: datetime, number: str | None) -> str:
        """Queue a system message: it has no contacts, and often no `from`."""
        at = number or self._state.first_number
        wamid = self._state.new_wamid(at, person.phone, now)
        message = sender | {"id": wamid, "timestamp": str(int(now.timestamp()))} | body
        return self._queue({"messages": (message,)}, wamid, person, now, at)

    def _queue(
        self, parts: Mapping[str, tuple[Json, ...]], wamid: str, person: Person, now: datetime, number: str
    ) -> str:
        update = self._state.tell("messages", number, parts, now, lane=f"{number}:{person.phone}")
        self._state.updates[wamid] = update
        self._state.last_update = wamid
        return wamid
