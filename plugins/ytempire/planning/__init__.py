"""What to make next: ideas from trends, people's requests, and the runs that they start."""
