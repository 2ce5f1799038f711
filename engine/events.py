"""What can happen to a dialogue. A transition table is keyed by these classes.

Results of calls are defined beside their calls in `engine.booking` and are events like all others.
"""

from datetime import date, datetime, time
from typing import Literal

from engine.booking import CallFailed as CallFailed
from engine.booking import Reason, Record, Slot
from engine.booking import RecordCancelled as RecordCancelled
from engine.booking import RecordChanged as RecordChanged
from engine.booking import RecordMoved as RecordMoved
from engine.booking import RecordRestored as RecordRestored
from engine.booking import RecordsFound as RecordsFound
from engine.booking import SlotsFound as SlotsFound
from engine.booking import SlotTaken as SlotTaken
from engine.booking import TurnedOut as TurnedOut
from engine.values import Event as Event
from engine.values import Frozen


class Spared(Frozen):
    """What a wish for all of them leaves out, as `Named` names it: «все, кроме педикюра»."""

    days: tuple[date, ...] = ()
    clock: time | None = None
    places: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Named(Frozen):
    """What of a record the client named. `engine.understanding.fitting` holds it against real records."""

    # Calendar days in the salon's zone; the record may be on any of them.
    days: tuple[date, ...] = ()
    clock: time | None = None
    # Of a new time that is wished for: not sooner than this, and sooner than that.
    since: time | None = None
    until: time | None = None
    # Days of which it is one: not sooner than the first, and sooner than the second.
    day_since: date | None = None
    day_until: date | None = None
    # Places among all that fit everything else, soonest first, from 1; -1 is the last.
    places: tuple[int, ...] = ()
    # What is named but is to stay: «все, кроме педикюра».
    but: Spared | None = None
    # Lemmas that may name a service; those that fit no record at all are no constraint.
    words: tuple[str, ...] = ()
    # Lemmas of personal names: a master.
    names: tuple[str, ...] = ()
    # Lemmas of personal names whose visit it may be («запись Маши»); those of nobody are no constraint.
    people: tuple[str, ...] = ()
    # A day was named that the calendar does not have («на тридцать второе»).
    impossible_day: bool = False

    def anything(self) -> bool:
        """Whether it tells one record of a client from another."""
        return self != Named(people=self.people)


class Staying(Frozen):
    """What a message wants to stay beside what it calls off: «окрашивание оставьте, а маникюр отмените»."""

    named: Named = Named()
    # Places of a list: 1 is the first, -1 the last.
    places: tuple[int, ...] = ()
    # All that is not called off («остальное оставьте»).
    rest: bool = False

    def anything(self) -> bool:
        return bool(self.named.anything() or self.places or self.rest)


# How many of those that fit are meant: one, two («обе»), or whatever fits («все на субботу»).
HowMany = Literal["one", "both", "all"]


class CancelWanted(Event):
    """The client wants to cancel; `named` narrows down what."""

    named: Named = Named()
    # Every word of the wish is explained: nothing is left in it that could change it.
    plain: bool = False
    # Why, where the wish tells it too («не смогу, заболела»).
    cause: Reason | None = None
    meant: HowMany = "one"
    # What it wants to stay beside that.
    stays: Staying = Staying()
    # «Вера не придёт»: whether somebody of that name is on this phone is for the journal to say.
    of_somebody: bool = False


class RescheduleWanted(Event):
    """The client wants another time; `named` narrows down what, `target` the new day and time.

    `record`: which one is known already, since another flow hands it over.
    `revives`: it was cancelled through us, and its old window is gone.
    `record_id`: only its number is known, by a button.
    `several`: more than one was wished for; they are moved one at a time.
    `comes`: told by coming on another day, and not by a word for moving.
    """

    named: Named = Named()
    target: Named = Named()
    record: Record | None = None
    record_id: int | None = None
    revives: bool = False
    several: bool = False
    comes: bool = False


class TakeBackWanted(Event):
    """The client wants a record back that was cancelled through us.

    `record_id`: which one, by a button; else what the words named of it, if anything.
    """

    record_id: int | None = None
    named: Named = Named()
    meant: HowMany = "one"
    # Words that may mean something else: they are asked about.
    guessed: bool = False


class FoundOff(Event):
    """A later look shows that a record is off, though the client had been told that it stands."""

    record: Record


class Told(Event):
    """What became of a write to this record has just been told, whatever stood there.

    `restored`: it is in force again, so that a question whether to take it back is past.
    `gone`: it is off, or nobody knows, so that whatever a question asks of this record is past.
    `invites`: the client was asked to write about it again.
    """

    record: Record
    restored: bool = False
    gone: bool = False
    invites: bool = False


class KeepWanted(Event):
    """The client wants what stands to stand («не отменяйте», «я приду»), where no question asks whether.

    `guessed`: words that may mean something else.
    """

    named: Named = Named()
    # Places of a list, where it tells any: 1 is the first, -1 the last. At home no list stands.
    places: tuple[int, ...] = ()
    meant: HowMany = "one"
    guessed: bool = False
    # «Остальное оставьте»: not what was spoken of, but what is left.
    rest: bool = False


class LateDecided(Event):
    """Somebody of the salon decided a request to cancel late. `request` is the request's id."""

    request: str
    granted: bool


class Yes(Event):
    """The client agreed to the pending question. Only words that could have answered it make this event."""


class WishedAgain(Event):
    """The client wants what the question proposes, in words that are no clear answer to it."""


class No(Event):
    """The client turned the pending question down.

    `keeps`: in words that want the visit itself («приду»), where the flow looks for them.
    """

    keeps: bool = False


class Picked(Event):
    """The client picked one of the offered records; `plain` as for a wish."""

    record: Record
    plain: bool = False


class SlotPicked(Event):
    """The client picked one of the offered windows: consent to move the asked-about record there."""

    slot: Slot


class SeveralPicked(Event):
    """The client picked more than one of the offered records at once. Empty: which ones is not clear."""

    records: tuple[Record, ...] = ()


class AnotherNamed(Event):
    """Asked which one, the client named what is none of what was offered, or no single one of it."""

    named: Named
    # As for a wish.
    plain: bool = False
    meant: HowMany = "one"
    # It is meant beside what was asked about: «и стрижку».
    also: bool = False


class PageWanted(Event):
    """The client wants to see another page of a long list, counted from 0."""

    page: int


class PersonPicked(Event):
    """The client said for whom the record is, by the name on its card; "": for all of them."""

    name: str


class NotUnderstood(Event):
    """Words that this state has no use for. Two of these in a row, or of a kind of it, call for a person."""


class NotServed(Event):
    """A wish that is understood, but that no flow serves yet. `intent` is a label of the understanding."""

    intent: str


class Greeted(Event):
    pass


class Thanked(Event):
    """Thanks, or another polite closing."""


class NoWords(Event):
    """Something without words that we can read: a voice note, a picture and the like."""

    kind: Literal["voice", "picture", "other"]


class Reacted(Event):
    """An emoji put on a message, or taken off it."""


class TooEarly(Event):
    """An answer that came, or was said, before the pending question was there to be read.

    `question_follows`: the question reached the client after these words, so it asks again by itself.
    `answers`: they turn it down or tell which is meant, and whoever wrote them thinks that they are heard.
    """

    question_follows: bool
    intent: str
    answers: bool = False


class StaleTap(Event):
    """A tap on a button of a question that is no longer pending."""


class StopWanted(Event):
    """«Стоп»: the client wants no more messages. The chat was marked when the words were stored."""


class StartWanted(Event):
    """«Старт»: takes «стоп» back."""


class Muted(Event):
    """Anything that a client who had said «стоп» sent since."""


class TimedOut(Event):
    """The state's patience ended. `question` is the number of the question that it belonged to."""

    state: str
    question: int


class StillWaiting(Event):
    """A call has been out for a while; the client is told once."""


class NotDelivered(Event):
    """The pending question could not be delivered, finally."""

    question: int
    # Nothing refused it: for as long as anybody could have answered it, it could not be sent.
    too_old: bool = False


class StartedOver(Event):
    """The dialogue could not go on where it stood (a turn failed repeatedly, or its state is gone).

    `write_was_out`: what became of an agreed change is not known, and will not be told by itself.
    """

    write_was_out: bool = False


_DIGITS_MAX = 18


class Tap(Frozen):
    """A tapped option, as its id says: kind, number of its question, and the record or choice it names."""

    kind: str
    question: int
    record_id: int | None = None
    # What the option stands for beside a record: a place in what the question offered.
    choice: int | None = None

    def encode(self) -> str:
        choice = "" if self.choice is None else f":{self.choice}"
        return f"{self.kind}:{self.question}:{self.record_id or ''}{choice}"

    @staticmethod
    def decode(option_id: str) -> "Tap | None":
        """Return the tap that an option's id stands for, or None where the id is not one of ours."""
        kind, question, record, choice = (*option_id.split(":", 3), "", "", "")[:4]
        numbers = all(_is_number(number) or not number for number in (record, choice))
        if not (kind.isidentifier() and _is_number(question) and numbers):
            return None
        record_id, chosen = (int(number) if number else None for number in (record, choice))
        return Tap(kind=kind, question=int(question), record_id=record_id, choice=chosen)


def _is_number(text: str) -> bool:
    # Anybody may send anything: what does not fit 64 bits is no number of ours, and no store takes it.
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX


class Heard(Frozen):
    """What the client sent, free of the channel: words, a tap, or something without words."""

    kind: Literal["words", "tap", "voice", "picture", "reaction", "other"]
    # Words, a caption, or the title of the tapped option.
    text: str = ""
    # The raw id of the tapped option; anybody may send anything, so it authorises nothing.
    option: str = ""
    # The provider's time, aware.
    said_at: datetime
