"""The dialogues that are crashed everywhere: each flow, and the moments at which most is under way.

Each is a transcript without its answers: the witness tells whether what came was right. Its words are those
of `inventing`, whose meaning the witness knows.
"""

from functools import cache

from adapters.proving.scripted import Scripted, scripted

_ONE = "salon: +79000000001: Маникюр, 25 ноября 15:00, Анна\n"
_TWO = f"{_ONE}salon: +79000000001: Стрижка, 27 ноября 12:00, Мария\n"
_UNKNOWN = "yclients: slow on record × 1\nyclients: timeout-but-done on cancel × 1\nyclients: 500 on record\n"

DIALOGUES: dict[str, str] = {
    "a cancel": f"{_ONE}> не смогу прийти\n> [Да]\n",
    "no question asked": f"set CONFIRM=never\n{_ONE}> отмените запись\n",
    "one of several, said twice": f"{_TWO}> хочу отменить запись\n> [ср]\nagain\n> [Да]\nagain\n",
    "a reason": f"{_ONE}> не смогу прийти\n> [Да]\n> [Назвать]\n> заболела\n",
    "a move": f"{_ONE}> перенесите на пятницу\n> [15:00]\nagain\n",
    "a take-back": f"{_ONE}> не смогу прийти\n> [Да]\n> [Вернуть]\n",
    "both, and one comes back": (
        f"{_TWO}> отмените обе записи\n> [Да]\n> [Вернуть]\n> [пт]\n"
    ),
    "a late request is granted": (
        "set LATE_HOURS=24\nset LATE_POLICY=request\nsalon: +79000000001: Маникюр, 23 ноября 17:00, Анна\n"
        "> не смогу прийти\n> [Да]\nsalon: 1 granted\n"
    ),
    "a late request is denied": (
        "set LATE_HOURS=24\nset LATE_POLICY=request\nsalon: +79000000001: Маникюр, 23 ноября 17:00, Анна\n"
        "> не смогу прийти\n> [Да]\nsalon: 1 denied\n"
    ),
    "the administrator is told": (
        "set NOTIFY_ADMIN=salon-whatsapp://+79000000004\n"
        f"{_ONE}client: +79000000004\n> здравствуйте\nclient: +79000000001\n> не смогу прийти\n> [Да]\n"
    ),
    "five clients at once": (
        f"{_ONE}salon: +79000000002: Стрижка, 25 ноября 12:00, Мария\n"
        "salon: +79000000003: Брови, 26 ноября 11:00, Ольга\n"
        "salon: +79000000005: Педикюр, 26 ноября 9:00, Анна\n"
        "client: +79000000002\n>> не смогу прийти\nclient: +79000000003\n>> не смогу прийти\n"
        "client: +79000000004\n>> не смогу прийти\nclient: +79000000005\n>> не смогу прийти\n"
        "client: +79000000001\n> не смогу прийти\n"
        "client: +79000000002\n>> [Да]\nclient: +79000000003\n>> [Да]\nclient: +79000000005\n>> [Оставить]\n"
        "client: +79000000001\n> [Да]\n"
    ),
    "«стоп» in the middle": f"{_ONE}> не смогу прийти\n>> [Да]\n> стоп\n",
    "«стоп», and «старт»": f"{_ONE}> стоп\n> старт\n> не смогу прийти\n> [Да]\n",
    "unknown, and told once it is known": (
        f"{_ONE}> не смогу прийти\n{_UNKNOWN}> [Да]\nyclients: ok\nwait 3 min\n"
    ),
    "done, and answered with 500": (
        f"{_ONE}> не смогу прийти\nyclients: 500-but-done on cancel × 1\n"
        "whatsapp: accept-but-500 × 1\n> [Да]\n"
    ),
    "sent, and nobody says so": (
        f"{_ONE}> не смогу прийти\nwhatsapp: no-status × 9\nwhatsapp: accept-then-drop × 1\n> [Да]\n"
        "wait 2 min\nwhatsapp: accept-but-500 × 1\n> спасибо\nwait 2 min\n"
        "whatsapp: 131000-but-sent × 1\n> здравствуйте\nwait 2 min\n"
    ),
    "nobody answers": f"{_ONE}> не смогу прийти\nwait 16 min\n> [Да]\n",
    "the salon moves it meanwhile": (
        f"{_ONE}> не смогу прийти\nsalon: 1 at 25 ноября 17:00\nwait 30 s\n> [Да]\n> [Да]\n"
    ),
    "twice, and out of order": (
        f"{_TWO}whatsapp: reorder × 2\nwhatsapp: duplicate × 3\n> хочу отменить запись\n> [пт]\n> [Да]\n"
    ),
}  # fmt: skip


@cache
def dialogues() -> tuple[Scripted, ...]:
    return tuple(scripted(text, name) for name, text in DIALOGUES.items())
