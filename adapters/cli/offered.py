"""Records that words are read against, as an administrator writes them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.booking import Record
from engine.understanding import Context, Surroundings

EXAMPLE = "шугаринг ног, 25 ноября 15:00, Ольга"
# A record by its number, for words that were said at a moment.
Make = Callable[[int, datetime], Record]
# The client whose records they are; no other is there.
PHONE = "+79000000001"


class Offered:
    """Records of one client, each in the words of a transcript's `salon:` line, without its client."""

    def __init__(self, written: Sequence[str]) -> None:
        """Read them.

        Raises:
            ValueError: in words for people.
        """
        self._made = tuple(map(_maker, written)) if written else ()

    def around(self, said_at: datetime, context: Context) -> Surroundings:
        """Return what is known there: in "choose" the list, in "confirm" the first, else nothing."""
        shown = {"choose": self._made, "confirm": self._made[:1]}.get(context, ())
        return Surroundings(said_at, tuple(make(number, said_at) for number, make in enumerate(shown, 1)))


def _maker(written: str) -> Make:
    # Only here, since the grammar of transcripts takes a while to load.
    from engine.script import records
    from engine.script.dates import moment_of

    match = records.BOOKING.fullmatch(written.strip())
    if match is None:
        raise ValueError(f"cannot read «{written}»; write «{EXAMPLE}»")
    when, more = moment_of(match), records.more(match["rest"])

    def make(number: int, said_at: datetime) -> Record:
        return Record(
            record_id=number,
            phone=PHONE,
            services=(match["service"].strip(),),
            master=more.master,
            starts_at=when.near(said_at.date()).replace(tzinfo=said_at.tzinfo),
        )

    return make
