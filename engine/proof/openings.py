"""Where explorations begin: salons, records, and conversations that are under way."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.booking import Record
from engine.flow import Salon
from engine.proof.world import Choice, Opening, Sentence

ZONE = ZoneInfo("Europe/Moscow")
ANNA, BORIS = "+79000000001", "+79000000002"
SALON = Salon(zone=ZONE)
NO_QUESTION = replace(SALON, confirm="never")
LAST_CREATED = replace(SALON, selection="last_created")
# On Monday the visit of Wednesday is within the notice.
ASKS_FIRST = replace(SALON, notice=timedelta(hours=72), late_policy="request")
REFUSES = replace(ASKS_FIRST, late_policy="refuse")


def _record(number: int, services: str, day: int, clock: str, master: str, phone: str = ANNA) -> Record:
    hour, minute = map(int, clock.split(":"))
    return Record(
        record_id=number,
        phone=phone,
        services=tuple(services.split(", ")),
        master=master,
        master_id=number,
        starts_at=datetime(2026, 11, day, hour, minute, tzinfo=ZONE),
        created_at=datetime(2026, 11, number, 9, 0, tzinfo=ZONE),
    )


MANICURE = _record(1, "Маникюр", 25, "15:00", "Анна")
HAIRCUT = _record(2, "Стрижка, Укладка", 27, "12:00", "Мария")
PEDICURE = _record(3, "Педикюр", 26, "10:00", "Ольга", BORIS)
SOON = _record(1, "Маникюр", 23, "10:10", "Анна")

WISH = Sentence("хочу отменить запись", "wish", plain=True)
NAMED = Sentence("отмените маникюр в среду", "wish", plain=True, fits=(0,))
ELSEWHERE = Sentence("отмените запись на субботу", "wish")
NOT_PLAIN = Sentence("отмените, если мастер заболел", "wish")
YES = Sentence("да", "yes")
OK = Sentence("ок", "yes")
YES_GLADLY = Sentence("да, отменяйте", "yes", plain=True)
NO = Sentence("нет", "no")
# Asked about with two buttons, neither of which is a consent.
UNSURE = Sentence("скорее всего не приду в среду")
STOP, START = Sentence("стоп", "stop"), Sentence("старт", "start")
# What is easily taken for a yes, and is none.
LOOK_ALIKES = tuple(
    map(Sentence, ("да, но только завтра", "да? а можно перенести", "да?", "не да", "ну не знаю", "отмена"))
)
OTHERS = tuple(
    map(
        Sentence,
        ("Здравствуйте", "спасибо", "абракадабра", "когда я записана?", "перенесите на пятницу"),
    )
)
MOVE = Sentence("перенесите запись")
ALL_OF_THEM, BOTH_OF_THEM = (
    Sentence("отмените все записи", "wish", plain=True, fits=(0, 1)),
    Sentence("обе", "all of a list"),
)
TAKE_BACK = Sentence("верните запись", "take back")
# What speaks of a take-back, or names one of its list, and orders none.
NO_ORDERS = tuple(
    map(
        Sentence,
        ("как вернуть запись?", "не надо возвращать", "верните запись, если будет время", "верните стрижку"),
    )
)
NOT_FRIDAY = Sentence("про пятницу забудьте")
# May be meant of a request or of a cancel, and orders neither.
SECOND_THOUGHTS = Sentence("передумала")
ILL = Sentence("заболела")
AT_ELEVEN = Sentence("на 11:00", clock="11:00")
SECOND, FRIDAY = Sentence("вторую", picks=1), Sentence("на пятницу", picks=1)

ALL = (WISH, NAMED, ELSEWHERE, NOT_PLAIN, YES, YES_GLADLY, OK, NO, STOP, START, UNSURE, *LOOK_ALIKES, *OTHERS)
FEW = (WISH, YES, NO, STOP)


def _says(sentence: Sentence, who: int = 0) -> Choice:
    return Choice("says", sentence.text, who)


def _taps(label: str) -> Choice:
    return Choice("taps", label=label)


ONE = Opening("one record", SALON, (MANICURE,), (ANNA,), ALL, FEW)
TWO = Opening("two records", SALON, (MANICURE, HAIRCUT), (ANNA,), (*ALL, SECOND, FRIDAY), (*FEW, SECOND))
AT_ONCE = replace(TWO, name="no question asked", salon=NO_QUESTION)
LAST = replace(TWO, name="the last created", salon=replace(NO_QUESTION, selection="last_created"))
BOTH = Opening("two clients", SALON, (MANICURE, PEDICURE), (ANNA, BORIS), FEW, (WISH, YES))

_AGREED = (_says(WISH), _says(YES))

# Only whether the core keeps its word where the journal does not: other faults are shown elsewhere.
LEAKING = Opening(
    "a leaking journal",
    SALON,
    (MANICURE, PEDICURE),
    (ANNA, BORIS),
    FEW,
    (),
    before=(_says(WISH),),
    leaks=True,
    without=frozenset(("dies", "again", "edits", "message", "sign", "arrives", "sends", "call")),
)

# With one more record, so that a new question may come while an outcome is still on its way.
ONE_OF_TWO = replace(
    TWO,
    name="agreed, one of two",
    sentences=(*FEW, SECOND),
    midway=FEW,
    before=(_says(WISH), _says(SECOND), _says(YES)),
    without=frozenset(("edits", "sign", "taps", "sends", "again", "arrives")),
)

MOVING = replace(ONE, sentences=(*FEW, MOVE, AT_ELEVEN), before=(_says(MOVE),))
# Both of two by one yes: each write may end in its own way, and the process may die between them.
SEVERAL = replace(
    TWO,
    name="agreed to both",
    sentences=(*FEW, ALL_OF_THEM, TAKE_BACK, BOTH_OF_THEM, SECOND),
    midway=FEW,
    before=(_says(ALL_OF_THEM), _says(YES)),
    without=frozenset(("sign", "sends", "again", "arrives", "taps", "message")),
)
MOVE_THERE = Sentence("перенесите запись на пятницу в 11:00")
ANSWERS = (YES, YES_GLADLY, OK, NO, *LOOK_ALIKES)
# Mother and daughter on one phone: whose visit it is has to be asked.
FAMILY = replace(
    TWO,
    records=(
        MANICURE.model_copy(update={"client": "Анна"}),
        HAIRCUT.model_copy(update={"client": "Маша"}),
    ),
    sentences=(*FEW, MOVE, Sentence("Маша"), Sentence("маше")),
    shallower=1,
)
BACK = replace(ONE, sentences=(*FEW, TAKE_BACK, ILL, MOVE), midway=(*FEW, TAKE_BACK))
LATE = replace(ONE, sentences=(*FEW, TAKE_BACK, SECOND_THOUGHTS), salon=ASKS_FIRST)
_ALLOWED = Choice("decides", "granted")

# What is shown of other conversations already.
_LESS = frozenset(("sign", "sends", "again", "arrives"))

# Those first that show most.
OPENINGS = (
    replace(ONE, name="agreed", before=_AGREED),
    SEVERAL,
    replace(BACK, name="taking back", before=(*_AGREED, _taps("Вернуть")), without=_LESS),
    replace(
        BACK,
        name="no longer to be taken back",
        before=(*_AGREED, Choice("dies", "down"), Choice("waits")),
        shallower=1,
    ),
    replace(FAMILY, name="whose is cancelled", before=(_says(WISH),)),
    replace(FAMILY, name="whose is moved", before=(_says(MOVE),)),
    replace(
        SEVERAL,
        name="which to take back",
        sentences=(*SEVERAL.sentences, NOT_FRIDAY),
        before=(*SEVERAL.before, _taps("Вернуть")),
        shallower=1,
    ),
    replace(
        BACK,
        name="a take-back spoken of",
        sentences=(YES, *NO_ORDERS),
        before=(*_AGREED, Choice("sends", "👍")),
        without=_LESS,
        shallower=1,
    ),
    replace(LATE, name="the salon is asked", before=_AGREED),
    replace(LATE, name="the salon has decided", before=(*_AGREED, _ALLOWED), without=_LESS, shallower=1),
    replace(LATE, name="too late", salon=REFUSES),
    # Every word that is easily taken for a yes, to each change that is asked about.
    replace(
        MOVING,
        name="a time proposed",
        sentences=(*FEW, *ANSWERS, MOVE_THERE, TAKE_BACK),
        before=(_says(MOVE_THERE), Choice("sends", "👍")),
        shallower=1,
    ),
    replace(
        BACK,
        name="a take-back asked about",
        sentences=(*FEW, *ANSWERS, TAKE_BACK),
        before=(*_AGREED, Choice("says", TAKE_BACK.text, late_s=2_400), Choice("sends", "👍")),
        shallower=1,
    ),
    replace(SEVERAL, name="both asked about", before=(_says(ALL_OF_THEM),), without=_LESS, shallower=1),
    replace(MOVING, name="which day", shallower=1),
    replace(MOVING, name="which time", before=(*MOVING.before, _taps("пт, 27")), without=_LESS, shallower=1),
    replace(
        MOVING, name="a time picked", before=(*MOVING.before, _taps("пт, 27"), _taps("11:00")), without=_LESS
    ),
    replace(ONE, name="asking", sentences=FEW, before=(_says(WISH),)),
    replace(AT_ONCE, name="no question asked", without=frozenset(("sign",))),
    LEAKING,
    ONE_OF_TWO,
    replace(ONE, name="asked", before=(_says(WISH), Choice("sends", "👍"))),
    ONE,
    replace(TWO, name="which of two", before=(_says(WISH),)),
    replace(BOTH, name="two clients", before=(_says(WISH),), without=frozenset(("edits", "sign"))),
    replace(LAST, name="the last created"),
    replace(
        AT_ONCE,
        name="what is meant",
        sentences=(*FEW, UNSURE, SECOND),
        before=(_says(UNSURE),),
        without=frozenset(("edits", "sign", "again")),
    ),
    replace(
        ONE,
        name="about to begin",
        records=(SOON,),
        sentences=FEW,
        before=(_says(WISH),),
        without=frozenset(("edits", "sign", "again")),
    ),
)
