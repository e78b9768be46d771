"""The serial line between the robot and the guest's UART, listened to.

limbd-sim's pseudo-terminal on one side, the socket behind the guest's second UART on the other. Bytes pass as they come; the
frames among them (firmware-protocol/SPEC.md) tell what the robot's side did, whatever the daemon says of it. Neither side
loses bytes here, so checksums are left to the two ends.
"""
import os
import select
import socket
import subprocess
import termios
import threading
import time
import tty

SENSOR_QUAD, COMMAND, ARM = 0x10, 0x20, 0x33
STATES = "BOOT WAIT_HELLO DISARMED ARMED COAST DAMP HOLD LIMP FAULT ESTOP".split()
ACTIONS = "OFF FOLLOW COAST HOLD DAMP LIMP".split()


def unstuffed(block):
    """COBS taken off; None where a code byte points beyond the end."""
    out, at = bytearray(), 0
    while at < len(block):
        code = block[at]
        if at + code > len(block):
            return None
        out += block[at + 1 : at + code]
        at += code
        if code < 255 and at < len(block):
            out.append(0)
    return bytes(out)


class Frames:
    """Cuts a stream of bytes into frames."""

    def __init__(self):
        self.rest = b""

    def take(self, data):
        *blocks, self.rest = (self.rest + data).split(b"\0")
        frames = [unstuffed(block) for block in blocks if block]
        return [frame for frame in frames if frame and len(frame) >= 12]


class Moment:
    """What the robot's side said in one sensor frame, and its own clock then."""

    def __init__(self, frame):
        self.milliseconds = int.from_bytes(frame[4:8], "little") / 1000
        self.state, self.action, self.latch = STATES[frame[10]], ACTIONS[frame[11]], frame[12]

    def same(self, other):
        return other is not None and (self.state, self.action, self.latch) == (other.state, other.action, other.latch)

    def __str__(self):
        return f"{self.state}/{self.action}"


class Line(threading.Thread):
    """The robot's process and the line to it. `now` is the newest frame, `changes` every change of state since `mark()`."""

    def __init__(self, simulator, profile, work):
        super().__init__(daemon=True)
        port = work / "robot"
        self.robot = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", simulator, profile, "--port", str(port)],
            stdout=subprocess.PIPE, stderr=open(work / "simulator.log", "w"), text=True,
        )  # fmt: skip
        if not self.robot.stdout.readline().startswith("ready"):
            raise RuntimeError(f"{simulator} made no port; see {work}/simulator.log")
        self.port = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.port, termios.TCSANOW)
        self.peer = None
        self.lock = threading.Lock()
        self.ended = False
        self.now, self.last_obeyed, self.sampled = None, None, {}
        self.mark()
        self.start()

    def mark(self):
        """Forgets what was noted, so that what comes after can be told apart."""
        with self.lock:
            self.changes, self.armings, self.moving_commands = [], 0, 0

    def connect(self, path):
        """The socket of a guest that has just been started."""
        peer = socket.socket(socket.AF_UNIX)
        # A few frames deep, no more: what a UART holds for a host that does not read is soon lost, not kept for later.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        peer.connect(str(path))
        peer.setblocking(False)
        self.peer = peer

    def disconnect(self):
        """The guest is gone: the robot hears nothing more, and what it sends goes nowhere."""
        peer, self.peer = self.peer, None
        if peer:
            peer.close()

    def run(self):
        from_robot, from_guest = Frames(), Frames()
        while not self.ended:
            peer = self.peer
            try:
                ready, _, _ = select.select([self.port] + ([peer] if peer else []), [], [], 0.1)
                if self.port in ready:
                    data = os.read(self.port, 4096)
                    for frame in from_robot.take(data):
                        self._hear_robot(frame)
                    if peer:
                        peer.send(data)
                if peer and peer in ready:
                    data = peer.recv(4096)
                    if not data:
                        self.disconnect()
                        from_guest = Frames()
                    for frame in from_guest.take(data):
                        self._hear_guest(frame)
                    if data:
                        os.write(self.port, data)
            except (OSError, ValueError):
                # No room: a line does not wait, and what its other end does not take is lost. No guest: it was cut off just now.
                if self.robot.poll() is not None:
                    return

    def _hear_robot(self, frame):
        if frame[1] != SENSOR_QUAD:
            return
        moment = Moment(frame)
        with self.lock:
            self.sampled[int.from_bytes(frame[2:4], "little") & 255] = moment.milliseconds
            if not moment.same(self.now):
                self.changes.append(moment)
            self.now = moment

    def _hear_guest(self, frame):
        with self.lock:
            if frame[1] == ARM:
                self.armings += 1
            elif frame[1] == COMMAND and frame[9] == 1:
                self.moving_commands += 1
                # Age counts from the sampling of the frame that the command answers (SPEC 7), unless it is flagged COAST.
                if not frame[10] & 1:
                    self.last_obeyed = self.sampled.get(frame[14] & 255)

    def wait(self, wanted, seconds):
        """The first noted change that `wanted` takes; None if there is none in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.lock:
                found = next((moment for moment in self.changes if wanted(moment)), None)
            if found:
                return found
            time.sleep(0.02)
        return None

    def close(self):
        self.ended = True
        self.join(2)
        self.disconnect()
        self.robot.terminate()
        try:
            self.robot.wait(10)
        except subprocess.TimeoutExpired:
            self.robot.kill()
