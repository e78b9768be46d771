#!/usr/bin/env python3
"""The steps of `make system-test`: what is done to limbd@quad8 in a Debian guest, and what must come of it.

steps.py --work DIR --simulator limbd-sim --profile PROFILE [--cuts N]: DIR holds platter.raw, vmlinuz and initrd.img from
scripts/system-test. Prints a table; the exit code is 1 if a row of it failed.
"""
import argparse
import json
import pathlib
import random
import re
import signal
import sys
import time

from disk import Disk
from guest import Guest, Silence
from line import Line
from service import STATE, UNIT, Service
from table import Table


class Trial:
    def __init__(self, work, simulator, profile):
        text = pathlib.Path(profile).read_text()
        number = lambda key: int(re.search(rf"\b{key}: (\d+)", text).group(1))  # noqa: E731
        self.ttl, self.sync_ms, self.rate = number("command_ttl_ms"), number("sync_ms"), number("rate_hz")
        self.work, self.table, self.disk = work, Table(), Disk(work)
        (work / "console.log").unlink(missing_ok=True)
        self.guest = None
        self.line = Line(simulator, profile, work)

    def boot(self):
        self.guest = Guest(self.work, self.disk)
        self.line.connect(self.guest.uart)
        self.table.say("the guest boots")
        self.guest.boot()
        self.service = Service(self.guest)
        self.table.say("the guest has booted")

    def quiet(self, what, seconds=5):
        """Nothing was armed and nothing moved since `line.mark()`, nor for some seconds more; limbd says DISARMED."""
        status = self.service.wait_disarmed()
        time.sleep(seconds)
        status = self.service.status() or status
        found = f"{status.get('state')}, linked {status.get('linked')}, device {status.get('device_state')}, motors " + (
            f"{'on' if status.get('motors_enabled') else 'off'}; on the wire {self.line.armings} ARM, "
            f"{self.line.moving_commands} moving commands"
        )
        good = status.get("state") == "DISARMED" and status.get("linked") and not status.get("motors_enabled")
        self.table.check(
            f"{what}: disarmed", "DISARMED, linked, motors off, no ARM, no moving command", found,
            good and not self.line.armings and not self.line.moving_commands,
        )  # fmt: skip
        return status

    def robot_saved_itself(self, what):
        """The device coasts at half of the time to live and damps at all of it, by its own clock."""
        damp = self.line.wait(lambda moment: moment.state == "DAMP", 10)
        with self.line.lock:
            changes, obeyed = list(self.line.changes), self.line.last_obeyed
        before = [moment for moment in changes[: changes.index(damp)] if moment.state == "COAST"] if damp else []
        if not before or obeyed is None:
            self.table.check(f"{what}: the robot's side", "COAST, then DAMP", ", ".join(map(str, changes)) or "no change", False)
            return
        ages = [moment.milliseconds - obeyed for moment in (before[-1], damp)]
        # Its state is seen in frames, so up to one period later than it changed.
        period = 1000 / self.rate
        good = all(least <= age <= least + period + 1 for least, age in zip((self.ttl / 2, self.ttl), ages))
        self.table.check(
            f"{what}: the robot's side", f"coasts {self.ttl // 2} ms, damps {self.ttl} ms after the last answered frame",
            f"COAST seen after {ages[0]:.0f} ms, DAMP after {ages[1]:.0f} ms (a frame every {period:.0f} ms)", good,
        )  # fmt: skip

    def installed(self):
        guest, check = self.guest, self.table.check
        code, text = guest.run("ldd /usr/bin/limbd")
        missing = [line.split()[0] for line in text.splitlines() if "not found" in line]
        check("libraries of limbd", "all found", ", ".join(missing) or f"{len(text.splitlines())}, all found", code == 0 and not missing)
        code, text = guest.run("systemd-sysusers && systemd-tmpfiles --create && id limbd")
        check("sysusers makes the account", "limbd, in dialout", text, code == 0 and "(limbd)" in text and "(dialout)" in text)
        _, text = guest.run("stat -c '%n %U:%G %a' /etc/limbd /var/lib/limbd")
        wanted = "/etc/limbd root:root 755, /var/lib/limbd limbd:limbd 750"
        check("tmpfiles makes the folders", wanted, text.replace("\n", ", "), text.replace("\n", ", ") == wanted)
        code, text = guest.run(f"systemd-analyze verify --man=no {UNIT}.service", 120)
        check("systemd-analyze verify", "exit 0, no line", f"exit {code}, {text or 'no line'}", code == 0 and not text)
        code, text = guest.run("limbd check /etc/limbd/quad8.yaml --quiet", 120)
        check("limbd check of the installed profile", "exit 0", f"exit {code}: {text.splitlines()[0]}", code == 0)

    def starts(self):
        guest, service, check = self.guest, self.service, self.table.check
        self.line.mark()
        code, seconds, text = service.start()
        state, kind, process, user = service.show("ActiveState", "Type", "MainPID", "User")
        check("systemctl start", "active within 30 s, Type=notify", f"exit {code}, {state}, {kind}, {seconds:.1f} s {text}",
              code == 0 and state == "active" and kind == "notify" and seconds < 30)  # fmt: skip
        self.quiet("start")
        _, text = guest.run(f"stat -c %U /proc/{process}; find /proc/{process}/fd -lname /dev/ttyS1 | wc -l")
        owner, files = text.split()
        check("the service has the port", "process of limbd, /dev/ttyS1 open", f"process of {owner}, /dev/ttyS1 open {files} times",
              owner == user == "limbd" and int(files) > 0)  # fmt: skip
        _, text = guest.run("stty -F /dev/ttyS1 speed; grep '^1:' /proc/tty/driver/serial")
        check("the UART", "115200 baud, 16550A, bytes both ways", text.replace("\n", ", "),
              text.startswith("115200") and "16550A" in text and re.search(r"tx:[1-9]\d* rx:[1-9]", text))  # fmt: skip
        _, text = guest.run(
            f"for t in /proc/{process}/task/*; do grep -q limbd-control $t/comm && chrt -p ${{t##*/}}; done; grep VmLck /proc/{process}/status"
        )
        locked = int((re.search(r"VmLck:\s+(\d+)", text) or [0, "0"])[1])
        check("real time as the unit grants it", "control SCHED_FIFO 70, memory locked",
              f"{', '.join(line.split(': ')[-1] for line in text.splitlines() if 'current' in line)}, {locked} kB locked",
              "SCHED_FIFO" in text and "priority: 70" in text and locked > 0)  # fmt: skip

    def confirmed(self):
        """A robot that nobody has confirmed is not armed; the installed service finds the record that a person writes."""
        guest, service, check = self.guest, self.service, self.table.check
        code, text = guest.run("limbd arm --robot quad8", 60)
        check("arm before limbd calibrate", "refused: not_calibrated", f"exit {code}: {text.splitlines()[-1] if text else ''}",
              code == 1 and "not_calibrated" in text)  # fmt: skip
        device = service.status().get("device_uuid", "?")
        code, text = guest.run(f"limbd calibrate /etc/limbd/quad8.yaml --accept --uuid {device}", 60)
        end, told = time.monotonic() + 20, 1
        while told and time.monotonic() < end:
            time.sleep(1)
            told, _ = guest.run(f"journalctl -b -u {UNIT} -o cat --no-pager | grep -q 'calibration confirmed'")
        check("limbd calibrate --accept, as root", "exit 0; the running service finds it", f"exit {code}; found: {'no' if told else 'yes'}",
              code == 0 and not told)  # fmt: skip

    def runs(self, what, steps):
        status, good = self.service.walk(steps)
        again = "".join(f"; {count} times: {text}" for text, count in self.service.notes.items())
        self.service.notes.clear()
        counters = status.get("counters", {})
        self.table.check(
            f"{what}: armed, steps are kept", f"{steps} more acknowledged, device armed",
            f"{status.get('state')}, device {status.get('device_state')}, {status.get('written_steps')} acknowledged, "
            f"{counters.get('missed_deadlines')} deadlines missed, {status.get('updates_total')} updates{again}", good,
        )  # fmt: skip

    def dies(self, what, kill, budget, expected):
        """Signals the armed daemon, sees the robot save itself, systemd start it again, and nothing move."""
        service, check = self.service, self.table.check
        self.runs(what, 25)
        old, restarts = service.show("MainPID", "NRestarts")
        self.line.mark()
        begin = time.monotonic()
        _, text = self.guest.run(f"limbd status --robot quad8 --json; kill -{kill} {old}")
        acknowledged = json.loads(text.splitlines()[0])["written_steps"]
        self.robot_saved_itself(what)
        # From here on the old daemon is silent: what moves now would be the new one's doing.
        self.line.mark()
        came = service.wait_restart(old)
        took = time.monotonic() - begin
        count = service.show("NRestarts")[0]
        check(f"{what}: systemd starts it again", f"{expected}, NRestarts {int(restarts) + 1}",
              f"active after {took:.1f} s, NRestarts {count}" if came is not None else "not active again",
              came is not None and took < budget and int(count) == int(restarts) + 1)  # fmt: skip
        status = self.quiet(what)
        written = status.get("written_steps", -1)
        check(f"{what}: acknowledged steps", f"at least {acknowledged}", written, written >= acknowledged)

    def hangs(self):
        self.dies("SIGSTOP", "STOP", 36, "within 36 s (watchdog 2, abort 3, restart 1, start 30)")
        _, text = self.guest.run(f"journalctl -u {UNIT} -o cat --no-pager | grep -i 'watchdog timeout' | tail -n 1")
        self.table.check("SIGSTOP: who killed it", "the watchdog", text, "Watchdog timeout" in text)

    def stops(self):
        service, check = self.service, self.table.check
        self.runs("stop", 25)
        begin = time.monotonic()
        code, _ = self.guest.run(f"systemctl stop {UNIT}", 90)
        took = time.monotonic() - begin
        state, result, status = service.show("ActiveState", "Result", "ExecMainStatus")
        check("systemctl stop", "inactive, success, exit 0, within 40 s", f"{state}, {result}, exit {status}, {took:.1f} s",
              code == 0 and (state, result, status) == ("inactive", "success", "0") and took < 40)  # fmt: skip
        self.line.wait(lambda moment: moment.state == "DISARMED", 5)
        check("stop: the robot's side", "DISARMED, motors OFF", self.line.now, str(self.line.now) == "DISARMED/OFF")
        _, text = self.guest.run(f"limbd inspect $(ls {STATE}/sessions/*.limblog | tail -n 1) --json")
        log = json.loads(text.splitlines()[-1])
        check("stop: the session log", "closed in order, no damage", f"closed in order: {log['closed_in_order']}, {log['damaged_bytes']} bytes damaged",
              log["closed_in_order"] and not log["damaged_bytes"])  # fmt: skip

    def loses_power(self, number):
        service, check, what = self.service, self.table.check, f"power cut {number}"
        if service.show("ActiveState")[0] != "active":
            service.start()
        looks, at = [], None
        for _ in range(5):
            self.runs(what, 25)
            slowest = service.slowest_sync()
            # The phase of the cut against the syncs is nobody's choice.
            looks, at = service.watch(self.line, random.uniform(3, 5), self._cut)
            if at:
                break
        if not at:
            return check(what, "armed, steps growing, when the power goes", "never for long enough", False)
        kept, lost = self.disk.cut_power()
        self.table.say(f"{kept >> 10} KiB were flushed and are kept, {lost >> 10} KiB were not and are gone")
        self.robot_saved_itself(what)
        self.line.mark()
        self.boot()
        stored = self.service.stored()
        steps, last = stored["transitions"], looks[-1][1]
        seen = [when for when, count in looks if count > steps]
        age = (at - seen[0]) * 1000 if seen else 0
        bound = self.sync_ms + slowest
        check(
            f"{what}: what is lost", f"nothing acknowledged more than {self.sync_ms} ms + one sync (at most {slowest:.0f} ms here) before",
            f"{max(0, last - steps)} of {last} acknowledged steps, {service.fresh(looks)} of them in the last second; seen as acknowledged {age:.0f} ms before "
            "the cut, at most", age <= bound,
        )  # fmt: skip
        damage = stored["damaged_records"], stored["damaged_segments"]
        check(f"{what}: the store", "no damaged record, no damaged segment", "{} damaged records, {} segments".format(*damage), damage == (0, 0))
        self.service.start()
        status = self.quiet(f"{what}, start")
        check(f"{what}: the store opens", f"{steps} steps, no store error", f"{status.get('written_steps')} steps, {status.get('store_errors')} errors",
              status.get("written_steps") == steps and status.get("store_errors") == 0)  # fmt: skip

    def _cut(self):
        self.line.mark()
        self.guest.cut_power()
        self.line.disconnect()

    def run(self, cuts):
        self.boot()
        self.installed()
        self.starts()
        self.confirmed()
        self.runs("arm", 100)
        self.dies("kill -9", 9, 31, "within 31 s (restart 1, start 30)")
        self.hangs()
        self.stops()
        for number in range(1, cuts + 1):
            self.loses_power(number)
        self.guest.run(f"systemctl stop {UNIT}", 90)
        went = self.guest.power_off()
        self.table.check("the guest shuts down", "by itself", "by itself" if went else "had to be cut", went)
        code = self.line.robot.poll()
        self.table.check("the simulated robot", "one life from first to last", "running" if code is None else f"exit {code}", code is None)

    def close(self):
        if self.guest and self.guest.is_on:
            self.guest.cut_power()
        self.line.close()
        self.disk.remove()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--cuts", type=int, default=3)
    options = parser.parse_args()
    # So that the guest and the robot end with us, however we are told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    trial = Trial(options.work, options.simulator, options.profile)
    try:
        trial.run(options.cuts)
    except Silence as silence:
        trial.table.check("the guest answers", "within its time", silence, False)
    finally:
        trial.close()
        trial.table.show()
    sys.exit(1 if trial.table.failures else 0)


if __name__ == "__main__":
    main()
