"""Choose record: a fragment that finds the client's records and settles on one of them."""

from states.choose_record.rows import Memory as Memory
from states.choose_record.rows import Settled as Settled
from states.choose_record.rows import look_up as look_up
from states.choose_record.rows import narrowed as narrowed
from states.choose_record.rows import rows as rows
from states.choose_record.rows import states as states
