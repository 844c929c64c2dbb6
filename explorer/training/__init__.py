"""Networks and the one training loop."""
