"""A scene on nothing but the core: `decide`, a journal in memory and a clock; no store, no net, no vendor."""

from adapters.rehearsal.bare.scene import NeedsSimulators as NeedsSimulators
from adapters.rehearsal.bare.scene import PureScene as PureScene
