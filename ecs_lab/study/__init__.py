"""Opens the course: the learner's working copy, JupyterLab, and a check of the installation."""
