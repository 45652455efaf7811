"""Google's own client, pointed at YouTube or at any server that speaks its protocol."""
