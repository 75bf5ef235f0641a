"""Trains in pieces: each call goes on where the last one stopped, in the same run.

python examples/resume.py    # steps 0 to 19
python examples/resume.py    # steps 20 to 39
"""

import runwell

with runwell.init(project="resume", id="counting-to-forty", resume="allow") as run:
    first = run.starting_step
    for step in range(first, first + 20):
        run.log({"square": step * step}, step=step)
    print(f"this call recorded steps {first} to {first + 19}")
