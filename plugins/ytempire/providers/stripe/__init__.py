"""Stripe's own client, pointed at Stripe or at any server that speaks its protocol. It reads."""
