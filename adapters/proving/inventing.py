"""What a seed makes up: who writes what, in which salon, under which faults and crashes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Literal, TypeAlias

from adapters.proving.acts import Act
from adapters.rehearsal import Rehearsal
from adapters.whatsapp.simulator import QUIRKS as WHATSAPP_QUIRKS
from adapters.yclients.simulator import QUIRKS as YCLIENTS_QUIRKS
from engine.script.scene import Booked, Edited

MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001  # the salon's wall clock
# How many acts at random, and how many cancellations from their beginning to their end among them: one of
# each client's.
ACTS = 30
STORIES = 5
# Each world dies so often at most, by kill or by the loss of power; how often, and when, is the seed's.
DEATHS_MAX = 3
# All patience and most retries end within this; a world lasts at least so long.
LASTS_FOR = timedelta(minutes=10)

# With the service that they name. «Отмените запись» is a wish at home, and a yes to the question.
YES = {
    "да": "", "да, отменяйте": "", "отменяйте": "", "+": "", "отмените запись": "",
    "отмените маникюр": "Маникюр", "да, отмените стрижку": "Стрижка",
}  # fmt: skip
WISHES = (
    "не смогу прийти",
    "отмените запись",
    "хочу отменить запись",
    "отмените маникюр",
    "не смогу в среду",
)
# What right after a cancel wants it back.
BACK = ("верните, пожалуйста, запись", "не отменяйте, я приду", "оставьте", "да, жду", "нет, не надо")
PLACES = {"1": 0, "второй": 1}
# Those that name no record.
VAGUE = WISHES[:3]
# At least one for each intent, so that a flow which begins with any of them is entered, and one that is torn
# between two of them.
OTHERS = (
    "нет", "оставьте", "1", "второй", "спасибо", "здравствуйте", "не отменяйте, я приду", "да, но позже",
    "а сколько стоит маникюр?", "подруга хочет отменить свою запись", "перенесите на пятницу", "стоп",
    "старт", "да, жду", "запись завтра",
    "почему отменили мою запись?", "ой", "на стрижку", "отменить ещё одну на пятницу", "нет, не надо",
    "на когда я записана?", "верните, пожалуйста, запись", "позовите администратора", "опаздываю на 10 минут",
    "заболела", "до скольки можно отменить?", "да?", "ага?", "ок?", "скорее всего не приду в среду",
)  # fmt: skip
# Each record has a line of its own, so that words on a phone can be held to it.
JOURNAL = (
    Booked("+79000000001", "Маникюр", datetime(2026, 11, 25, 15), "Ольга"),  # noqa: DTZ001
    Booked("+79000000002", "Стрижка", datetime(2026, 11, 25, 12), "Мария"),  # noqa: DTZ001
    Booked("+79000000002", "Окрашивание", datetime(2026, 11, 27, 13), "Мария"),  # noqa: DTZ001
    Booked("+79000000002", "Маникюр", datetime(2026, 11, 28, 18), "Анна"),  # noqa: DTZ001
    Booked("+79000000003", "Брови", datetime(2026, 11, 23, 11), "Ольга"),  # noqa: DTZ001
    Booked("+79000000005", "Педикюр", datetime(2026, 11, 26, 9), "Анна"),  # noqa: DTZ001
)
# The place of the one that begins today.
SOONEST = 4
NOBODY = "+79000000004"
PHONES = tuple(dict.fromkeys((*(one.phone for one in JOURNAL), NOBODY)))
# No clients: these two read notices. Without the template only the first, who has written to the salon.
ADMINISTRATORS = ("+79000000008", "+79000000009")
_ONE = {"NOTIFY_ADMIN": f"salon-whatsapp://{ADMINISTRATORS[0]}"}
_BOTH = {"NOTIFY_ADMIN": " ".join(f"salon-whatsapp://{phone}" for phone in ADMINISTRATORS)}
_TEMPLATE = {"NOTIFY_WHATSAPP_TEMPLATE": "salon_says"}
SETTINGS: tuple[dict[str, str], ...] = (
    _ONE,
    _BOTH | _TEMPLATE,
    {"SELECTION": "last_created"} | _ONE | _TEMPLATE,
    {"CONFIRM": "never"} | _BOTH,
    {"ON_SOFT_CANCEL_REFUSED": "handover"},
)
OPERATIONS = ("search", "records", "record", "cancel", "delete", "visit", "move")
# A journal that lies for ever can be told by nobody, and what hides all phones hides the client.
_LIES = ("stale-read", "hidden-phones", "no-client", "visit-has-sibling", "siblings-follow")
# What keeps a client's own records out of a list, or brings others' into it.
MISLEADING = ("stale-read", "hidden-phones", "no-client", "leaky-phone-filter", "404")
# Forged webhooks are not delivered again, so what was in them is lost by intent; the account's end is too.
_NOT_PLAYED = ("wrong-signature", "missing-signature", "upper-signature", "190", "368")


# What comes together, so that a write meets the trouble that it is made for.
Storm: TypeAlias = tuple[tuple[Literal["yclients", "whatsapp"], str], ...]
STORMS: tuple[Storm, ...] = (
    # Slow once: the read before the write succeeds, those after it do not, and the outcome is unknown.
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "timeout-but-done on cancel × 1"),
        ("yclients", "500 on record"),
    ),
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "500-but-done on cancel × 1"),
        ("yclients", "drop-before on record"),
    ),
    (("yclients", "timeout-done-later on cancel × 1"),),
    # Unknown, and where it is looked at again, the look is refused.
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "timeout-before on cancel × 1"),
        ("yclients", "403 on record"),
    ),
    # Refused, and then the first attempt lands after all.
    (("yclients", "timeout-done-later on cancel × 1"), ("yclients", "403 on cancel × 1")),
    (("yclients", "403 on cancel × 1"),),
    (("yclients", "409 on cancel × 2"),),
    (("yclients", "404 on cancel × 1"),),
    (("yclients", "404 on cancel × 1"), ("yclients", "timeout-but-done on delete × 1")),
    (("yclients", "visit-has-sibling on record × 1"), ("yclients", "siblings-follow × 3")),
    (("yclients", "leaky-phone-filter × 6"),),
    (("yclients", "stale-read on record × 1"),),
    (("yclients", "shuffled-services × 3"), ("yclients", "slow × 2")),
    (("whatsapp", "batch × 3"),),
    (("whatsapp", "reorder × 3"), ("whatsapp", "duplicate × 3")),
    (("whatsapp", "accept-but-500 × 2"),),
    (),
    # The same of a move and of a take-back.
    (
        ("yclients", "slow on record × 1"),
        ("yclients", "timeout-but-done on move × 1"),
        ("yclients", "500 on record"),
    ),
    (("yclients", "500-but-done on move × 1"), ("yclients", "409 on move × 1")),
    (("yclients", "403 on move × 1"), ("yclients", "500 on slots × 2")),
)


def invented(seed: int, chance: Random, salon: Rehearsal, faulty: bool) -> Iterator[Act]:
    """Yield a run act by act; what can be tapped depends on what has come so far.

    Storms come in turn from seed to seed, so that a row of seeds meets them all, and equally often.
    """
    for booked in JOURNAL:
        yield Act("books", booked=booked, settles=False)
    told = salon.parties.settings
    if told.addresses.admin and told.notify_whatsapp_template is None:
        yield Act("writes", ADMINISTRATORS[0], "здравствуйте")
    if chance.random() < 0.2:
        yield from _beginning_meanwhile(salon)
    clients = chance.sample(PHONES, STORIES)
    # Never in the last story alone, whose client may have nothing to say yes to.
    deaths = chance.sample(range(STORIES - 1), 1 + seed % DEATHS_MAX)
    for place, client in enumerate(clients):
        for _ in range(ACTS // STORIES):
            yield _next(chance, salon, faulty)
        storm = STORMS[(seed * STORIES + place) % len(STORMS)] if faulty else ()
        yield from _cancellation(chance, salon, client, storm, dies=place in deaths)
    yield Act("waits", time=LASTS_FOR)


def _cancellation(
    chance: Random, salon: Rehearsal, client: str, storm: Storm, *, dies: bool
) -> Iterator[Act]:
    """One client's way from the wish to the yes, in a storm; our server dies on it, or a little later."""
    death = _death(chance) if dies else None
    if death is not None and chance.random() < 0.3:
        yield death
        death = None
    yield Act("writes", client, chance.choice(VAGUE))
    for kind, fault in storm:
        yield Act(kind, text=fault, settles=False)
    if death is not None:
        yield death
    if chance.random() < 0.25:
        # The salon moves the record while its question stands, and long before the answer.
        own = [place for place, booked in enumerate(JOURNAL, 1) if booked.phone == client]
        for record in own:
            moved = Edited(starts_at=JOURNAL[record - 1].starts_at + timedelta(hours=2))
            yield Act("edits", count=record, settles=False, edited=moved)
        yield Act("waits", time=timedelta(seconds=30))
    for _ in range(2):
        # From a list to the question, or from the question to the yes; some say more right behind it.
        shown = [option for message in salon.messages(client)[-1:] for option in message.options]
        if shown:
            settles = chance.random() < 0.8
            wanted = shown[0] if shown[0].startswith("Да") else chance.choice(shown)
            yield Act("taps", client, wanted, settles)
            if not settles:
                yield Act("writes", client, "стоп")
        elif chance.random() < 0.5:
            yield Act("writes", client, chance.choice(WISHES), settles=False)
            yield Act("writes", client, chance.choice(OTHERS), settles=False)
    roll = chance.random()
    if roll < 0.15:
        # It lasts until nobody looks any more.
        yield Act("waits", time=timedelta(minutes=15))
    elif roll < 0.55:
        # The storm is over before the journal is looked at again (after 2 and 10 minutes).
        yield Act("waits", time=timedelta(minutes=chance.choice((1, 3))))
        yield Act("yclients", text="ok", settles=False)
        yield Act("waits", time=timedelta(minutes=12))


def _death(chance: Random) -> Act:
    return Act("power" if chance.random() < 0.5 else "crash", count=chance.randrange(60), settles=False)


def _beginning_meanwhile(salon: Rehearsal) -> Iterator[Act]:
    """A visit begins while the question stands, and then comes the yes."""
    booked = JOURNAL[SOONEST]
    yield Act("waits", time=booked.starts_at - timedelta(minutes=5) - salon.now().replace(tzinfo=None))
    yield Act("writes", booked.phone, VAGUE[0])
    yield Act("waits", time=timedelta(minutes=8))
    for option in [option for message in salon.messages(booked.phone)[-1:] for option in message.options][:1]:
        yield Act("taps", booked.phone, option)


def _next(chance: Random, salon: Rehearsal, faulty: bool) -> Act:
    roll = chance.random()
    if roll < 0.62:
        return _of_a_client(chance, salon)
    if roll < 0.72:
        return Act(
            "waits", time=timedelta(seconds=chance.choice((1, 5, 11, 30, 60, 130, 300, 600, 900, 7200)))
        )
    if roll < 0.76:
        return _by_hand(chance)
    if roll < 0.79:
        return Act("again", settles=chance.random() < 0.5)
    if roll < 0.81:
        return Act("restart")
    if roll < 0.815:
        return Act("upgrade")
    if not faulty or roll < 0.86:
        return Act(chance.choice(("yclients", "whatsapp")), text="ok", settles=False)
    return _fault(chance)


def _of_a_client(chance: Random, salon: Rehearsal) -> Act:
    client = chance.choice(PHONES)
    settles = chance.random() < 0.6
    shown = [option for message in salon.messages(client)[-3:] for option in message.options]
    if shown and chance.random() < 0.6:
        # What was asked last is tapped most, and «да» more than anything else.
        wanted = shown[-1] if chance.random() < 0.2 else chance.choice((shown[0], *shown[-3:]))
        return Act("taps", client, wanted, settles)
    roll = chance.random()
    if roll < 0.06:
        return Act("sends", client, chance.choice(("voice", "image", "sticker")), settles)
    if roll < 0.1:
        return Act("reacts", client, chance.choice(("👍", "❤️")), settles)
    words = chance.choice(chance.choice((WISHES, tuple(YES), OTHERS)))
    late = timedelta(seconds=chance.choice((90, 2400, 72_000))) if chance.random() < 0.05 else timedelta(0)
    return Act("writes", client, words, settles, time=late)


def _by_hand(chance: Random) -> Act:
    record = 1 + chance.randrange(len(JOURNAL))
    start = JOURNAL[record - 1].starts_at
    return Act(
        "edits",
        count=record,
        settles=False,
        edited=chance.choice(
            (
                Edited(starts_at=start + timedelta(hours=chance.randrange(1, 5))),
                Edited(attendance=chance.choice((-1, 0, 1, 2))),
                Edited(deleted=True),
                Edited(master="Елена"),
                Edited(paid=True),
                Edited(locked=True),
            )
        ),
    )


def _fault(chance: Random) -> Act:
    if chance.random() < 0.35:
        name = chance.choice([name for name in WHATSAPP_QUIRKS if name not in _NOT_PLAYED])
        return Act("whatsapp", text=f"{name} × {chance.randrange(1, 4)}", settles=False)
    name = chance.choice(list(YCLIENTS_QUIRKS))
    most = 1 if name in _LIES else 4
    where = f" on {chance.choice(OPERATIONS)}" if chance.random() < 0.7 else ""
    return Act("yclients", text=f"{name}{where} × {chance.randrange(1, most + 1)}", settles=False)
