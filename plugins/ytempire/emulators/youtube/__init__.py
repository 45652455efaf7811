"""A local YouTube: Data v3, Analytics v2, Reporting v1 and OAuth, a believable world behind them.

    catalog, audience, rhythm, world      what exists and how it is watched: functions of the seed
    clock, store       the emulated time and what survives a restart
    gateway            the way of a request; discovery, quota, faults are its stations
    oauth, codes, consent                 who may act as which channel, and the page that asks
    data_api, uploads, analytics_api, reporting_api      the handlers
    admin, pages       a side door for tests, and pages for people

    server             `serve` for a process of its own, `running` for tests

The numbers are SIMULATED. It listens on 127.0.0.1 only. Nothing is imported here, so that the
catalog can be read without a web server.
"""
