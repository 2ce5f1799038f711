"""What the client's words mean: plain rules over lemmas, pure and without a clock."""

from engine.understanding.meaning import Context as Context
from engine.understanding.meaning import Intent as Intent
from engine.understanding.meaning import Meaning as Meaning
from engine.understanding.meaning import Surroundings as Surroundings
