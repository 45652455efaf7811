"""Protocol-true local servers: the platform speaks to them by the clients it uses live."""
