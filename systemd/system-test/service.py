"""limbd@quad8 in the guest, as an operator sees it: systemctl, the client commands, and what the control socket says."""
import collections
import json
import time

UNIT = "limbd@quad8"
STATE = "/var/lib/limbd/quad8"

# Asks the control socket twenty times a second and prints uptime, acknowledged steps and the device's state. Perl, because a
# bare Debian has it, and because starting `limbd status` for each look takes an emulated processor half a second.
# Ends by itself after so many seconds.
WATCH = r"""perl -MIO::Socket::UNIX -e '
  my $s = IO::Socket::UNIX->new(Peer => "/run/limbd/quad8/control.sock") or die "no socket: $!\n"; $| = 1;
  my $end = time + shift;
  while (time < $end) {
    syswrite $s, "status\n"; my $answer = <$s> // last;
    open my $u, "<", "/proc/uptime"; my ($up) = split " ", <$u>;
    my ($steps) = $answer =~ /"written_steps":(\d+)/; my ($device) = $answer =~ /"device_state":"(\w+)"/;
    print "watch $up $steps $device\n"; select undef, undef, undef, 0.05;
  }' %d"""


class Service:
    """Asks and acts through a guest's shell. `notes` collects what had to be done again, for the table."""

    def __init__(self, guest):
        self.guest, self.notes = guest, collections.Counter()

    def status(self):
        """What `limbd status --json` says; nothing where no daemon answers."""
        _, text = self.guest.run("limbd status --robot quad8 --json")
        try:
            return json.loads(text.splitlines()[-1])
        except (ValueError, IndexError):
            return {}

    def wait_status(self, wanted, seconds):
        """The first status that `wanted` takes, or the last one in that time."""
        end = time.monotonic() + seconds
        while True:
            status = self.status()
            if (status and wanted(status)) or time.monotonic() > end:
                return status
            time.sleep(0.2)

    def wait_disarmed(self, seconds=60):
        return self.wait_status(lambda status: status["linked"] and status["state"] == "DISARMED", seconds)

    def show(self, *names):
        """Properties of the unit."""
        _, text = self.guest.run(f"systemctl show {UNIT} " + " ".join(f"-p {name}" for name in names))
        found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        return [found.get(name, "?") for name in names]

    def start(self):
        """Exit code of systemctl start, and the seconds that it took."""
        begin = time.monotonic()
        code, text = self.guest.run(f"systemctl start {UNIT}", 90)
        return code, time.monotonic() - begin, text

    def wait_restart(self, old, seconds=60):
        """Waits until systemd has the unit active under another process number; seconds since the call, None if never."""
        begin = time.monotonic()
        while time.monotonic() < begin + seconds:
            process, state = self.show("MainPID", "ActiveState")
            if state == "active" and process not in ("0", old):
                return time.monotonic() - begin
            time.sleep(0.2)
        return None

    def walk(self, steps, seconds=300):
        """Arms the robot until `steps` more steps are acknowledged while the device is armed. What comes in between (updates owed
        from before are paid first; the emulated machine, or the one below it, stood still for longer than `safety.coast_ms`) is
        noted, and the robot armed again, as a person would do. Gives the last status, and whether it got there."""
        end = time.monotonic() + seconds
        first, asked = None, False
        while time.monotonic() < end:
            status = self.status()
            if not status:
                continue
            if status["device_state"] in ("armed", "coast"):
                first = status["written_steps"] if first is None else first
                if status["written_steps"] >= first + steps:
                    return status, True
            elif status["state"] == "DISARMED" and status["linked"]:
                if asked:
                    _, text = self.guest.run(f"journalctl -b -u {UNIT} -o cat --no-pager -n 2")
                    self.notes.update([" → ".join(line.removeprefix("limbd: ") for line in text.splitlines())])
                self.guest.run("limbd clear --robot quad8")
                code, text = self.guest.run("limbd arm --robot quad8")
                asked = code == 0
                if not asked:
                    self.notes.update([text.removeprefix("limbd: ")])
                time.sleep(1)
            time.sleep(0.3)
        return self.status(), False

    def watch(self, line, seconds, cut):
        """Follows the acknowledgements for some seconds, then calls `cut` while they grow: between two episodes there is nothing
        to lose. Gives (host's time, steps) of each look and the instant of the cut; None, and no cut, where they grew no more."""
        looks, end, at = [], time.monotonic() + seconds, None

        def hear(text):
            nonlocal at
            words = text.split()
            if words[:1] != ["watch"]:
                return False
            looks.append((time.monotonic(), int(words[2])))
            if self.fresh(looks) < 10 or words[3] != "armed" or line.now.state != "ARMED" or time.monotonic() < end:
                return False
            cut()
            at = time.monotonic()
            return True

        self.guest.follow(WATCH % (seconds + 30), hear, seconds + 60)
        return looks, at

    @staticmethod
    def fresh(looks):
        """Steps that were acknowledged in the last second of these looks."""
        at, steps = looks[-1]
        return steps - max((count for when, count in looks if when < at - 1), default=steps)

    def slowest_sync(self, times=20):
        """Longest of so many small writes brought to the disk beside the running daemon, milliseconds."""
        command = f"for i in $(seq {times}); do dd if=/dev/zero of=/var/lib/probe bs=4k count=1 conv=notrunc,fdatasync; done; rm /var/lib/probe"
        _, text = self.guest.run(command, 120)
        return max(float(line.split(", ")[-2].split()[0]) * 1000 for line in text.splitlines() if "copied" in line)

    def stored(self):
        """What `limbd inspect` finds of the replay store, no daemon needed."""
        _, text = self.guest.run(f"limbd inspect {STATE} --json", 120)
        return json.loads(text.splitlines()[-1])
