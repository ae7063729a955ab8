"""Tries nbgrader's weakness: a transformer that turns every later cell into `pass`."""

get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
get_ipython().ast_transformers.append(type("Nothing", (), {"visit": lambda self, tree: tree})())
