"""The routes of the local Stripe: lists, single objects, the balance. It only reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ytempire.emulators.openai.server import Label
from ytempire.emulators.stripe import lists
from ytempire.emulators.stripe.ids import identifier, kind_of
from ytempire.emulators.stripe.journal import Body
from ytempire.emulators.stripe.ledger import DAY
from ytempire.emulators.stripe.refusals import Refusal, invalid, missing
from ytempire.emulators.stripe.world import World

#: The key that it takes; Stripe's own of test mode begin so too.
KEY = "sk_test_emulated"
#: The version of the API whose shapes these are; a client that asks for another is refused.
API_VERSION = "2026-10-28.endive"
#: Stripe forgets its events after so long.
EVENTS_S = 30 * DAY
#: What a list holds -> its name in the address.
_CALLED = {
    "customer": "customers",
    "product": "products",
    "price": "prices",
    "subscription": "subscriptions",
    "subscription_item": "subscription_items",
    "invoice": "invoices",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
    "balance_transaction": "balance_transactions",
    "payout": "payouts",
    "event": "events",
}
_NAMED = {kind: what for what, kind in _CALLED.items()}


def application(world: World, save: Callable[[], None] = lambda: None) -> Starlette:
    """The application over a world.

    Args:
        save: called when its clock was moved.
    """
    api = _Api(world)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "simulated": True})

    async def advance(request: Request) -> Response:
        try:
            api.check(request)
            world.clock.advance(float((await request.json())["hours"]))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        except (KeyError, TypeError, ValueError) as error:
            refused = invalid("hours", f"Hours to go on, such as 24: {error!r}")
            return JSONResponse(refused.body, refused.status)
        save()
        return JSONResponse({"now": world.now()})

    async def answer(request: Request) -> Response:
        headers = {"request-id": identifier("req", request.url), "stripe-version": API_VERSION}
        try:
            api.check(request)
            return JSONResponse(api.answer(request), headers=headers)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status, headers=headers)

    app = Starlette(
        routes=[
            Route("/healthz", health),
            Route("/emulator/advance", advance, methods=["POST"]),
            Route("/{path:path}", answer, methods=["GET", "POST", "DELETE"]),
        ],
        middleware=[Middleware(Label)],
    )
    app.state.stripe = world
    return app


class _Api:
    """What is answered to whom."""

    def __init__(self, world: World) -> None:
        self._world = world

    def check(self, request: Request) -> None:
        """The key and the version. Raises Refusal."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not given:
            raise Refusal(401, "You did not provide an API key.")
        if given != KEY:
            raise Refusal(401, f"Invalid API Key provided: {given[:7]}****")
        asked = request.headers.get("stripe-version", API_VERSION)
        if asked != API_VERSION:
            raise invalid("Stripe-Version", f"Invalid Stripe API version: {asked}")

    def answer(self, request: Request) -> Body:
        """One of the lists, an object, or the balance. Raises Refusal."""
        if request.method != "GET":
            raise Refusal(403, "This local Stripe is read-only.", code="permission_error")
        path = request.url.path
        parts = path.strip("/").split("/")
        pairs = request.query_params.multi_items()
        if parts == ["v1", "balance"]:
            return self._world.balance()
        if len(parts) > 1 and parts[0] == "v1" and parts[1] in _NAMED:
            if len(parts) == 2:
                return self._list(parts[1], pairs, path)
            if len(parts) == 3:
                return self._one(parts[1], parts[2], pairs)
            if len(parts) == 4 and (parts[1], parts[3]) == ("invoices", "lines"):
                query = lists.understood("lines", pairs)
                lines = self._whole("invoices", parts[2])["lines"]
                return lists.page(lines, query, path, "line_item")
        raise Refusal(404, f"Unrecognized request URL ({request.method}: {path}).")

    def _list(self, kind: str, pairs: list[tuple[str, str]], url: str) -> Body:
        query = lists.understood(kind, pairs)
        found = lists.selected(kind, self._all(kind, query), query)
        told = lists.page(found, query, url, _NAMED[kind])
        told["data"] = [_outward(each) for each in told["data"]]
        for path in query.expand:
            if not path.startswith("data."):
                raise invalid("expand", f"This property cannot be expanded ({path}).")
            for each in told["data"]:
                self._expand(each, path.removeprefix("data."))
        return told

    def _all(self, kind: str, query: lists.Query) -> list[Body]:
        world, now = self._world, self._world.now()
        if kind == "events":
            return world.journal().events(now - EVENTS_S, now, world.seed)
        if kind == "subscription_items":
            if "subscription" not in query.equal:
                raise invalid("subscription", "Missing required param: subscription.")
            return list(self._whole("subscriptions", query.equal["subscription"])["items"])
        return world.journal().listed(kind, now)

    def _one(self, kind: str, name: str, pairs: list[tuple[str, str]]) -> Body:
        if kind == "events":
            query = lists.Query()
            found = [each for each in self._all(kind, query) if each["id"] == name]
            if not found:
                raise missing("event", name)
            return _outward(found[0])
        version = self._world.journal().find(kind, name, self._world.now())
        if version is None:
            raise missing(_NAMED[kind], name)
        if version.body is None:
            return {"id": name, "object": _NAMED[kind], "deleted": True}
        told = _outward(version.body)
        for param, path in pairs:
            if not param.startswith("expand["):
                raise Refusal(400, f"Received unknown parameter: {param}", param=param)
            self._expand(told, path)
        return told

    def _whole(self, kind: str, name: str) -> Body:
        version = self._world.journal().find(kind, name, self._world.now())
        if version is None or version.body is None:
            raise missing(_NAMED[kind], name)
        return version.body

    def _expand(self, body: Body, path: str) -> None:
        """Put objects where their ids are, in a copy that is the answer's own."""
        name, _, rest = path.partition(".")
        held: Any = body.get(name)
        if isinstance(held, str) and (kind := kind_of(held)) is not None:
            body[name] = held = self._one(kind, held, [])
        if rest and isinstance(held, dict):
            body[name] = held = dict(held)
            self._expand(held, rest)
        elif rest and isinstance(held, list):
            body[name] = held = [dict(each) for each in held]
            for each in held:
                self._expand(each, rest)


def _outward(body: Body) -> Body:
    """An object as it leaves: what it holds many of is a list of its own."""
    if body["object"] == "subscription":
        url = f"/v1/subscription_items?subscription={body['id']}"
        return body | {"items": lists.inside(body["items"], url)}
    if body["object"] == "invoice":
        url = f"/v1/invoices/{body['id']}/lines"
        return body | {"lines": lists.inside(body["lines"], url)}
    if body["object"] == "event":
        return body | {"data": {"object": _outward(body["data"]["object"])}}
    return dict(body)
