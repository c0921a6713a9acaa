"""How a learner stands, all in all: exercises, questions by topic, exams, and what to do next."""
