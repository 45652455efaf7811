"""Pulls: YouTube's numbers and a niche's trends into `raw`, and ideas out of them."""
