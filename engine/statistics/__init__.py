"""Statistics: what became of clients' wishes, counted from the ledger's facts. Pure."""

from engine.statistics.counting import LEAD_HOURS as LEAD_HOURS
from engine.statistics.counting import REASONS as REASONS
from engine.statistics.counting import Counting as Counting
from engine.statistics.figures import Counted as Counted
from engine.statistics.figures import LeadTime as LeadTime
from engine.statistics.figures import Money as Money
from engine.statistics.figures import Spell as Spell
from engine.statistics.figures import Statistics as Statistics
from engine.statistics.intervals import CONFIDENCE as CONFIDENCE
from engine.statistics.intervals import FEW as FEW
from engine.statistics.intervals import Rate as Rate
from engine.statistics.intervals import rate as rate
from engine.statistics.reconciling import DIFFERENCES as DIFFERENCES
from engine.statistics.reconciling import FOUND as FOUND
from engine.statistics.reconciling import Found as Found
from engine.statistics.reconciling import Reconciliation as Reconciliation
from engine.statistics.reconciling import Shown as Shown
from engine.statistics.reconciling import reconciled as reconciled
from engine.statistics.wishes import HOLD as HOLD
from engine.statistics.wishes import Entry as Entry
from engine.statistics.wishes import Wish as Wish
from engine.statistics.wishes import wishes as wishes
