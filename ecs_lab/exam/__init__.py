"""Mock exams: their shapes (blueprints), papers, sittings, scores and reports."""
