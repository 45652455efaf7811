"""The rubric: a video from 0 to 100, in eight named parts, each with its evidence.

| part               | weight | from                                                              |
|--------------------|--------|-------------------------------------------------------------------|
| hook               | 0.15   | the first two sentences; a judge, when there is one               |
| clarity            | 0.20   | sentence length, long words, cohesion; a judge                    |
| pace               | 0.10   | words a minute and rests of the narration                         |
| sound              | 0.10   | the release check                                                 |
| picture            | 0.10   | the release check                                                 |
| captions           | 0.10   | the release check, and letters a second                           |
| originality        | 0.10   | likeness to earlier scripts, repetition, substance; a judge       |
| accuracy_of_claims | 0.15   | numbers, shares and authorities against sources and what was given |

A part that cannot be measured yet gives its weight to the others. A judge's score counts by its
confidence and may lift a measured one by 40 points at most: a script cannot talk a judge out of
what was counted.
"""

from ytempire.studio.rubric.confidence import confidence_of
from ytempire.studio.rubric.rating import CAP, FATAL, GOOD, WEIGHTS, is_good, rate

__all__ = ["CAP", "FATAL", "GOOD", "WEIGHTS", "confidence_of", "is_good", "rate"]
