"""The dialogues that are crashed everywhere: each flow, and the moments at which most is under way.

Each is a transcript without its answers: the witness tells whether what came was right. Its words are those
of `inventing`, whose meaning the witness knows.
"""

from functools import cache

from adapters.proving.scripted import Scripted, scripted

_ONE = "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна\n"
_TWO = f"{_ONE}salon: +79000000001: Стрижка, 27 ноября 12:00, Мария\n"
# Whoever reads it has not written to the salon.
_TOLD = "set NOTIFY_ADMIN=salon-whatsapp://+79000000009\nset NOTIFY_WHATSAPP_TEMPLATE=salon_says\n"
_UNKNOWN = "yclients: slow on record × 1\nyclients: timeout-but-done on cancel × 1\nyclients: 500 on record\n"

DIALOGUES: dict[str, str] = {
    "a cancel": f"{_ONE}> не смогу прийти\n> [Да]\n",
    "no question asked": f"set CONFIRM=never\n{_TOLD}{_ONE}> отмените запись\n",
    "one of several, said twice": f"{_TOLD}{_TWO}> хочу отменить запись\n> [ср]\nagain\n> [Да]\nagain\n",
    "a reason": f"{_TOLD}{_ONE}> не смогу прийти\n> [Да]\n> [Назвать]\n> заболела\n",
    "a move": f"{_TOLD}{_ONE}> перенесите на пятницу\n> [15:00]\nagain\n",
    "a take-back": f"{_TOLD}{_ONE}> не смогу прийти\n> [Да]\n> [Вернуть]\n",
    "both, and one comes back": (
        f"{_TOLD}{_TWO}> отмените обе записи\n> [Да]\n> [Вернуть]\n> [пт]\n"
    ),
    "a late request is granted": (
        f"{_TOLD}set LATE_HOURS=24\nset LATE_POLICY=request\n"
        "salon: +79000000001: Маникюр, 23 ноября 17:00, Анна\n"
        "> не смогу прийти\n> [Да]\nsalon: 1 granted\n"
    ),
    "a late request is denied": (
        f"{_TOLD}set LATE_HOURS=24\nset LATE_POLICY=request\n"
        "salon: +79000000001: Маникюр, 23 ноября 17:00, Анна\n"
        "> не смогу прийти\n> [Да]\nsalon: 1 denied\n"
    ),
    "the administrator is told": (
        "set NOTIFY_ADMIN=salon-whatsapp://+79000000008 salon-whatsapp://+79000000009\n"
        f"{_ONE}client: +79000000009\n> здравствуйте\nclient: +79000000001\n> не смогу прийти\n> [Да]\n"
    ),
    "a notice waits, and so does what follows on it": (
        f"{_TOLD}{_ONE}> не смогу прийти\nwhatsapp: 131016 × 12\n>> [Да]\nwait 4 s\n"
        "> верните, пожалуйста, запись\n"
    ),
    "a notice fails long after it was accepted": (
        f"{_TOLD}{_ONE}client: +79000000009\n> здравствуйте\nclient: +79000000001\n> не смогу прийти\n"
        "whatsapp: window-closed-later × 2\nwhatsapp: late-status × 2\n> [Да]\n"
        "> верните, пожалуйста, запись\n"
    ),
    "five clients at once": (
        f"{_TOLD}{_ONE}salon: +79000000002: Стрижка, 25 ноября 12:00, Мария\n"
        "salon: +79000000003: Брови, 26 ноября 11:00, Ольга\n"
        "salon: +79000000005: Педикюр, 26 ноября 9:00, Анна\n"
        "yclients: 429 on search × 1\nyclients: 429-retry-after on search × 1\n"
        "client: +79000000002\n>> не смогу прийти\nclient: +79000000003\n>> не смогу прийти\n"
        "client: +79000000004\n>> не смогу прийти\nclient: +79000000005\n>> не смогу прийти\n"
        "client: +79000000001\n> не смогу прийти\n"
        "yclients: 429 on cancel × 2\n"
        "client: +79000000002\n>> [Да]\nclient: +79000000003\n>> [Да]\nclient: +79000000005\n>> [Оставить]\n"
        "client: +79000000001\n> [Да]\n"
    ),
    "«стоп» in the middle": f"{_TOLD}{_ONE}> не смогу прийти\n>> [Да]\n> стоп\n",
    "«стоп», and «старт»": f"{_ONE}> стоп\n> старт\n> не смогу прийти\n> [Да]\n",
    "unknown, and told once it is known": (
        f"{_TOLD}{_ONE}> не смогу прийти\n{_UNKNOWN}> [Да]\nyclients: ok\nwait 3 min\n"
    ),
    "done, and answered with 500": (
        f"{_TOLD}{_ONE}> не смогу прийти\nyclients: 500-but-done on cancel × 1\n"
        "whatsapp: accept-but-500 × 2\n> [Да]\n"
    ),
    "sent, and nobody says so": (
        f"{_ONE}> не смогу прийти\nwhatsapp: no-status × 9\nwhatsapp: accept-then-drop × 1\n> [Да]\n"
        "wait 2 min\nwhatsapp: accept-but-500 × 1\n> спасибо\nwait 2 min\n"
        "whatsapp: 131000-but-sent × 1\n> здравствуйте\nwait 2 min\n"
    ),
    "nobody answers": f"{_ONE}> не смогу прийти\nwait 16 min\n> [Да]\n",
    "the salon moves it meanwhile": (
        f"{_TOLD}{_ONE}> не смогу прийти\nsalon: 1 at 25 ноября 17:00\nwait 30 s\n> [Да]\n> [Да]\n"
    ),
    "twice, and out of order": (
        f"{_TOLD}{_TWO}whatsapp: reorder × 2\nwhatsapp: duplicate × 3\n"
        "> хочу отменить запись\n> [пт]\n> [Да]\n"
    ),
}  # fmt: skip


@cache
def dialogues() -> tuple[Scripted, ...]:
    return tuple(scripted(text, name) for name, text in DIALOGUES.items())
