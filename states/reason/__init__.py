"""Reason: a fragment that lets the client say, once and only if they want to, why they cancelled."""

from states.reason.rows import ANSWERS as ANSWERS
from states.reason.rows import WHY as WHY
from states.reason.rows import Memory as Memory
from states.reason.rows import ReasonTold as ReasonTold
from states.reason.rows import WhyTapped as WhyTapped
from states.reason.rows import noted as noted
from states.reason.rows import rows as rows
from states.reason.rows import states as states
