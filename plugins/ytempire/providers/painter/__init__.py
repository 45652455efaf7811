"""The seeded painter."""
