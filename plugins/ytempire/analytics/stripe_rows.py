"""Which rows of `raw` become of Stripe's answers, and which answers are none that can be kept.

A field that every answer lacks or garbles, also those that landed before, is a contract broken: the
source stops. One misshapen answer, or a value that cannot be (an unknown currency, an amount below
zero, no id), makes a bad row: it is kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from ytempire.analytics import stripe_answers as answers
from ytempire.analytics.inbox import MARKS

#: Columns of a table -> where in the answer they are; dots lead inside.
Columns = Mapping[str, str]
#: A table of `raw`, without its schema, and a row of it by column.
Row = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """What a list of Stripe's holds.

    Attributes:
        table: of `raw`, without its schema.
        gone: what a row says of a thing that was deleted.
    """

    model: type[BaseModel]
    table: str
    columns: Columns
    gone: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """The column with the id."""
        return next(iter(self.columns))


_OF_ITEM = {
    "subscription_item_id": "id",
    "price_id": "price.id",
    "quantity": "quantity",
    "created_at": "created",
    "period_started_at": "current_period_start",
    "period_ends_at": "current_period_end",
}
_OF_LINE = {
    "invoice_line_id": "id",
    "price_id": "pricing.price_details.price",
    "quantity": "quantity",
    "currency": "currency",
    "unit_amount_minor": "pricing.unit_amount_decimal",
    "amount_minor": "amount",
    "period_started_at": "period.start",
    "period_ends_at": "period.end",
}
_OF_MONEY = {"currency": "currency", "amount_minor": "amount", "created_at": "created"}

#: By their names in the API, in an order in which what is referred to comes first.
KINDS = {
    "products": Kind(
        answers.Product,
        "stripe_products",
        {"product_id": "id", "created_at": "created", "name": "name", "is_active": "active"},
        gone={"is_active": False},
    ),
    "prices": Kind(
        answers.Price,
        "stripe_prices",
        {
            "price_id": "id",
            "product_id": "product",
            "created_at": "created",
            "currency": "currency",
            "unit_amount_minor": "unit_amount_decimal",
            "type": "type",
            "recurring_interval": "recurring.interval",
            "interval_count": "recurring.interval_count",
            "usage_type": "recurring.usage_type",
            "pack_size": "transform_quantity.divide_by",
            "pack_rounding": "transform_quantity.round",
            "is_active": "active",
        },
        gone={"is_active": False},
    ),
    "customers": Kind(
        answers.Customer,
        "stripe_customers",
        {
            "customer_id": "id",
            "created_at": "created",
            "owner": "metadata.owner",
            "currency": "currency",
            "country": "address.country",
            "is_deleted": "is_deleted",
        },
        gone={"is_deleted": True},
    ),
    "subscriptions": Kind(
        answers.Subscription,
        "stripe_subscriptions",
        {
            "subscription_id": "id",
            "customer_id": "customer",
            "status": "status",
            "currency": "currency",
            "created_at": "created",
            "started_at": "start_date",
            "trial_started_at": "trial_start",
            "trial_ends_at": "trial_end",
            "cancel_at_period_end": "cancel_at_period_end",
            "cancel_at": "cancel_at",
            "canceled_at": "canceled_at",
            "ended_at": "ended_at",
            "paused_collection": "pause_collection.behavior",
        },
    ),
    "invoices": Kind(
        answers.Invoice,
        "stripe_invoices",
        {
            "invoice_id": "id",
            "customer_id": "customer",
            "subscription_id": "parent.subscription_details.subscription",
            "status": "status",
            "billing_reason": "billing_reason",
            "currency": "currency",
            "subtotal_minor": "subtotal",
            "tax_minor": "tax",
            "total_minor": "total",
            "amount_paid_minor": "amount_paid",
            "created_at": "created",
            "finalized_at": "status_transitions.finalized_at",
            "paid_at": "status_transitions.paid_at",
            "voided_at": "status_transitions.voided_at",
            "uncollectible_at": "status_transitions.marked_uncollectible_at",
        },
        gone={"status": "deleted"},
    ),
    "charges": Kind(
        answers.Charge,
        "stripe_charges",
        {
            "charge_id": "id",
            "customer_id": "customer",
            "balance_transaction_id": "balance_transaction",
            "status": "status",
            "amount_refunded_minor": "amount_refunded",
            "failure_code": "failure_code",
            "is_disputed": "disputed",
            **_OF_MONEY,
        },
    ),
    "refunds": Kind(
        answers.Refund,
        "stripe_refunds",
        {
            "refund_id": "id",
            "charge_id": "charge",
            "balance_transaction_id": "balance_transaction",
            "status": "status",
            "reason": "reason",
            **_OF_MONEY,
        },
    ),
    "disputes": Kind(
        answers.Dispute,
        "stripe_disputes",
        {
            "dispute_id": "id",
            "charge_id": "charge",
            "status": "status",
            "reason": "reason",
            **_OF_MONEY,
        },
    ),
    "balance_transactions": Kind(
        answers.BalanceTransaction,
        "stripe_balance_transactions",
        {
            "balance_transaction_id": "id",
            "type": "type",
            "reporting_category": "reporting_category",
            "source_id": "source",
            "status": "status",
            "fee_minor": "fee",
            "net_minor": "net",
            "exchange_rate": "exchange_rate",
            "available_at": "available_on",
            **_OF_MONEY,
        },
    ),
}
ITEMS, LINES = "stripe_subscription_items", "stripe_invoice_lines"
#: Table -> its columns and the one that its versions have in common.
TABLES: dict[str, tuple[tuple[str, ...], str]] = {
    **{kind.table: ((*MARKS, *kind.columns), kind.key) for kind in KINDS.values()},
    ITEMS: ((*MARKS, *_OF_ITEM, "subscription_id", "is_deleted"), "subscription_item_id"),
    LINES: (
        (
            *(*MARKS, *_OF_LINE, "invoice_id", "subscription_id", "subscription_item_id"),
            *("is_proration", "discount_minor", "included_tax_minor"),
        ),
        "invoice_line_id",
    ),
}


def rows_of(kind: Kind, body: Mapping[str, Any]) -> list[Row]:
    """The rows of an answer. Raises ValidationError: see `is_of_shape`."""
    told = kind.model.model_validate(body)
    rows = [(kind.table, _read(told, kind.columns))]
    if isinstance(told, answers.Subscription):
        rows += (
            (ITEMS, _read(item, _OF_ITEM) | {"subscription_id": told.id, "is_deleted": False})
            for item in told.items.data
        )
    elif isinstance(told, answers.Invoice):
        rows += ((LINES, {"invoice_id": told.id} | _line(line)) for line in told.lines.data)
    return rows


def is_of_shape(error: ValidationError) -> bool:
    """Whether an answer lacks a field or has it in another type; else a value of it cannot be."""
    return any(
        each["type"] == "missing" or each["type"].endswith("_type") for each in error.errors()
    )


def words(error: ValidationError) -> str:
    """What is wrong with an answer, field by field."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors()
    )


def without_people(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is read of an answer: names and addresses of people are not kept."""
    kept = {name: body[name] for name in kind.model.model_fields if name in body}
    if kind.model is answers.Customer:
        kept["metadata"] = {"owner": (kept.get("metadata") or {}).get("owner")}
        kept["address"] = {"country": (kept.get("address") or {}).get("country")}
    return kept


def _line(line: answers.Line) -> dict[str, Any]:
    parent = line.parent
    of = (parent.subscription_item_details or parent.invoice_item_details) if parent else None
    return _read(line, _OF_LINE) | {
        "subscription_id": of.subscription if of else None,
        "subscription_item_id": of.subscription_item if of else None,
        "is_proration": bool(of and of.proration),
        "discount_minor": sum(each.amount for each in line.discount_amounts or ()),
        "included_tax_minor": sum(
            each.amount for each in line.taxes or () if each.tax_behavior == "inclusive"
        ),
    }


def _read(told: BaseModel, columns: Columns) -> dict[str, Any]:
    return {column: _at(told, path) for column, path in columns.items()}


def _at(told: Any, path: str) -> Any:
    """A value inside an answer; nothing, where one of the steps leads to nothing."""
    for name in path.split("."):
        if told is None:
            return None
        told = getattr(told, name)
    return told
