"""What people are told: one alert a cause, kept in `ops.alerts`, handed on by Apprise."""
