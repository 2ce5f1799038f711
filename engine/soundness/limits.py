"""Limits: what WhatsApp has room for, with the longest plausible values (whatsapp.md §2.1, 2026-11)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from engine.events import Tap
from engine.soundness.catalogue import Catalogue
from engine.soundness.longest import longest, width
from engine.soundness.noting import Said
from engine.soundness.problems import Problem, described
from engine.soundness.speech import Utterance, told_by

TEXT_MAX, BODY_MAX = 4096, 1024
BUTTONS_MAX, BUTTON_MAX = 3, 20
ROWS_MAX, ROW_MAX, ROW_MORE_MAX, LIST_LABEL_MAX = 10, 24, 72, 20
OPTION_ID_MAX = 200


def too_long(spoken: Sequence[Utterance], catalogue: Catalogue) -> Iterator[Problem]:
    """No text is longer than its place."""
    in_lists = _kinds_in_lists([one.said for one in spoken], catalogue)
    plain = _said_without_options(spoken)
    opening = frozenset(("option.list", *(one.said.opens for one in spoken)))
    for key in sorted(catalogue.own):
        where, limit = _place(key, catalogue, in_lists, plain, opening)
        for words, language in _longest(catalogue, key):
            if width(words) > limit:
                teller = told_by(key, spoken)
                row = f" ({described(teller[0].row)} {teller[1]} it)" if teller else ""
                what = f"«{words if width(words) < 80 else words[:60] + '…'}» has {width(words)} characters"
                what += f" in {language!r}, and {where} {limit}{row}"
                remedy = f'shorten {language} of ["{key}"] by {width(words) - limit}'
                yield Problem("text-too-long", key.partition(".")[0], key, what, remedy)


def _said_without_options(spoken: Iterable[Utterance]) -> frozenset[str]:
    """Return the keys that are surely said in messages without options, which have more room.

    A row's words are one message, and so are those of a flow that it hands over to.
    """
    said = [one for one in spoken if "*" not in one.said.text]
    rich = {id(one.placed) for one in spoken if one.said.kinds or one.said.more or one.said.repeats}
    bound = {one.said.text for one in said if one.shared or id(one.placed) in rich}
    return frozenset(one.said.text for one in said) - bound


def _place(
    key: str,
    catalogue: Catalogue,
    in_lists: frozenset[str],
    plain: frozenset[str],
    opening: frozenset[str],
) -> tuple[str, int]:
    if key in opening:
        return "the button of a list has room for", LIST_LABEL_MAX
    if key.startswith("option.") and key.endswith(".more"):
        # What the journal named is shortened by the channel; only our own words must fit.
        room = BODY_MAX if _names_a_record(key, catalogue) else ROW_MORE_MAX
        return "the second line of a row has room for", room
    if key.startswith("option."):
        of_list = key.removeprefix("option.") in in_lists or _names_a_record(key, catalogue)
        if of_list:
            return "a row of a list has room for", ROW_MAX
        return "a button has room for", BUTTON_MAX
    if key in plain:
        return "a message without options has room for", TEXT_MAX
    return "a message with options has room for", BODY_MAX


def _names_a_record(key: str, catalogue: Catalogue) -> bool:
    text = catalogue.texts[key]
    return any("record" in text.placeholders(language) for language in text.words)


def _kinds_in_lists(said: Iterable[Said], catalogue: Catalogue) -> frozenset[str]:
    """Return the kinds that stand in lists only: more than three options make one."""
    lists: set[str] = set()
    buttons: set[str] = set()
    for one in said:
        kinds = {kind for kind in one.kinds if kind is not None}
        (lists if len(one.kinds) > BUTTONS_MAX else buttons).update(kinds)
    return frozenset(lists - buttons)


def _longest(catalogue: Catalogue, key: str) -> Iterator[tuple[str, str]]:
    for texts in catalogue.sayable(key):
        try:
            yield longest(texts, key), texts.language
        except (ValueError, LookupError, AttributeError, TypeError):
            continue  # reported as such by `unspeakable`


def too_many(spoken: Iterable[Utterance], catalogue: Catalogue) -> Iterator[Problem]:
    """A message has at most ten options, their titles differ, and their ids fit."""
    for one in spoken:
        said, placed = one.said, one.placed
        if len(said.kinds) > ROWS_MAX:
            what = f"{described(placed.row)} offers {len(said.kinds)} options, and a list holds {ROWS_MAX}"
            yield Problem(
                "options", placed.flow, said.text, what, "offer fewer, and say how many more there are"
            )
        if len(said.kinds) > BUTTONS_MAX and "option.list" not in catalogue.texts:
            what = f"{described(placed.row)} offers a list, and nothing stands on the button that opens it"
            yield Problem("options", placed.flow, said.text, what, 'add ["option.list"] to the texts')
        titles: dict[str, str] = {}
        for kind in said.kinds:
            key = f"option.{kind}"
            if kind is None or key not in catalogue.texts or _names_a_record(key, catalogue):
                continue
            for words, language in _longest(catalogue, key):
                twin = titles.setdefault(f"{language} {words.casefold()}", kind)
                if twin != kind:
                    what = f"{described(placed.row)} offers {twin!r} and {kind!r} under one title «{words}»"
                    yield Problem("options", placed.flow, said.text, what, "give each its own title")
            largest = Tap(kind=kind, question=10**15, record_id=10**15, choice=10**15)
            if len(largest.encode()) > OPTION_ID_MAX:
                what = f"the option's kind {kind!r} makes an id of more than {OPTION_ID_MAX} characters"
                yield Problem("options", placed.flow, said.text, what, "name it in fewer letters")


def too_long_together(spoken: Iterable[Utterance], catalogue: Catalogue) -> Iterator[Problem]:
    """A sentence and the question that is repeated after it fit into one message."""
    questions: dict[str, set[str]] = defaultdict(set)
    rich: set[str] = set()
    for one in spoken:
        if one.said.question is not False and one.said.text in catalogue.texts:
            questions[one.placed.row.to].add(one.said.text)
            rich |= {one.said.text} if one.said.kinds or one.said.more else set()
    told: set[tuple[str, str]] = set()
    for one in spoken:
        after = one.said.text
        for question in sorted(questions[one.placed.row.source]) if one.said.repeats else ():
            if after not in catalogue.texts or (after, question) in told:
                continue
            told.add((after, question))
            first, second = (
                max((width(words) for words, _ in _longest(catalogue, key)), default=0)
                for key in (after, question)
            )
            options, limit = ("with", BODY_MAX) if question in rich else ("without", TEXT_MAX)
            if first <= limit and second <= limit < first + len("\n\n") + second:
                what = f"with the question {question} after it, it has {first + 2 + second} characters"
                what += f", and a message {options} options has room for {limit}"
                yield Problem("text-too-long", one.placed.flow, after, what, "shorten one of them")
