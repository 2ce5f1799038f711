"""A scene on nothing but the core: `decide`, a journal in memory and a clock; no store, no net, no vendor."""

from engine.script.pure.scene import NeedsSimulators as NeedsSimulators
from engine.script.pure.scene import PureScene as PureScene
