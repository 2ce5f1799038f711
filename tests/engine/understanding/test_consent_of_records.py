"""A yes names this record and no other, the whole of it, and as it was typed."""

from datetime import datetime

import pytest

from engine.booking import Record
from engine.understanding import Surroundings, Understanding
from tests.engine.understanding.conftest import MONDAY, SALON


def answer(
    understanding: Understanding,
    text: str,
    *services: str,
    master: str = "Ольга",
    starts: str = "2026-11-25T15:00",
) -> str:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=SALON)
    record = Record(
        record_id=1,
        phone="+79000000001",
        services=services or ("Маникюр",),
        master=master,
        starts_at=starts_at,
    )
    around = Surroundings(said_at=MONDAY, records=(record,))
    return understanding.understand(text, "confirm", around).intent


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("отменяйте педикюр", ("Маникюр", "Педикюр")),
        ("да, маникюр", ("Маникюр + педикюр",)),
        ("отмените укладку", ("Стрижка, окрашивание, укладка",)),
        ("отмените бороду", ("Стрижка мужская и борода",)),
        ("отмените покрытие", ("Маникюр с покрытием гель-лак",)),
        ("отмените ноги", ("Массаж спины и ног",)),
        ("да, вторую", ("Второй сеанс лазера",)),
        ("да, с новым годом", ("Новый год макияж",)),
        ("да, отлично", ("Стрижка отличная",)),
        ("снимите мой маникюр", ("Маникюр",)),
        ("снимите маникюр с меня", ("Маникюр",)),
        ("отмените детскую стрижку", ("Стрижка мужская", "Стрижка детская")),
        ("отмените эпиляцию рук", ("Эпиляция ног", "Эпиляция рук")),
        ("отмените массаж спины", ("Массаж спины и ног",)),
        ("отмените маникюр", ("Маникюр с педикюром",)),
        ("да, маникюр", ("Маникюр-педикюр",)),
        ("отмените стрижку", ("Стрижка модельная с окрашиванием",)),
        ("отмените маникюр", ("SPA", "Маникюр")),
        ("отмените брови", ("Восковая", "Брови")),
        ("отмените запись с маникюра на педикюр", ("Маникюр", "Педикюр")),
    ],
)
def test_a_part_of_the_record_is_no_yes_to_all_of_it(
    text: str, services: tuple[str, ...], understanding: Understanding
) -> None:
    assert answer(understanding, text, *services) != "yes"


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("отмените маникюр", ("Маникюр с покрытием",)),
        ("отмените маникюр с покрытием", ("Маникюр с покрытием",)),
        ("да, женскую стрижку", ("Стрижка женская",)),
        ("снимите запись на маникюр", ("Маникюр",)),
    ],
)
def test_the_whole_of_the_record_is_one(
    text: str, services: tuple[str, ...], understanding: Understanding
) -> None:
    assert answer(understanding, text, *services) == "yes"


@pytest.mark.parametrize(
    ("text", "master"),
    [
        ("да, к Александру", "Александра"),
        ("отмените запись к Александру", "Александра"),
        ("отменяйте у Евгения", "Евгения"),
        ("да, к Валерию", "Валерия"),
        ("да, к Азизу", "Азиза"),
        ("отмените запись к Гульназ", "Гульнара"),
        ("отмените запись к Замире", "Самира"),
        ("отмените в марте", "Марта"),
        ("да, в мае", "Мая"),
        ("да, с любовью", "Любовь"),
        ("да, первую", "Ольга Первая"),
        ("да, к жене", "Женя"),
        ("да, к свету", "Света"),
        ("да, вали", "Валя"),
        ("да, Ольга заболела", "Ольга"),
        ("отмените Ольге", "Ольга"),
    ],
)
def test_another_masters_name_is_no_yes(text: str, master: str, understanding: Understanding) -> None:
    assert answer(understanding, text, master=master) != "yes"


@pytest.mark.parametrize(("text", "master"), [("да, к Оле", "Ольга Иванова"), ("отменяйте у Марии", "Мария")])
def test_the_masters_own_name_is_one(text: str, master: str, understanding: Understanding) -> None:
    assert answer(understanding, text, master=master) == "yes"


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("давайте отменим завтра", "2026-11-24T15:00"),
        ("отменяйте завтра", "2026-11-24T15:00"),
        ("отменяйте через час", "2026-11-23T11:00"),
        ("да, через час", "2026-11-23T11:00"),
        ("отменяйте в 6", "2026-11-23T18:00"),
    ],
)
def test_when_to_cancel_is_not_what_to_cancel(text: str, starts: str, understanding: Understanding) -> None:
    assert answer(understanding, text, starts=starts) != "yes"


@pytest.mark.parametrize(
    "text", ["отменяйте на завтра", "да, завтра", "отменяйте завтрашнюю", "отмените завтра в 15"]
)
def test_the_day_of_the_record_is_one(text: str, understanding: Understanding) -> None:
    assert answer(understanding, text, starts="2026-11-24T15:00") == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "отмечяйте",
        "да, отмечяйте",
        "отмерейте",
        "отменяйнеа",
        "отменяйбез",
        "otmenyayteno",
        "ytудаляйте",
        "отменяйтены",
    ],
)
def test_what_was_mended_to_an_order_is_no_yes(text: str, understanding: Understanding) -> None:
    assert answer(understanding, text) != "yes"


@pytest.mark.parametrize(
    "text", ["дааа", "канеш", "da", "otmenyayte", "дa", "отменяйте!!!", "Добрый день, да", "yes"]
)
def test_a_yes_may_be_stretched_misspelt_as_is_known_and_in_latin_letters(
    text: str, understanding: Understanding
) -> None:
    assert answer(understanding, text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "ага, сто процентов",
        "ну однозначно",
        "угу, валяйте",
        "давай давай",
        "ага, конечно, отменяйте",
        "давайте, давайте",
        "отменяй-отменяй",
        "ага, здравствуйте",
        "доброе утро, подтверждаю",
    ],
)
def test_irony_is_no_yes(text: str, understanding: Understanding) -> None:
    assert answer(understanding, text) != "yes"
