"""Runs MiniStack for exactly as long as the process that started it. Its argument is the scratch folder.

Standard input is a pipe whose other end that process holds. Nothing is ever written to it: it closes when the
process lets go of it or dies, however it dies, and then MiniStack and every bootstrap it started must end too.
They share one process group, so one signal reaches them all.
"""

import os
import shutil
import signal
import sys
import threading


def end_all():
    os.killpg(0, signal.SIGKILL)


def follow():
    while os.read(0, 1):
        pass
    # A process that died cannot clean up after itself.
    shutil.rmtree(scratch, ignore_errors=True)
    end_all()


scratch = sys.argv[1]
sys.argv = ["ministack"]
threading.Thread(target=follow, daemon=True).start()
try:
    from ministack.app import main

    main()
finally:
    sys.stdout.flush()
    sys.stderr.flush()
    end_all()
