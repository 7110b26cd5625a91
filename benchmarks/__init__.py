"""What reading pictures costs, side by side with others, and what the answers are worth: see docs/performance.md."""
