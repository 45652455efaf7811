"""Experiments: what is varied on purpose, and what came of it.

| module       | holds                                                                          |
|--------------|--------------------------------------------------------------------------------|
| `settings`   | what of a channel's profile an experiment may vary                             |
| `plans`      | the frozen plan: made, begun, stopped                                          |
| `assignment` | which variant a video is made in, drawn when its request is accepted           |
| `judging`    | effects with intervals, bounds for several looks, the sample-ratio test        |
| `results`    | the daily look: figures of the marts held against the plan, and the decision   |
| `imports`    | results of YouTube's own Test & Compare, which has no API                      |
"""
