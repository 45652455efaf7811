"""What the house learns from its own figures: about those to come, and by trying.

| module         | holds                                                                     |
|----------------|---------------------------------------------------------------------------|
| `forecasts`    | what a daily series will be, with a band that is held to its own past      |
| `revenue`      | the revenue of the days to come and of the running month, landed in `raw`  |
| `experiments/` | settings that are varied on purpose, and what came of it                   |
"""
