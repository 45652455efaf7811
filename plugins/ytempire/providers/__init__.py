"""One Protocol per capability, and its implementations, live and offline."""
