"""What the client's words mean: plain rules over lemmas, pure and without a clock."""

from engine.understanding.lemmas import Lemmas as Lemmas
from engine.understanding.matching import explains as explains
from engine.understanding.matching import fitting as fitting
from engine.understanding.matching import is_called as is_called
from engine.understanding.matching import is_for as is_for
from engine.understanding.matching import is_service as is_service
from engine.understanding.matching import lacks_a_service as lacks_a_service
from engine.understanding.matching import picked as picked
from engine.understanding.meaning import Context as Context
from engine.understanding.meaning import Entities as Entities
from engine.understanding.meaning import Intent as Intent
from engine.understanding.meaning import Meaning as Meaning
from engine.understanding.meaning import Surroundings as Surroundings
from engine.understanding.meaning import Trace as Trace
from engine.understanding.moving import together as together
from engine.understanding.moving import without as without
from engine.understanding.optout import opt_out as opt_out
from engine.understanding.understand import Understanding as Understanding
