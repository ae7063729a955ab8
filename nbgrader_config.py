"""nbgrader with this course's grader in it: an instructor's course folder (`rnn-course teach`) has the same lines."""

c = get_config()  # noqa: F821

# nbgrader's own list, and what the grader notes for itself: it is not copied to what students get
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", ".rnn-course-filed"]

# So that a notebook of ours that cannot be read has a page, and does not stop the others
c.Autograde.exporter_class = "autograder.grading.nbgrader_bridge.HandedIn"

# nbgrader's own list, after RestoreMetadata
c.Autograde.sanitize_preprocessors = [
    "autograder.grading.nbgrader_bridge.RestoreMetadata",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader's own list, with FastExecute for Execute and TrustedSaveAutoGrades for SaveAutoGrades
c.Autograde.autograde_preprocessors = [
    "autograder.grading.nbgrader_bridge.FastExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.grading.nbgrader_bridge.TrustedSaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A student's Markdown is HTML in the formgrader's page: nothing in it may run there, or take long
c.HTMLExporter.preprocessors = ["autograder.grading.pages.Bounded"]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograder.grading.pages.clean_html",
    "strip_files_prefix": "autograder.grading.pages.strip_files_prefix",
    "highlight_code": "nbconvert.filters.highlight.Highlight2HTML",  # as Python: a student chooses no lexer
}
c.HTMLExporter.exclude_anchor_links = True  # nbgrader's pages show them always
