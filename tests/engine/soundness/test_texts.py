"""Texts: said ones exist, existing ones are said, all languages are complete, and nothing is too long."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.booking import CallFailed
from engine.effects import Effects, Option, Repeat, Say, Then
from engine.events import No, NotServed, Yes
from engine.flow import IDLE, Flow, Hearing, On, Turn, repeat, say
from engine.soundness import Document, Problem
from engine.soundness.catalogue import faults, gathered, unspeakable
from engine.soundness.longest import (
    LATE_RECORDS_AT_ONCE,
    RECORDS_AT_ONCE,
    TITLE,
    longest,
    longest_days,
)
from engine.texts import Text, Texts
from tests.engine.soundness.toys import (
    ASKING,
    NO,
    ONE_FOUND,
    TEXTS,
    TOY,
    UNDERNEATH,
    Knocked,
    also,
    answers,
    but,
    found,
    verdict,
)


def saying(action: Callable[..., Any]) -> Flow:
    """The toy, with something else to say to a no."""
    return but(instead_of=NO, rows=(On(No, "toy.asking", IDLE, do=action),))


def with_texts(**more: Any) -> dict[str, Any]:
    return TEXTS | {key.replace("__", "."): text for key, text in more.items()}


# ── what is said, and what is there ───────────────────────────────────────────────────────────────────


def test_a_text_that_is_said_and_not_there() -> None:
    problems = verdict(saying(say("toy.nowhere"))).problems

    assert problems == (
        Problem(
            "text-missing",
            "toy",
            "toy.nowhere",
            "No: toy.asking → idle says toy.nowhere, and no catalogue has it",
            'add ["toy.nowhere"] with its words to the texts',
        ),
    )


def test_a_text_that_nothing_says_may_be_the_one_that_is_missing() -> None:
    texts = {key.replace("toy.kept", "toy.stays"): text for key, text in TEXTS.items()}

    (problem,) = verdict(TOY, texts=texts).problems

    assert problem.where == "toy.kept"
    assert (
        problem.remedy
        == 'add ["toy.kept"] with its words to the texts, or name toy.stays, which nothing says'
    )


def test_a_fault_of_an_option_names_the_flow_that_offers_it() -> None:
    texts = with_texts(option__go={"ru": "Да", "kk": "Иә"}, option__spare={"ru": " "})

    flows = {problem.where: problem.flow for problem in verdict(TOY, texts=texts).problems}

    assert (flows["option.stay"], flows["toy.ask"], flows["option.spare"]) == ("toy", "toy", "option")


def test_a_missing_text_is_told_once() -> None:
    flow = also(On(NotServed, "toy.done", IDLE, do=say("toy.nowhere")))

    assert len(found(replace(flow, table=(*flow.table, *saying(say("toy.nowhere")).table[5:6])))) == 2


def test_a_text_whose_key_is_computed_from_what_may_come() -> None:
    def action(turn: Turn[Any], wish: NotServed) -> Effects:
        yield Say(text=f"toy.wish.{wish.intent}")

    problems = found(also(On(NotServed, "toy.done", "toy.done", do=action)))

    assert len(problems) == 11
    assert problems[-1] == (
        "text-missing: toy.wish.undo: NotServed: toy.done → toy.done says toy.wish.undo, "
        "and no catalogue has it"
    )


def test_a_guard_decides_which_shades_reach_a_row() -> None:
    def wants_back(turn: Turn[Any], wish: NotServed) -> bool:
        return wish.intent == "undo"

    def action(turn: Turn[Any], wish: NotServed) -> Effects:
        yield Say(text=f"toy.wish.{wish.intent}")

    flow = also(On(NotServed, "toy.done", "toy.done", when=wants_back, do=action))

    assert found(flow, texts=with_texts(toy__wish__undo={"ru": "Вернуть нельзя."})) == []


def test_a_pattern_that_no_text_fits() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text=f"toy.{turn.chat.phone}")

    def elsewhere(turn: Turn[Any], no: No) -> Effects:
        yield Say(text=f"shop.{turn.chat.phone}")

    assert found(saying(action)) == []
    assert found(saying(elsewhere)) == [
        "text-missing: shop.*: No: toy.asking → idle says shop.*, and no catalogue has it"
    ]


def test_a_key_of_which_nothing_is_known_is_no_problem() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text=turn.memory.key)

    assert found(saying(action)) == []


def test_a_text_that_nothing_says() -> None:
    assert found(texts=with_texts(toy__spare={"ru": "Никто."})) == ["text-unused: toy.spare: nothing says it"]
    assert found(texts=with_texts(option__spare={"ru": "Никто"})) == [
        "text-unused: option.spare: nothing says it"
    ]


KEYS = {"x": ["toy.mentioned"]}


def test_a_text_whose_key_stands_in_the_code_counts_as_said() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield turn.memory.effect(KEYS)
        yield Say(text="toy.kept")

    assert found(saying(action), texts=with_texts(toy__mentioned={"ru": "Кто-то."})) == []


# ── values and claims ─────────────────────────────────────────────────────────────────────────────────


def test_a_text_that_is_said_without_its_values() -> None:
    assert found(saying(say("toy.ask"))) == [
        "text-values: toy.ask: No: toy.asking → idle says it without its values: record"
    ]


def test_values_may_come_with_one_of_two_ways_to_say_it() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        more = turn.memory.more
        yield Say(text="toy.many" if more else "toy.kept", args={"more": more} if more else {})

    def never(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.both", args={"more": 1} if turn.memory else {"day": 2})

    assert found(saying(action), texts=with_texts(toy__many={"ru": "Ещё {more}."})) == []
    assert found(saying(never), texts=with_texts(toy__both={"ru": "{more} и {day}."})) == [
        "text-values: toy.both: No: toy.asking → idle says it without its values: not all at once"
    ]


def test_values_that_are_not_known_are_no_problem() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.ask", args=turn.memory.args)

    assert found(saying(action)) == []


def test_a_claim_without_a_receipt() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.done", args={"record": turn.memory.record})

    assert found(saying(action)) == [
        "text-claims: toy.done: No: toy.asking → idle says it without a receipt, and it claims 'cancelled'"
    ]
    assert (
        "text-claims: toy.thanks: No: toy.asking → idle says it without a receipt, and it claims 'moved'"
        in found(
            saying(repeat("toy.thanks")), texts=with_texts(toy__thanks={"ru": "Готово.", "claims": "moved"})
        )
    )


# ── the catalogue by itself ───────────────────────────────────────────────────────────────────────────


def of_catalogue(*tables: dict[str, Any]) -> list[str]:
    catalogue = gathered([Document(str(place), table) for place, table in enumerate(tables)])
    problems = [*catalogue.problems, *faults(catalogue), *unspeakable(catalogue)]
    return [f"{problem.rule}: {problem.where}: {problem.what}" for problem in problems]


def test_a_key_in_two_catalogues() -> None:
    assert of_catalogue({"a.b": {"ru": "Да."}}, {"a.b": {"ru": "Нет."}}) == [
        "text-twice: a.b: it stands in two catalogues"
    ]


def test_an_own_text_takes_the_place_of_one_underneath() -> None:
    documents = [
        Document("own", {"a.b": {"ru": "Да."}}),
        Document("ours", {"a.b": {"ru": 1}, "c": "Нет."}, own=False),
    ]

    catalogue = gathered(documents)

    assert (catalogue.problems, catalogue.own) == ((), frozenset(("a.b",)))
    assert catalogue.texts["a.b"].words == {"ru": "Да."}
    assert catalogue.texts["c"].words == {"ru": "Нет."}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"ru": "Да.", "claims": "done"}, "text-claims: a.b: it claims 'done', which is no change"),
        ({"ru": 7}, "text-words: a.b: it has no words in 'ru', but 7"),
        ({"ru": " "}, "text-words: a.b: it has no words in 'ru', but ' '"),
        ({}, "text-words: a.b: it has no words at all"),
        (3, "text-words: a.b: it has no words at all"),
        ({"ru": "Да {"}, "text-words: a.b: its words in 'ru' have a brace that opens or closes nothing"),
        ({"ru": "Да.", "claim": "moved"}, "text-language: a.b: 'claim' is no language"),
        ({"ru": "{}"}, "text-placeholders: a.b: its placeholder {} in 'ru' is no plain name"),
        ({"ru": "{Day}"}, "text-placeholders: a.b: its placeholder {Day} in 'ru' is no plain name"),
    ],
)
def test_a_faulty_text(table: Any, problem: str) -> None:
    assert problem in of_catalogue({"a.b": table})


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Запись отменена.", "отменена"),
        ("Отменён.", "отменен"),
        ("Мы отменили её.", "отменили"),
        ("Мы перенесли вас.", "перенесли"),
        ("Её вернули.", "вернули"),
        ("Визит подтвердили.", "подтвердили"),
    ],
)
def test_a_text_that_claims_and_does_not_say_so(words: str, claim: str) -> None:
    assert of_catalogue({"a.b": {"ru": words}}) == [
        f"text-claims: a.b: it says «{claim}» in 'ru' as if it were done, and claims nothing"
    ]
    assert of_catalogue({"a.b": {"ru": words, "claims": "moved"}}) == []


@pytest.mark.parametrize("words", ["Запись не отменена.", "Отменить запись?", "Прошла ли отмена?"])
def test_what_speaks_of_a_change_without_claiming_it(words: str) -> None:
    assert of_catalogue({"a.b": {"ru": words}}) == []


def test_a_text_that_lacks_a_language_or_asks_for_something_else_in_it() -> None:
    assert of_catalogue(
        {"a.b": {"ru": "Да.", "kk": "Иә."}, "a.c": {"ru": "{more}", "kk": "Жоқ."}, "a.d": "Да."}
    ) == [
        "text-placeholders: a.c: its languages ask for different values: ru more; kk none",
        "text-language: a.d: it has no words in 'kk', which other texts speak",
    ]


def test_a_text_that_asks_for_what_a_record_does_not_have() -> None:
    (problem,) = of_catalogue({"phrase.record": {"ru": "{record.time}"}, "a.b": {"ru": "{record.price}"}})

    assert problem.startswith("text-placeholders: a.b: it cannot be put into words in 'ru' (AttributeError")


def test_what_is_wrong_with_a_text_by_itself_is_among_all_that_is_found() -> None:
    assert found(texts=with_texts(toy__kept={"ru": "Запись отменена.", "claim": "cancelled"})) == [
        "text-claims: toy.kept: it says «отменена» in 'ru' as if it were done, and claims nothing",
        "text-language: toy.kept: 'claim' is no language",
    ]


# ── room ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_button_of_21_characters() -> None:
    texts = with_texts(option__go={"ru": "Да, отменить сейчас!!"})

    assert found(texts=texts) == [
        "text-too-long: option.go: «Да, отменить сейчас!!» has 21 characters in 'ru', "
        "and a button has room for 20 (RecordsFound: toy.looking → toy.asking offers it)"
    ]
    assert found(texts=with_texts(option__go={"ru": "Да, отменить сейчас!"})) == []


def test_an_emoji_counts_twice() -> None:
    assert len(found(texts=with_texts(option__go={"ru": "Да, отменить сейчас🙏"}))) == 1


def test_the_title_of_a_row_that_names_a_record() -> None:
    texts = with_texts(option__go={"ru": "{record.day}"}, option__stay={"ru": "{record.short}"})

    assert [line for line in found(texts=texts) if "too-long" in line] == []


def offering(*kinds: str) -> Flow:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield asked(turn, tuple(Option(kind=kind) for kind in LISTED))

    def four(turn: Turn[Any], event: Any) -> Effects:
        options = (Option(kind="a"), Option(kind="b"), Option(kind="c"), Option(kind="d"))
        yield asked(turn, options)

    def eleven(turn: Turn[Any], event: Any) -> Effects:
        yield asked(turn, ELEVEN)

    asking = replace(ASKING, hears=(*ASKING.hears, any_of_them))
    made = {4: four, 11: eleven}[len(kinds)] if kinds else action
    flow = saying(made)
    table = tuple(replace(row, to="toy.asking") if row.do is made else row for row in flow.table)
    return replace(flow, table=table, states=(TOY.states[0], asking, *TOY.states[2:]))


def asked(turn: Turn[Any], options: tuple[Option, ...]) -> Say:
    return Say(text="toy.kept", question=True, options=options, proposes=(turn.memory.record,))


LISTED = ("a", "b")
ELEVEN = tuple(Option(kind=f"k{place}") for place in range(11))


def any_of_them(hearing: Hearing[Any]) -> Yes | None:
    return Yes() if hearing.tap is not None else None


def test_more_than_three_options_are_rows_of_a_list() -> None:
    titles = {f"option.{kind}": {"ru": f"Причина номер такая-то {kind}"} for kind in "abcd"}

    assert found(offering("a", "b", "c", "d"), texts=TEXTS | titles) == []
    assert found(offering("a", "b", "c", "d"), texts=TEXTS | titles | {"option.a": {"ru": "х" * 25}}) == [
        f"text-too-long: option.a: «{'х' * 25}» has 25 characters in 'ru', "
        "and a row of a list has room for 24 (No: toy.asking → toy.asking offers it)"
    ]


def test_a_list_without_words_for_its_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(UNDERNEATH, "option.list")
    titles = {f"option.{kind}": {"ru": kind} for kind in "abcd"}

    assert found(offering("a", "b", "c", "d"), texts=TEXTS | titles) == [
        "options: toy.kept: No: toy.asking → toy.asking offers a list, "
        "and nothing stands on the button that opens it"
    ]


def test_the_button_of_a_list_and_the_second_line_of_a_row() -> None:
    texts = {
        "option.list": {"ru": "х" * 21},
        "option.go.more": {"ru": "х" * 73},
        "option.stay.more": {"ru": "{record.what}"},
    }

    assert found(texts=TEXTS | texts) == [
        f"text-too-long: option.list: «{'х' * 21}» has 21 characters in 'ru', "
        "and the button of a list has room for 20",
        f"text-too-long: option.go.more: «{'х' * 73}» has 73 characters in 'ru', "
        "and the second line of a row has room for 72 (RecordsFound: toy.looking → toy.asking offers it)",
    ]


def test_eleven_options() -> None:
    titles = {f"option.k{place}": {"ru": f"Номер {place}"} for place in range(11)}

    assert found(offering(*"abcdefghijk"), texts=TEXTS | titles) == [
        "options: toy.kept: No: toy.asking → toy.asking offers 11 options, and a list holds 10"
    ]


def test_two_options_under_one_title() -> None:
    assert found(texts=with_texts(option__go={"ru": "Оставить"})) == [
        "options: toy.ask: RecordsFound: toy.looking → toy.asking offers 'go' and 'stay' "
        "under one title «Оставить»"
    ]


def test_an_option_whose_id_is_too_long() -> None:
    kind = "k" * 190

    def action(turn: Turn[Any], event: Any) -> Effects:
        yield Say(text="toy.kept", question=True, options=(Option(kind=kind), Option(kind=turn.memory.kind)))

    texts = TEXTS | {f"option.{kind}": {"ru": "Да"}}

    assert (
        f"options: toy.kept: the option's kind {kind!r} makes an id of more than 200 characters"
    ) in found(saying(action), texts=texts)


def test_a_message_that_is_too_long() -> None:
    (problem,) = found(texts=with_texts(toy__kept={"ru": "х" * 4097}))

    assert problem == (
        f"text-too-long: toy.kept: «{'х' * 60}…» has 4097 characters in 'ru', "
        "and a message without options has room for 4096 (No: toy.asking → idle says it)"
    )
    assert found(texts=with_texts(toy__kept={"ru": "х" * 4096})) == []


def test_a_question_with_buttons_that_is_too_long() -> None:
    (problem,) = found(texts=with_texts(toy__ask={"ru": "х" * 1025}))

    assert problem.endswith(
        "and a message with options has room for 1024 (RecordsFound: toy.looking → toy.asking says it)"
    )


def test_what_a_row_says_beside_its_question_has_no_more_room() -> None:
    def action(turn: Turn[Any], found: Any) -> Effects:
        yield Say(text="toy.kept")
        yield Say(
            text="toy.ask",
            args={"record": turn.memory.record},
            options=(Option(kind="go"), Option(kind="stay")),
            question=True,
            proposes=(turn.memory.record,),
        )

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))

    assert len(found(flow, texts=with_texts(toy__kept={"ru": "х" * 1025}))) == 1


def test_what_is_said_in_the_message_of_another_row_has_no_more_room() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield Say(text="toy.kept")
        yield Then(event=Knocked())

    assert len(found(saying(action), texts=with_texts(toy__kept={"ru": "х" * 1025}))) == 1


def test_a_text_that_nothing_is_known_to_say_is_held_to_the_smaller_room() -> None:
    def action(turn: Turn[Any], no: No) -> Effects:
        yield turn.memory.effect(KEYS)
        yield Say(text="toy.kept")

    texts = with_texts(toy__mentioned={"ru": "х" * 1025})

    assert [line[:27] for line in found(saying(action), texts=texts)] == ["text-too-long: toy.mentione"]


def test_a_button_whose_kind_is_not_known_names_a_row_that_may_offer_it() -> None:
    def action(turn: Turn[Any], found: Any) -> Effects:
        yield asked(turn, (Option(kind=turn.memory.kind),))

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))
    texts = with_texts(option__go={"ru": "х" * 21})

    assert any(
        line.endswith("room for 20 (RecordsFound: toy.looking → toy.asking may offer it)")
        for line in found(flow, texts=texts)
    )


def test_a_sentence_and_the_question_after_it() -> None:
    flow = also(On(NotServed, "toy.asking", "toy.asking", do=repeat("toy.kept")))

    assert found(flow, texts=with_texts(toy__kept={"ru": "х" * 900})) == [
        "text-too-long: toy.kept: with the question toy.ask after it, it has 1113 characters, "
        "and a message with options has room for 1024"
    ]
    assert found(flow, texts=with_texts(toy__kept={"ru": "х" * 800})) == []


def test_a_question_that_cannot_be_measured_is_reported_as_such_only() -> None:
    flow = also(On(NotServed, "toy.asking", "toy.asking", do=repeat("toy.nowhere")))
    texts = with_texts(toy__ask={"ru": "{record.price}"})

    assert {line.partition(":")[0] for line in found(flow, texts=texts)} == {
        "text-missing",
        "text-placeholders",
    }


@pytest.mark.parametrize(
    ("words", "claims"),
    [
        ("Запись перенесена.", True),
        ("Я перенёс запись.", True),
        ("Мастер перенесла запись.", True),
        ("Перенести запись?", False),
        ("Перенесу, как только выберете время.", False),
        ("Запись не перенесена.", False),
    ],
)
def test_what_may_be_done_is_no_claim_that_it_is(words: str, claims: bool) -> None:
    catalogue = gathered([Document("texts", {"a.b": words})])

    assert [problem.rule for problem in faults(catalogue)] == ["text-claims"] * claims


def test_the_longest_window_and_day() -> None:
    words = "{slot}|{slot.time}|{slot.master}|{day.short}"
    texts = Texts({"a.b": Text("a.b", {"ru": words})})

    assert longest(texts, "a.b") == (
        "воскресенье, 13 сентября, 15:00|15:00|Александра Константинопольская|вс, 13 сент."
    )


def test_the_longest_values() -> None:
    texts = Texts({"a.b": Text("a.b", {"ru": "{day}|{more}|{name}|{visit.time}"})})

    assert longest(texts, "a.b") == "воскресенье, 13 сентября|999|Александра Константинопольская|15:00"
    assert longest(Texts({"a.b": Text("a.b", {"ru": "{title}"})}), "a.b") == TITLE
    row = Text("phrase.records", {"ru": "{record.time}"})
    lists = {"a.b": Text("a.b", {"ru": "{late_records}"}), "a.c": Text("a.c", {"ru": "{records}"})}
    texts = Texts({**lists, row.key: row})
    assert longest(texts, "a.b").splitlines() == ["15:00"] * LATE_RECORDS_AT_ONCE
    assert longest(texts, "a.c").splitlines() == ["15:00"] * RECORDS_AT_ONCE
    assert longest_days("ru")[0].isoformat() == "2026-09-13T15:00:00+00:00"


# ── buttons ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_button_that_no_recogniser_knows() -> None:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield asked(turn, (Option(kind="later"), Option(kind="go")))

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))
    texts = {key: text for key, text in TEXTS.items() if key not in ("toy.ask", "option.stay")}

    assert found(flow, texts=texts | {"option.later": {"ru": "Позже"}}) == [
        "button-unheard: toy.asking: RecordsFound: toy.looking → toy.asking offers 'later', "
        "and no recogniser there knows it"
    ]


def test_a_state_that_hears_nothing_knows_no_button() -> None:
    flow = replace(TOY, states=(TOY.states[0], replace(ASKING, hears=()), *TOY.states[2:]))

    assert [line for line in found(flow) if line.startswith("button-unheard")] == [
        "button-unheard: toy.asking: RecordsFound: toy.looking → toy.asking offers 'go' and 'stay', "
        "and no recogniser there knows them"
    ]


def test_a_button_without_a_question_is_no_matter_of_the_state() -> None:
    def action(turn: Turn[Any], failed: CallFailed) -> Effects:
        yield Say(text="toy.kept", options=(Option(kind="go"),))
        yield Repeat(after="toy.kept")

    assert found(saying(action)) == []


def test_an_intents_button_is_known_at_home() -> None:
    def rings(hearing: Hearing[Any]) -> Knocked | None:
        return Knocked() if hearing.tap is not None and hearing.tap.kind == "ring" else None

    def action(turn: Turn[Any], event: Any) -> Effects:
        yield asked(turn, (Option(kind="go"), Option(kind="stay"), Option(kind="ring")))

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))
    texts = {key: text for key, text in TEXTS.items() if key != "toy.ask"} | {"option.ring": {"ru": "Звонок"}}

    assert any("'ring'" in line for line in found(flow, texts=texts))
    assert found(replace(flow, hears=(*flow.hears, rings)), texts=texts) == []


def test_a_button_that_stands_for_a_place_in_a_list() -> None:
    def by_place(hearing: Hearing[Any]) -> Yes | No | None:
        if hearing.tap is None or hearing.tap.choice is None:
            return answers(hearing)
        return Yes()

    def action(turn: Turn[Any], event: Any) -> Effects:
        yield asked(turn, (Option(kind="go"), Option(kind="stay"), Option(kind="slot", choice=0)))

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))
    flow = replace(flow, states=(TOY.states[0], replace(ASKING, hears=(by_place,)), *TOY.states[2:]))
    texts = {key: text for key, text in TEXTS.items() if key != "toy.ask"}

    assert found(flow, texts=texts | {"option.slot": {"ru": "{slot.time}"}}) == []


def test_what_opens_a_list_has_words_that_fit() -> None:
    def action(turn: Turn[Any], event: Any) -> Effects:
        yield Say(
            text="toy.ask",
            args={"record": turn.memory.record},
            options=(Option(kind="go"), Option(kind="stay")),
            question=True,
            proposes=(turn.memory.record,),
            opens="toy.opens",
        )

    flow = but(instead_of=ONE_FOUND, rows=(replace(ONE_FOUND, do=action),))

    assert found(flow) == [
        "text-missing: toy.opens: RecordsFound: toy.looking → toy.asking opens its list by toy.opens, "
        "and no catalogue has it"
    ]
    assert found(flow, texts=with_texts(toy__opens={"ru": "х" * 21})) == [
        f"text-too-long: toy.opens: «{'х' * 21}» has 21 characters in 'ru', "
        "and the button of a list has room for 20"
    ]
    assert found(flow, texts=with_texts(toy__opens={"ru": "Выбрать время"})) == []
