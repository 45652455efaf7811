"""Accounts and their grants, quota, and publishing exactly once."""
