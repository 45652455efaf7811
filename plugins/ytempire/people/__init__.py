"""Who may sign in to the dashboards, as what, and the log of what they did."""
