"""Widgets that need the learner's progress: the map of all lessons, and predictions made before something is seen."""

from autograder.widgets.predict import Predict
from autograder.widgets.progress_map import ProgressMap

__all__ = ["Predict", "ProgressMap"]
