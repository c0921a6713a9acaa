"""Questions on Amazon ECS: the bank, its linter, and sessions in which they are answered."""
