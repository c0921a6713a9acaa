"""What runs inside containers."""
