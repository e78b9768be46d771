"""Processes that never outlive the check, and waits that end."""

import ctypes
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """A check that found something else than it expected."""


REALTIME_PRIORITY = 10  # below the 70 of limbd's control


def start(command, output, realtime=False):
    """Starts a process that the kernel kills should the check die without a chance to do so. Its words go into `output`.

    `realtime`: what is a processor of its own in life gets one before other programs do, where the system grants that.
    """
    libc = ctypes.CDLL(None)

    def prepare():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if realtime:
            try:
                os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REALTIME_PRIORITY))
            except PermissionError:
                pass
    with open(output, "ab") as file:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=prepare)


def end(process, how=signal.SIGKILL, seconds=20):
    """Ends a process and returns its exit code; one that does not listen is killed, which is a failure too."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failure(f"{process.args[0]} took no notice of {signal.Signals(how).name} for {seconds} s") from None
    return process.returncode


def wait_for(expected, look, is_right, seconds):
    """Looks until it is right; returns what was found. `expected` says in words what was waited for."""
    limit = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and is_right(found):
            return found
        if time.monotonic() > limit:
            raise Failure(f"expected {expected} within {seconds} s, found {found}")
        time.sleep(0.05)
