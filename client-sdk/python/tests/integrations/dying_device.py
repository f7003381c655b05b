"""Runs an example whose process dies at the end of a step, as with kill -9: ``dying_device.py STEP EXAMPLE ARGUMENTS``."""

import os
import runpy
import sys

from evenkeel.loops import LocalRounds

at, example, *arguments = sys.argv[1:]
step = LocalRounds.step
taken = 0


def dies(self, *given, **named):
    global taken
    taken += 1
    if taken == int(at):
        os._exit(9)
    return step(self, *given, **named)


LocalRounds.step = dies
sys.argv = [example, *arguments]
sys.path.insert(0, os.getcwd())
runpy.run_path(example, run_name="__main__")
