"""Diagrams: the machine as a picture, read off the tables; nothing of it is kept by hand."""

from engine.diagram.dot import MEANINGS as MEANINGS
from engine.diagram.dot import NOT_DRAWN as NOT_DRAWN
from engine.diagram.dot import aside_text as aside_text
from engine.diagram.dot import dot as dot
from engine.diagram.dot import state_id as state_id
from engine.diagram.graph import Arrow as Arrow
from engine.diagram.graph import Aside as Aside
from engine.diagram.graph import Cluster as Cluster
from engine.diagram.graph import Course as Course
from engine.diagram.graph import Graph as Graph
from engine.diagram.graph import Kind as Kind
from engine.diagram.graph import Line as Line
from engine.diagram.graph import Node as Node
from engine.diagram.graph import Paint as Paint
from engine.diagram.graph import Painted as Painted
from engine.diagram.graph import draw as draw
from engine.diagram.graph import exit_of as exit_of
from engine.diagram.mermaid import mermaid as mermaid
from engine.diagram.reading import Reading as Reading
from engine.diagram.reading import guard_of as guard_of
from engine.diagram.reading import read_aloud as read_aloud
from engine.diagram.reading import title_of as title_of
from engine.diagram.tables import Table as Table
from engine.diagram.tables import general as general
from engine.diagram.tables import of_fragment as of_fragment
from engine.diagram.tables import tables as tables
