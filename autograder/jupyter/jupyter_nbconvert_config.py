"""A notebook as a page, from JupyterLab or its terminal: widgets as their stored pictures.

A page without a kernel cannot move them, and to draw them it would load programs from the network: without one it
stays empty. As `nbconvert` has it, but for the views of widgets; a document for LaTeX never takes those.
"""

ORDER = "application/javascript", "text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg"
SHOWN = get_config().HTMLExporter  # noqa: F821 - known in such a file
SHOWN.WidgetsDataTypeFilter.display_data_priority = [*ORDER, "text/plain"]
