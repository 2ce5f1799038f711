"""Soundness: what is proved from tables and texts before the first message (design §9). Pure."""

from engine.soundness.catalogue import Document as Document
from engine.soundness.check import Subject as Subject
from engine.soundness.check import Unsound as Unsound
from engine.soundness.check import Verdict as Verdict
from engine.soundness.check import check as check
from engine.soundness.check import ensure_sound as ensure_sound
from engine.soundness.check import structural as structural
from engine.soundness.inputs import Cell as Cell
from engine.soundness.inputs import Matrix as Matrix
from engine.soundness.messages import Cost as Cost
from engine.soundness.problems import Problem as Problem
from engine.soundness.problems import described as described
from engine.soundness.released import Released as Released
