"""Draw docs/lesson1.png anew: run the solved first lesson, and keep its picture of a word as two nets read it.

python docs/lesson1_picture.py
"""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    lesson = runpy.run_path(str(ROOT / "solutions" / "01_feedback_loop" / "feedback_loop.py"))
    (ROOT / "docs" / "lesson1.png").write_bytes(lesson["show_sony"]().png())
