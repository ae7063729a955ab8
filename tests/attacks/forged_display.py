"""Says that its cell showed other things than outputs, a page with a script among them.

Ended: perhaps
"""

script = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}
outputs = [script, 3, [], {"output_type": "stream", "name": "stdout", "text": {"a": 1}}, {"output_type": ["error"]}]
say(frame({"returned": {"outputs": outputs, "error": None}, "printed": ""}))
