"""The user interface in notebooks: widgets whose state is held by Python."""
