"""What the program takes: code, RAM, stack, instructions of a tick. Read from the map, the call graph, and the running program."""

import re
import subprocess

from children import Failure
from emulator import INSTRUCTION_SHIFT
from stack import CallGraph

STACK_PAINT = 0x5AA5C33C
CLOCK_NS = 40
PARTS = {"firmware": "the C reference firmware", "board": "the board's own", "libgcc": "the compiler's runtime library"}


class Figures:
    def __init__(self, emulator, build):
        self.emulator, self.build, self.elf = emulator, build, build / "example.elf"
        self.stack_used = 0
        self.loads = {"tick_load": None, "frame_load": None}

    def read(self):
        """Reads the running program; a reset forgets, so before one and at the end. The worst of all readings counts."""
        low, high = (self.emulator.symbols[name] for name in ("stack_low", "stack_high"))
        words = self.emulator.words("stack_low", (high - low) // 4)
        untouched = next((i for i, word in enumerate(words) if word != STACK_PAINT), len(words))
        self.stack_used = max(self.stack_used, high - low - 4 * untouched)
        for name, known in self.loads.items():
            ticks, least, most, _, low_sum, high_sum = self.emulator.words(name, 6)
            found = (ticks, least, most, low_sum + (high_sum << 32))
            if ticks and known:
                found = (known[0] + ticks, min(known[1], least), max(known[2], most), known[3] + found[3])
            self.loads[name] = found if ticks else known

    def check_stack(self):
        """The compiler's bound must hold what was measured, and the stack the bound."""
        reserved = self.emulator.symbols["stack_high"] - self.emulator.symbols["stack_low"]
        self.bound, self.way = CallGraph(self.build, self.elf).worst()
        if not 0 < self.stack_used <= self.bound <= reserved:
            raise Failure(f"stack: expected 0 < used <= bound <= reserved, found {self.stack_used}, {self.bound}, {reserved} bytes")

    def _sections(self):
        """Bytes by part of the program and kind of memory, from the linker's map."""
        text = (self.build / "example.map").read_text(encoding="utf-8").split("Linker script and memory map", 1)[1]
        found = {}
        for name, size, file in re.findall(r"^ (\.\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", text, re.M):
            kind = name.split(".")[1]
            part = next((part for part in PARTS if f"{part}/" in file or f"{part}.a" in file), None)
            if part and kind in ("text", "rodata", "vectors", "data", "bss", "noinit"):
                memory = "RAM" if kind in ("data", "bss", "noinit") else "flash"
                found[part, memory] = found.get((part, memory), 0) + int(size, 16)
        return found

    def _runtime(self):
        """The compiler's own functions that the program calls: what the processor has no instruction for."""
        return sorted(title for title in CallGraph(self.build, self.elf).compiled if title.startswith("__"))

    def _symbol_bytes(self, symbol):
        text = subprocess.run(["arm-none-eabi-nm", "-S", str(self.elf)], check=True, capture_output=True, text=True).stdout
        return int(re.search(rf"^[0-9a-f]+ ([0-9a-f]+) \w {symbol}$", text, re.M)[1], 16)

    def print(self):
        size = subprocess.run(["arm-none-eabi-size", str(self.elf)], check=True, capture_output=True, text=True).stdout
        text, data, bss = map(int, size.splitlines()[1].split()[:3])
        sections = self._sections()
        parts = ", ".join(f"{words} {sections.get((part, 'flash'), 0)}" for part, words in PARTS.items())
        print(f"flash: {text + data} bytes: {parts} ({', '.join(self._runtime())})")
        reserved = self.emulator.symbols["stack_high"] - self.emulator.symbols["stack_low"]
        print(f"RAM: {data + bss} bytes: struct limb_firmware {self._symbol_bytes('firmware')}, its configuration "
              f"{self._symbol_bytes('config')}, the UART's rings {2 * self._symbol_bytes('sending')}, the stack {reserved}")
        print(f"stack: {self.stack_used} bytes used (painted, read afterwards), {self.bound} at most (-fstack-usage, call graph): "
              + " > ".join(self.way))
        for name, words in {"tick_load": "a control tick", "frame_load": "one that sends a SENSOR frame"}.items():
            ticks, least, most, total = self.loads[name]
            least, most, mean = (round(clocks * CLOCK_NS / 2**INSTRUCTION_SHIFT) for clocks in (least, most, total / ticks))
            print(f"{words}: {mean} instructions on average, {least} to {most} ({ticks} ticks under -icount)")
