"""Choose record: which record of the client is meant, or which several."""

from states.choose_record.hearing import all_meant as all_meant
from states.choose_record.hearing import how_many as how_many
from states.choose_record.listing import which_of as which_of
from states.choose_record.memory import Memory as Memory
from states.choose_record.memory import each_named as each_named
from states.choose_record.memory import narrowed as narrowed
from states.choose_record.memory import people_of as people_of
from states.choose_record.rows import AT_ONCE_MAX as AT_ONCE_MAX
from states.choose_record.rows import Settled as Settled
from states.choose_record.rows import know_people as know_people
from states.choose_record.rows import look_up as look_up
from states.choose_record.rows import look_up_another as look_up_another
from states.choose_record.rows import rows as rows
from states.choose_record.rows import states as states
