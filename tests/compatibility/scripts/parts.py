"""Runs the parts of a script one by one inside the official client's own interpreter, and writes what each gave.

Copied beside the scripts; must run with every version's Python and import nothing of ours.
"""

import json
import os
import sys
import traceback

import wandb

PROJECT = os.environ["COMPATIBILITY_PROJECT"]
PARTS = {}


class Absent(Exception):
    """This version lacks the feature; the message says what is missing."""


def part(function):
    """Make a function a part."""
    PARTS[function.__name__] = function
    return function


def begin(run_id, **more):
    """Start a run of the project."""
    return wandb.init(project=PROJECT, id=run_id, **more)


def need(there, what):
    """Say that this version lacks something."""
    if not there:
        raise Absent(what)


def main():
    """Run the parts named on the command line, or all."""
    for name in sys.argv[1:] or list(PARTS):
        try:
            result = {"value": PARTS[name]()}
        except Absent as missing:
            result = {"absent": str(missing)}
        except Exception as error:
            traceback.print_exc()
            result = {"error": f"{type(error).__name__}: {error}"}
        if wandb.run is not None:
            wandb.finish()
        with open(os.environ["COMPATIBILITY_OUT"], "a") as out:
            out.write(json.dumps({"part": name, **result}, default=repr) + "\n")
