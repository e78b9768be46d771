"""limbd, as a person uses it: run, and the clients of its control socket."""

import json
import os
import signal
import subprocess
import time

from children import Failure, end, start, wait_for

# Refusals that say no more than that this computer was busy with something else for a moment.
STALLS = ("frames_missing", "device_silent", "deadlines_missed", "control has not answered yet")
MOST_STALLS = 6


class Daemon:
    def __init__(self, limbd, profile, folder):
        self.limbd, self.profile, self.folder = limbd, profile, folder
        self.state = os.path.join(folder, "state")
        self.process = None
        self.stalls = []  # what had to be asked again, and why

    def run(self):
        """Starts the daemon without arming; the policy holds the stance until a client says otherwise."""
        self.process = start([self.limbd, "run", self.profile, "--no-learn", "--policy", "zero", "--state", self.state],
                             os.path.join(self.folder, "limbd.log"))

    def client(self, *words):
        """Exit code and words of `limbd WORDS`, by the daemon's socket."""
        result = subprocess.run([self.limbd, *words, "--socket", os.path.join(self.state, "control.sock")],
                                capture_output=True, text=True, timeout=30)
        return result.returncode, (result.stdout + result.stderr).strip()

    def does(self, *words):
        """The same for what must succeed; returns its words. What a stalled computer is the reason of is asked again."""
        while True:
            code, text = self.client(*words)
            if code == 0:
                return text
            if not any(reason in text for reason in STALLS):
                raise Failure(f"limbd {' '.join(words)}: expected exit code 0, found {code}: {text}")
            self.stalled(f"{words[0]}: {text.removeprefix('limbd: ').split(':')[0]}")
            time.sleep(1)

    def stalled(self, words):
        """Notes what this computer prevented by being busy; that must not go on for ever."""
        self.stalls.append(words)
        if len(self.stalls) > MOST_STALLS:
            raise Failure(f"expected at most {MOST_STALLS} interruptions, as a busy computer makes them, found {', '.join(self.stalls)}")

    def refuses(self, *words):
        """The same for what must be refused; returns the reason."""
        code, text = self.client(*words)
        if code == 0:
            raise Failure(f"limbd {' '.join(words)}: expected a refusal, found exit code 0: {text}")
        return text

    def status(self):
        """The daemon's status, or None while there is none."""
        if self.process.poll() is not None:
            raise Failure(f"limbd ended with {self.process.returncode}, see {self.folder}/limbd.log")
        _, text = self.client("status", "--json")
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return None

    def wait(self, seconds, **expected):
        """Until the status has these values, or one of a set; returns it."""
        def is_right(status):
            return all(status.get(key) in (value if isinstance(value, set) else {value}) for key, value in expected.items())

        def look():
            status = self.status()
            keys = {"state", "reason", "linked", "device_state", "motors_enabled", *expected}
            return status if status is None or is_right(status) else {key: status.get(key) for key in sorted(keys)}
        return wait_for(f"limbd status with {expected}", look, is_right, seconds)

    def kill(self):
        """kill -9: no farewell to the device."""
        end(self.process, signal.SIGKILL)

    def terminate(self):
        """SIGTERM: the robot parks first."""
        return end(self.process, signal.SIGTERM)
