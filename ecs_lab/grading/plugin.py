"""The pytest plugin; a stub until it is written, because pytest loads it by its entry point."""
