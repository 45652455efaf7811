"""What things cost: the price book and the ledger."""
