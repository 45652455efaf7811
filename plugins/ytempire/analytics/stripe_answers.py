"""What is read of Stripe's answers, in the shapes of the version that the pinned client asks for.

Amounts are in the currency's smallest unit; moments become UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

#: What Stripe can charge in (docs.stripe.com/currencies).
_CODES = """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd
    cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq
    gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr
    lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab
    pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sll sos srd std svc szl
    thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw
"""
CURRENCIES = frozenset(_CODES.split())


def _moment(told: Any) -> Any:
    if isinstance(told, bool) or not isinstance(told, int):
        return told  # not what Stripe tells: the type says so
    if told < 0:
        raise ValueError("a moment before 1970")
    return datetime.fromtimestamp(told, UTC)


def _known(currency: str) -> str:
    if currency not in CURRENCIES:
        raise ValueError(f"an unknown currency: {currency}")
    return currency


Name = Annotated[str, Field(min_length=1)]
Currency = Annotated[str, AfterValidator(_known)]
At = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=int)]
#: An amount in the currency's smallest unit.
Minor = Annotated[int, Field(strict=True)]
Due = Annotated[int, Field(strict=True, ge=0)]


class _Address(BaseModel):
    country: str | None


class _Metadata(BaseModel):
    #: Whose channels (`ops.channels.owner`) the customer's are.
    owner: str | None = None


class Customer(BaseModel):
    id: Name
    created: At
    metadata: _Metadata | None
    currency: Currency | None
    address: _Address | None
    is_deleted: bool = False


class Product(BaseModel):
    id: Name
    created: At
    name: str
    active: bool


class _Recurring(BaseModel):
    interval: str
    interval_count: int
    usage_type: str


class _Packs(BaseModel):
    divide_by: Annotated[int, Field(gt=0)]
    round: str


class Price(BaseModel):
    id: Name
    product: Name
    created: At
    currency: Currency
    unit_amount_decimal: Annotated[Decimal, Field(ge=0)] | None
    type: str
    recurring: _Recurring | None
    transform_quantity: _Packs | None
    active: bool


class _Named(BaseModel):
    id: Name


class Item(BaseModel):
    id: Name
    price: _Named
    #: A metered item has none.
    quantity: Annotated[int, Field(ge=0)] | None = None
    created: At
    current_period_start: At
    current_period_end: At


class _Items(BaseModel):
    data: list[Item]


class _Pause(BaseModel):
    behavior: str


class Subscription(BaseModel):
    id: Name
    customer: Name
    status: str
    currency: Currency
    created: At
    start_date: At
    trial_start: At | None
    trial_end: At | None
    cancel_at_period_end: bool
    cancel_at: At | None
    canceled_at: At | None
    ended_at: At | None
    pause_collection: _Pause | None
    items: _Items


class _Amount(BaseModel):
    amount: Minor


class _Tax(_Amount):
    #: `inclusive` tax is a part of the amount, other tax comes on top.
    tax_behavior: str


class _Period(BaseModel):
    start: At
    end: At

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> _Period:
        if self.end < self.start:
            raise ValueError("a period that ends before it starts")
        return self


class _ItemDetails(BaseModel):
    subscription: str | None
    subscription_item: str | None = None
    proration: bool


class _LineParent(BaseModel):
    subscription_item_details: _ItemDetails | None
    invoice_item_details: _ItemDetails | None


class _PriceDetails(BaseModel):
    price: str


class _Pricing(BaseModel):
    price_details: _PriceDetails | None
    unit_amount_decimal: Annotated[Decimal, Field(ge=0)] | None


class Line(BaseModel):
    id: Name
    parent: _LineParent | None
    pricing: _Pricing | None
    quantity: Annotated[int, Field(ge=0)] | None
    currency: Currency
    amount: Minor
    discount_amounts: list[_Amount] | None
    taxes: list[_Tax] | None
    period: _Period


class _Lines(BaseModel):
    data: list[Line]


class _SubscriptionDetails(BaseModel):
    subscription: str


class _InvoiceParent(BaseModel):
    subscription_details: _SubscriptionDetails | None


class _Transitions(BaseModel):
    finalized_at: At | None
    paid_at: At | None
    voided_at: At | None
    marked_uncollectible_at: At | None


class Invoice(BaseModel):
    id: Name
    customer: str | None
    parent: _InvoiceParent | None
    status: str | None
    billing_reason: str | None
    currency: Currency
    subtotal: Minor
    total_taxes: list[_Amount] | None
    total: Minor
    amount_paid: Due
    created: At
    status_transitions: _Transitions
    lines: _Lines

    @property
    def tax(self) -> int:
        return sum(each.amount for each in self.total_taxes or ())


class Charge(BaseModel):
    id: Name
    customer: str | None
    balance_transaction: str | None
    status: str
    currency: Currency
    amount: Due
    amount_refunded: Due
    failure_code: str | None
    disputed: bool
    created: At


class Refund(BaseModel):
    id: Name
    charge: str | None
    balance_transaction: str | None
    status: str | None
    reason: str | None
    currency: Currency
    amount: Due
    created: At


class Dispute(BaseModel):
    id: Name
    charge: Name
    status: str
    reason: str
    currency: Currency
    amount: Due
    created: At


class BalanceTransaction(BaseModel):
    id: Name
    type: str
    reporting_category: str
    source: str | None
    status: str
    currency: Currency
    amount: Minor
    fee: Minor
    net: Minor
    exchange_rate: Decimal | None
    created: At
    available_on: At

    @model_validator(mode="after")
    def _adds_up(self) -> BalanceTransaction:
        if self.net != self.amount - self.fee:
            raise ValueError("its net is not its amount less its fee")
        return self
