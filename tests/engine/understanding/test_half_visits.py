"""A visit given up only in part, by report, in the past or on a condition is not given up; a named one is."""

from collections.abc import Callable

import pytest

from engine.booking import Record
from engine.understanding import Meaning, picked

Reads = Callable[..., Meaning]

LATER_NOT_NEVER = [
    "Не смогу прийти раньше 15",
    "задержусь, не смогу прийти вовремя",
    "не успею прийти вовремя",
    "не смогу раньше трёх",
    "не могу раньше 18",
    "раньше 16 не приду",
    "раньше 15 никак не смогу прийти",
    "раньше трех часов дня я к сожалению прийти не смогу",
    "завтра раньше шести прийти не смогу",
    "не приеду раньше 19:00",
    "вовремя не приду",
    "не буду вовремя",
    "не получится прийти вовремя",
    "не смогу прийти пораньше",
    "не смогу прийти до 15",
    "не смогу прийти сразу, опоздаю",
    "не успею к 15:00",
    "не успеваю к 15:00, буду минут через 10",
    "опаздываю, не успею к 15",
    "не смогу прийти, приду позже",
    "мы не сможем прийти раньше 15",
    "Не приду в 15. Раньше 16 не смогу.",
    "Не смогу прийти в 15:00. Опоздаю",
]

AT_ANOTHER_TIME = [
    "не смогу прийти к трём, приду в четыре",
    "не смогу в 15:00, смогу в 17:00",
    "не приду завтра, приду в среду",
    "не приду к трем, а приду к четырем",
    "не успею к трём, буду в полчетвертого",
    "приду в четыре, к трем не смогу",
    "Не смогу прийти в 15:00. Приду в 16:00",
    "Приду в 16. В 15 не смогу.",
]

NOT_LIKE_THIS = [
    "не смогу прийти одна, можно с дочкой?",
    "не смогу прийти без мужа, он тоже придёт",
    "одна не приду",
    "без ребенка не смогу прийти",
    "не смогу прийти с ребенком",
    "не смогу прийти позже",
    "не смогу позже 18",
    "после 18 не смогу прийти",
    "не смогу прийти точно к 15",
    "не думаю что смогу прийти",
]

NEVER_SAID = [
    "я не говорила что не смогу прийти",
    "я не писал, что не приду",
    "я такого не говорила, что не приду",
    "я не имела в виду что не приду",
    "это не значит что я не приду",
    "разве я писала что не приду?",
    "с чего вы взяли, что я не смогу прийти",
    "вы решили что я не приду?",
    "кто вам сказал что я не приду",
    "я не просила чтобы вы отменили",
    "я не писала отмените",
    "я не говорила «отмените запись»",
]

MISSED = [
    "не смогла прийти вчера",
    "вчера не пришла, извините",
    "вчера не смогла",
    "в субботу не смогла прийти",
    "в прошлый раз не пришла",
    "меня не было вчера",
    "не получилось прийти",
]

ON_A_CONDITION = [
    "если не приду, позвоню",
    "скажите, если не смогу прийти, что будет?",
    "а вдруг не приду",
    "напишу, если не смогу",
    "допустим не приду",
    "не дай бог не приду",
    "когда не приду",
    "я могу отменить?",
    "могу я отменить",
    "а я могу отменить запись",
]

PARTED = ["Не. Отменяйте?", "Не. Отменяйте", "не, отменяйте?", "Нет. Отменяйте?"]

CANCELS = [
    "не смогу прийти к 15",
    "не смогу прийти завтра к 15:00",
    "не смогу прийти в 15:00",
    "не смогу прийти к Ольге в среду",
    "не смогу прийти завтра без пятнадцати три",
    "завтра к 15 не приду",
    "мы с дочкой не сможем прийти",
    "завтра без меня",
    "не успею на запись",
    "извините, раньше не писала, но не приду",
    "извините, что не предупредила, не приду",
    "не приду, извините что поздно пишу",
    "заранее предупреждаю, не приду",
    "сразу скажу, не приду",
    "точно не приду",
    "не смогу прийти раньше 15, отмените запись",
    "не успею вовремя, отмените",
    "не успею вовремя, поэтому не приду",
    "вчера не пришла, завтра тоже не приду",
    "не приду, буду на работе",
    "не смогу прийти завтра, буду занята до вечера",
    "задерживаюсь на работе, не приду",
    "не смогу прийти, запишусь позже",
    "не смогу утром",
    "могу отменить запись на завтра?",
    "Нет. Отменяйте",
    "не, не приду",
]

NO_CANCELS = [
    *LATER_NOT_NEVER,
    *AT_ANOTHER_TIME,
    *NOT_LIKE_THIS,
    *NEVER_SAID,
    *MISSED,
    *ON_A_CONDITION,
    *PARTED,
]


@pytest.mark.parametrize("text", NO_CANCELS)
def test_a_visit_given_up_in_part_cancels_nothing(text: str, reads: Reads) -> None:
    for context in ("idle", "choose", "done", "reschedule"):
        assert reads(text, context).intent != "cancel"

    assert reads(text, "confirm").intent not in {"yes", "cancel"}


@pytest.mark.parametrize("text", LATER_NOT_NEVER)
def test_later_than_that_is_late_or_a_move(text: str, reads: Reads) -> None:
    assert reads(text).intent in {"late", "reschedule"}


@pytest.mark.parametrize("text", AT_ANOTHER_TIME)
def test_a_visit_at_another_time_is_a_move_or_late(text: str, reads: Reads) -> None:
    assert reads(text).intent in {"reschedule", "late"}


@pytest.mark.parametrize("text", NOT_LIKE_THIS)
def test_a_visit_with_a_limit_is_not_given_up(text: str, reads: Reads) -> None:
    assert reads(text).intent != "cancel"


@pytest.mark.parametrize("text", NEVER_SAID)
def test_words_that_were_never_said_are_disputed_or_kept(text: str, reads: Reads) -> None:
    assert reads(text).intent in {"dispute", "keep"}


@pytest.mark.parametrize("text", MISSED)
def test_a_missed_visit_is_another_matter_and_picks_nothing(text: str, reads: Reads) -> None:
    assert reads(text).intent not in {"cancel", "keep", "late"}
    assert reads(text, "choose").intent not in {"cancel", "choose"}


@pytest.mark.parametrize("text", ON_A_CONDITION)
def test_a_visit_given_up_on_a_condition_is_a_question(text: str, reads: Reads) -> None:
    assert reads(text).intent in {"ask_cancel", "unclear"}


@pytest.mark.parametrize("text", PARTED)
def test_a_no_parted_from_its_order_is_unclear(text: str, reads: Reads) -> None:
    assert reads(text).intent == "unclear"


@pytest.mark.parametrize("text", CANCELS)
def test_what_names_the_record_or_only_surrounds_the_wish_stays_cancel(text: str, reads: Reads) -> None:
    assert reads(text).intent == "cancel"


@pytest.mark.parametrize("text", ["-1", "- 1", "−1", "–1", "— 1", "-2.", "-1-ю"])
def test_a_number_below_zero_picks_nothing(text: str, reads: Reads, records: tuple[Record, ...]) -> None:
    assert picked(reads(text, "choose"), records) == ()
