"""Mint card tokens, single-use ones from test cards, and know the published test tokens."""

from __future__ import annotations

from dataclasses import asdict, replace

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.keyring import Identity
from portal.sandbox.conekta.orders.cards import TEST_NUMBERS, TEST_TOKENS, Card, Outcome
from portal.sandbox.conekta.records import Order, Token
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import ApiError, Detail, Json, Text, invalid
from portal.sandbox.conekta.server.parameters import TOKEN
from portal.sandbox.conekta.world import World

LIFETIME = 600


async def create(world: World, call: Call) -> Json:
    """`POST /tokens`."""
    card = call.accept(TOKEN)["card"]
    token = mint(world, call.identity, card["number"], card)
    return {"id": token.id, "livemode": token.livemode, "used": False, "object": "token"}


def mint(world: World, identity: Identity, number: str, details: Json) -> Token:
    """Give a token for a test card; its number is not kept. Raises `ApiError` 422 for any other.

    A key that was named when the sandbox started mints for its own account. A stranger's
    token may be charged by any key, because nobody said whose public key it is.
    """
    known = TEST_NUMBERS.get(number)
    if known is None:
        raise _bad_number()
    names = ("name", "exp_month", "exp_year")
    card = replace(known, **{name: details[name] for name in names if name in details})
    token = Token(
        id=ids.prefixed("tok"),
        account=identity.account if identity.known else None,
        livemode=identity.live,
        created_at=world.clock.now(),
        card={**asdict(card), "outcome": card.outcome.value},
    )
    world.save_token(token)
    return token


def find(world: World, order: Order, token_id: str) -> tuple[Card, Token | None]:
    """Give the card behind a token; the record only for a minted one, which the charge will spend.

    Raises `ApiError` 422 for one that is unknown, another account's or expired, and 402 for
    one that was used.
    """
    test_card = TEST_TOKENS.get(token_id)
    if test_card is not None and not order.livemode:
        return test_card, None
    token = world.tokens.get(token_id)
    if token is None or not _usable(world, order, token):
        raise _nonexistent()
    if token.used:
        raise _used()
    return Card(**{**token.card, "outcome": Outcome(token.card["outcome"])}), token


def _usable(world: World, order: Order, token: Token) -> bool:
    own = token.account is None or token.account == order.account
    return own and world.clock.now() - token.created_at <= LIFETIME


def _bad_number() -> ApiError:
    text = Text(
        "Alguno de los datos de la tarjeta es inválido. "
        "Revisa la información y vuelve a intentarlo.",
        "Some of the card information is invalid. Please review the information and try again.",
    )
    return invalid("card.number", text, "card[card[number]]")


def _nonexistent() -> ApiError:
    text = Text("El token no existe.", "The token does not exist.")
    return invalid("payment_method.token_id.nonexistent_token", text, "payment_method.token_id")


def _used() -> ApiError:
    text = Text("El token ya fue utilizado.", "The token has already been used.")
    return ApiError(402, [Detail("processing.tokenization.used", text)])
