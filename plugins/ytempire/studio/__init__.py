"""Text in, checked video out."""
