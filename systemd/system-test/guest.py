"""A Debian guest under software emulation, and the root shell in it."""
import socket
import subprocess
import time


class Silence(Exception):
    """The guest has not answered within its time."""


class Guest:
    """One power-on of the machine in `work`. The console goes to console.log; commands go over a channel of their own."""

    def __init__(self, work, disk):
        self.work, self.count, self.rest = work, 0, b""
        shell, uart = work / "shell.sock", work / "uart.sock"
        for path in (shell, uart):
            path.unlink(missing_ok=True)
        self.uart = uart
        self.process = subprocess.Popen(
            [
                # Whatever ends the test ends the guest.
                "setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-accel", "tcg", "-machine", "pc", "-cpu", "max", "-smp", "2", "-m", "1024",
                "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none",
                "-kernel", str(work / "vmlinuz"), "-initrd", str(work / "initrd.img"),
                # Mitigations protect nobody here and cost an emulated processor a good part of its speed.
                "-append", "root=/dev/vda rw console=ttyS0 quiet mitigations=off panic=-1 systemd.show_status=0",
                *disk.insert(),
                "-chardev", f"file,id=console,path={work / 'console.log'},append=on", "-serial", "chardev:console",
                "-chardev", f"socket,id=uart,path={uart},server=on,wait=off", "-serial", "chardev:uart",
                "-chardev", f"socket,id=shell,path={shell},server=on,wait=off",
                "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=shell,name=limbd.shell",
                "-device", "virtio-rng-pci",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(work / "emulator.log", "w"),
        )  # fmt: skip
        self.shell = self._connect(shell)

    def _connect(self, path, seconds=20):
        end = time.monotonic() + seconds
        while True:
            peer = socket.socket(socket.AF_UNIX)
            try:
                peer.connect(str(path))
                return peer
            except OSError:
                peer.close()
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Silence(f"the emulator did not start; see {self.work}/emulator.log") from None
                time.sleep(0.1)

    def _read(self, end):
        """More of the shell's answer."""
        self.shell.settimeout(max(0.01, end - time.monotonic()))
        try:
            data = self.shell.recv(65536)
        except TimeoutError:
            data = b""
        if not data:
            raise Silence(f"the guest's shell is silent; see {self.work}/console.log")
        self.rest += data

    def boot(self, seconds=300):
        """Waits until the shell answers and systemd has nothing more to start."""
        self.run("true", seconds)
        # `degraded` is not ours to judge here: units of the guest that have nothing to do with limbd may fail.
        self.run("systemctl is-system-running --wait", seconds)

    def run(self, command, seconds=60):
        """Runs a command in the guest's shell: its exit code and what it printed."""
        lines = []
        code = self.follow(command, lambda line: lines.append(line), seconds)
        return code, "\n".join(lines).strip()

    def follow(self, command, hear, seconds):
        """As `run`, with `hear` called for every line as it comes. Stops early, giving None, where it returns True."""
        self.count += 1
        mark = f"--{self.count}-done--"
        self.shell.sendall(f"{{ {command}\n}} </dev/null 2>&1; code=$?; echo; echo {mark} $code\n".encode())
        end = time.monotonic() + seconds
        while True:
            line, newline, rest = self.rest.partition(b"\n")
            if not newline:
                self._read(end)
                continue
            self.rest = rest
            text = line.decode(errors="replace")
            if text.startswith(mark):
                return int(text.split()[1])
            if hear(text):
                return None

    def cut_power(self):
        """The end of this guest, as if its plug had been pulled."""
        self.process.kill()
        self.process.wait()
        self.shell.close()

    def power_off(self, seconds=90):
        """Shuts the guest down in order. True if it went by itself."""
        self.shell.sendall(b"systemctl poweroff\n")
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.cut_power()
            return False
        self.shell.close()
        return True

    @property
    def is_on(self):
        return self.process.poll() is None
