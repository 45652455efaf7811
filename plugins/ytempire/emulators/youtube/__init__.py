"""A local YouTube: Data v3, Analytics v2 and OAuth, with a believable world behind them.

    world, catalog     what exists and how it is watched: pure functions of the seed
    clock, store       the emulated time and what survives a restart
    gateway            the way of a request; discovery, quota, faults, oauth are its stations
    data_api, uploads, analytics_api      the handlers
    admin, pages       a side door for tests, and pages for people

The numbers are SIMULATED. It listens on 127.0.0.1 only.
"""

from ytempire.emulators.youtube.catalog import Channel, Video, history, own_channels
from ytempire.emulators.youtube.server import running, serve

__all__ = ["Channel", "Video", "history", "own_channels", "running", "serve"]
