"""The question bank and scores in the formats of other programs."""
