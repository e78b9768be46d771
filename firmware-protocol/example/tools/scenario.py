"""What limbd and the microcontroller do together, step by step. Each step raises Failure with what it expected and found."""

import json
import subprocess
import time

from children import Failure
from frames import ACTIONS, STATES, Reader

# board/robot.c and board/plant.c say so; example.yaml names the same device and stance.
UUID = "6c696d622d6578616d706c652d303031"
START_RAD = {"shoulder": -0.6, "elbow": 1.4}
STANCE_RAD = {"shoulder": 0.3, "elbow": 0.8}
Q_PER_RAD = 4096
FOLLOWING = ("armed", "coast")
TTL_MS = 200
MOTION_RAD = 0.2
FRAME_MS = 10
LIMP_AFTER_MS = 2000
COMMAND_EXPIRED, DEVICE_RESET_PIN = 1, 2


def expect(what, expected, found):
    if expected != found:
        raise Failure(f"{what}: expected {expected}, found {found}")


def expect_near(what, expected_rad, found_rad, tolerance_rad):
    far = [name for name in expected_rad if not abs(expected_rad[name] - found_rad[name]) <= tolerance_rad]
    if far:
        raise Failure(f"{what}: expected {expected_rad} within {tolerance_rad} rad, found {found_rad}")


def angles(status):
    return ", ".join(f"{name} {rad:.3f} rad" for name, rad in status["joint_position_rad"].items())


class Scenario:
    def __init__(self, emulator, daemon, before_reset=lambda: None):
        self.emulator, self.daemon, self.before_reset = emulator, daemon, before_reset

    def steps(self):
        return [self.greeting, self.linking, self.arming, self.commands, self.time_out, self.after_time_out,
                self.emergency_stop, self.reset, self.goodbye]

    def start_daemon(self):
        self.emulator.release_line()
        self.daemon.run()

    def greeting(self):
        result = subprocess.run([self.daemon.limbd, "check", self.daemon.profile, "--connect", "--quiet", "--json"],
                                capture_output=True, text=True, timeout=60)
        answer = json.loads(result.stdout)
        if result.returncode != 0:
            raise Failure(f"limbd check --connect: expected exit code 0, found {result.returncode}: {answer['findings']}")
        device = answer["device"]
        for key, value in {"agrees": True, "uuid": UUID, "firmware": "1.0.0", "joints": 2, "rate_hz": 100}.items():
            expect(f"limbd check --connect: {key}", value, device.get(key))
        # Nobody can turn these joints by hand: their signs are taken on our word.
        subprocess.run([self.daemon.limbd, "calibrate", self.daemon.profile, "--accept"], check=True, stdout=subprocess.DEVNULL, timeout=60)
        return f"firmware {device['firmware']} of board {device['uuid']}, {device['joints']} joints, {device['rate_hz']} Hz, fits the profile"

    def linking(self):
        self.start_daemon()
        status = self.daemon.wait(20, linked=True, state="DISARMED", device_state="disarmed", motors_enabled=False)
        expect_near("joints before any arming", START_RAD, status["joint_position_rad"], 0.01)
        return f"limbd and device disarmed, motors off, {angles(status)}"

    def arming(self):
        while True:
            self.daemon.does("policy", "zero")
            self.daemon.does("arm")
            status = self.daemon.wait(20, state={"RUN/EPISODE", "DISARMED"})
            if status["state"] == "RUN/EPISODE":
                break
            self.stopped(status)
        if status["device_state"] not in FOLLOWING or not status["motors_enabled"]:
            raise Failure(f"after arm: expected a device in {FOLLOWING}, motors on, found {status['device_state']}, "
                          f"{status['motors_enabled']}")
        expect_near("joints in the stance", STANCE_RAD, status["joint_position_rad"], 0.05)
        return f"armed, in the stance: {angles(status)}"

    def stopped(self, status):
        """On a computer that stalls for longer than the time to live the device stops by itself, as it should."""
        self.daemon.stalled(f"the device stopped, {status['device_state']}")
        self.daemon.wait(20, state="DISARMED")
        self.daemon.does("clear")

    def commands(self):
        """From the stance, the policy moves both joints; the network is fresh, so where they go means nothing."""
        self.daemon.does("policy", "sample")
        seen = {name: [] for name in STANCE_RAD}
        limit = time.monotonic() + 30

        def way(name):
            return max(seen[name]) - min(seen[name])
        while not all(seen.values()) or min(map(way, seen)) < MOTION_RAD:
            status = self.daemon.status()
            if status["device_state"] not in FOLLOWING:
                self.stopped(status)
                self.arming()
                return self.commands()
            for name, rad in status["joint_position_rad"].items():
                seen[name].append(rad)
            if time.monotonic() > limit:
                raise Failure(f"expected both joints to move by {MOTION_RAD} rad within 30 s, found {angles(status)}, "
                              + ", ".join(f"{name} by {way(name):.3f}" for name in seen))
            time.sleep(0.05)
        return "the policy moves " + ", ".join(f"{name} over {way(name):.2f} rad" for name in seen)

    def time_out(self):
        """limbd dies in mid-stride; what the device then does, by its own frames and its own clock."""
        self.daemon.kill()
        frames, reader = [], Reader("SENSOR_ARM")
        for piece in self.emulator.read_line(15):
            frames += reader.push(piece)
            if frames and STATES[frames[-1]["state"]] == "LIMP":
                break
        path = [STATES[f["state"]] for i, f in enumerate(frames) if i == 0 or frames[i - 1]["state"] != f["state"]]
        expect("last states after kill -9", ["COAST", "DAMP", "LIMP"], path[-3:])
        expect("states before them", set(), set(path[:-2]) - {"ARMED", "COAST"})
        first = {name: next(f for f in frames if STATES[f["state"]] == name) for name in ["COAST", "DAMP", "LIMP"]}
        # A frame shows a change up to one period late.
        for name, earliest_ms in [("COAST", TTL_MS / 2), ("DAMP", TTL_MS)]:
            age_ms = first[name]["cmd_age_100us"] / 10
            if not earliest_ms <= age_ms <= earliest_ms + FRAME_MS:
                raise Failure(f"age of the last command at the first frame in {name}: expected {earliest_ms} ms and at "
                              f"most {FRAME_MS} ms more, found {age_ms} ms")
        damped_ms = (first["LIMP"]["t_us"] - first["DAMP"]["t_us"]) % 2**32 / 1000
        if abs(damped_ms - LIMP_AFTER_MS) > FRAME_MS:
            raise Failure(f"DAMP lasted {damped_ms} ms, expected {LIMP_AFTER_MS} within {FRAME_MS}")
        for name, action in [("COAST", "COAST"), ("DAMP", "DAMP"), ("LIMP", "LIMP")]:
            expect(f"action of the motors in {name}", action, ACTIONS[first[name]["action"]])
        expect("latch", [COMMAND_EXPIRED] * 2, [first["DAMP"]["latch"], first["LIMP"]["latch"]])
        coasting = [f for f in frames if STATES[f["state"]] == "COAST"]
        error_rad = max(abs(j["q"] - j["applied"]) / Q_PER_RAD for j in coasting[-1]["joints"])
        if not error_rad < 0.05:
            raise Failure(f"joints at the end of COAST: expected within 0.05 rad of their targets, found {error_rad:.3f}")
        return (f"limbd killed: COAST at {first['COAST']['cmd_age_100us'] / 10:.1f} ms, DAMP at "
                f"{first['DAMP']['cmd_age_100us'] / 10:.1f} ms of the command's age, LIMP {damped_ms:.0f} ms later, latched")

    def after_time_out(self):
        self.start_daemon()
        status = self.daemon.wait(20, linked=True, device_state="limp", motors_enabled=False)
        reason = self.daemon.refuses("arm")
        self.daemon.does("clear")
        self.daemon.wait(10, state="DISARMED", device_state="disarmed")
        self.arming()
        return f"a new limbd finds it limp ({status['state']}), cannot arm ({reason.splitlines()[0]}), clears, arms"

    def emergency_stop(self):
        self.commands()
        self.daemon.does("estop")
        self.daemon.wait(5, state="ESTOP", device_state="emergency_stop")
        self.daemon.refuses("arm")
        reason = self.daemon.refuses("clear")
        self.daemon.does("clear", "--estop")
        self.daemon.wait(10, state="DISARMED", device_state="disarmed", motors_enabled=False)
        return f"limbd and device in ESTOP; not armed; not cleared by the way ({reason.splitlines()[0]}); cleared by --estop"

    def reset(self):
        self.arming()
        self.commands()
        before = self.daemon.status()
        self.before_reset()
        self.emulator.reset()
        # The joints stand where they did at the first start: the reset took the whole program back.
        self.daemon.wait(20, state="DISARMED", linked=True, device_state="disarmed", motors_enabled=False)
        limit = time.monotonic() + 2
        while time.monotonic() < limit:
            status = self.daemon.status()
            expect("armings after the reset", before["counters"]["armings"], status["counters"]["armings"])
            expect("motors after the reset", False, status.get("motors_enabled"))
            expect_near("joints after the reset", START_RAD, status["joint_position_rad"], 0.01)
            time.sleep(0.1)
        expect("reset cause that the program saw", DEVICE_RESET_PIN, self.emulator.memory(self.emulator.symbols["reset_cause"], 1)[0])
        return f"microcontroller reset in mid-stride: {status['state']} ({status['reason']}) for 2 s, {angles(status)}"

    def goodbye(self):
        status = self.daemon.status()
        if status["state"] != "DISARMED":
            raise Failure(f"expected DISARMED before the last arming, found {status['state']}")
        self.arming()
        self.daemon.does("disarm")
        self.daemon.wait(15, state="DISARMED", device_state="disarmed", motors_enabled=False)
        status = self.daemon.status()
        expect("frames that limbd could not use", 0, status["counters"]["invalid_frames"])
        expect("exit code of limbd after SIGTERM", 0, self.daemon.terminate())
        return (f"armed again, disarmed: motors off; {status['counters']['frames']} frames, none damaged; limbd ends"
                + (f"; asked again ({', '.join(self.daemon.stalls)})" if self.daemon.stalls else ""))
