"""Everywhere: rows that every state of a kind has, after those of its own flow."""

from states.everywhere.keeping import can_be_taken_back as can_be_taken_back
from states.everywhere.keeping import end_requests as end_requests
from states.everywhere.keeping import look_later as look_later
from states.everywhere.keeping import tell_what_was_left as tell_what_was_left
from states.everywhere.keeping import undoable_after as undoable_after
from states.everywhere.keeping import watch as watch
from states.everywhere.rows import rows as rows
