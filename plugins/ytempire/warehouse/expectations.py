"""Stops bad landed rows before they are modelled: Great Expectations over `raw`.

The rules are in `expectations/`, one suite per table. A few are noted only: what breaks them is
odd, not wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from ytempire.config import REPOSITORY
from ytempire.errors import BadData, ServiceFailed
from ytempire.warehouse.database import alchemy_url, connect

CONTEXT = REPOSITORY / "expectations"
CHECKPOINT = "landing"
_log = logging.getLogger(__name__)
#: Offending rows shown of a broken rule.
SAMPLE = 3


def validate(url: str | None = None) -> list[str]:
    """Hold every table of `raw` against its rules; returns (and logs) what is noted only.

    Tables are read whole, by a few aggregate queries each: a row that was altered later is found
    too. Only a table with broken rules is read again, for samples.

    Args:
        url: the warehouse; unset, that of the settings.

    Raises:
        BadData: each broken rule with its table and some rows that break it.
        ServiceFailed: the warehouse does not answer, or a rule cannot be asked of it.
    """
    with connect(url):  # first, for its readable error: the import below takes seconds
        pass
    import great_expectations

    context = great_expectations.get_context(
        mode="file",
        context_root_dir=str(CONTEXT),
        runtime_environment={"YTEMPIRE_EXPECTATIONS_URL": _landing_url(url)},
    )
    outcome = context.checkpoints.get(CHECKPOINT).run()
    found = [
        told
        for result in outcome.run_results.values()
        if not result.success
        for told in _broken(context.validation_definitions.get(result.suite_name))
    ]
    noted = [words for is_noted_only, words in found if is_noted_only]
    for words in noted:
        _log.warning("Landed rows are odd: %s", words)
    broken = [words for is_noted_only, words in found if not is_noted_only]
    if not broken:
        return noted
    raise BadData(
        "Landed rows broke a rule; the marts keep their last good state.\n" + "\n".join(broken),
        "Mend the source, or delete these rows (their run_id is shown), and clear the task.",
    )


def _landing_url(url: str | None) -> str:
    """The warehouse with `raw` as the schema that unqualified tables are of."""
    base = alchemy_url(url)
    return f"{base}{'&' if '?' in base else '?'}options=-csearch_path%3Draw"


def _broken(definition: Any) -> Iterator[tuple[bool, str]]:
    """For each broken rule of a table whether it is noted only, and table, rule and sample."""
    result = definition.run(
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": SAMPLE,
            "unexpected_index_column_names": definition.suite.meta["shown"],
        }
    )
    for found in result.results:
        if not found.success:
            meta = found.expectation_config.meta
            rule = f"raw.{definition.name}: {meta['rule']}"
            _raise_if_unasked(rule, found.exception_info)
            sample = (f"    {row}" for row in _sample(definition, found))
            words = [f"{rule}; {_count(found.result)} rows do not, such as", *sample]
            yield meta.get("is_noted_only", False), "\n".join(words)


def _raise_if_unasked(rule: str, exception: Mapping[str, Any]) -> None:
    # One exception, or one for each metric that failed.
    for each in (exception, *(v for v in exception.values() if isinstance(v, Mapping))):
        if each.get("raised_exception"):
            raise ServiceFailed(
                f"The rule could not be asked. {rule}: {each.get('exception_message')}",
                "Run the migrations, or correct the suite in expectations/suites.",
            )


def _count(result: Mapping[str, Any]) -> Any:
    return result.get("unexpected_count", result.get("observed_value"))


def _sample(definition: Any, found: Any) -> list[str]:
    result = found.result
    if found.expectation_config.type == "unexpected_rows_expectation":
        # Only a complete result holds the rows of a rule that is a query (at most 200 of them).
        batch = definition.data.get_batch()
        expectation = found.expectation_config.to_domain_obj()
        result = batch.validate(expectation, result_format="COMPLETE").result
    rows = (
        result.get("details", {}).get("unexpected_rows")
        or result.get("partial_unexpected_index_list")
        or result.get("partial_unexpected_list")
        or []
    )
    return [
        ", ".join(f"{column}={value}" for column, value in row.items())
        if isinstance(row, Mapping)
        else str(row)
        for row in rows[:SAMPLE]
    ]
