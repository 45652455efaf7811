"""This machine: the embedded Postgres, Airflow and the rest, started, watched and stopped.

`ytempire up|down|status|clean` is what the Makefile calls.
"""
