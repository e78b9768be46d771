"""The guest's disk, and what of it a power cut leaves.

A killed emulator leaves in the host's page cache whatever the guest's driver has sent, flushed or not; a disk whose power is cut
does not have to. So the emulator logs every write and flush (QEMU's blklogwrites, the format of Linux' dm-log-writes), and after the
cut only what stands before the last completed flush is brought to the image that the guest boots from next.
"""
import shutil
import struct

MAGIC, VERSION = 0x6A736677736872, 1
FLUSH, DISCARD = 1, 4
LOG_BYTES = 16 << 30  # sparse


class Disk:
    """`platter` is what is safe; the guest writes to `scratch`, a copy, and to `log`."""

    def __init__(self, work):
        self.platter, self.scratch, self.log = work / "platter.raw", work / "scratch.raw", work / "writes.log"

    def insert(self):
        """Makes the disk ready for a guest that begins with what is safe; gives QEMU's arguments for it."""
        shutil.copyfile(self.platter, self.scratch)
        with open(self.log, "wb") as file:
            file.truncate(LOG_BYTES)
        # No flush has to reach the host's own disk: it is the guest's power that fails, not this machine's.
        cached = "cache.direct=off,cache.no-flush=on"
        return [
            "-blockdev", f"driver=file,node-name=scratch,filename={self.scratch},{cached}",
            "-blockdev", f"driver=file,node-name=writes,filename={self.log},{cached}",
            "-blockdev", "driver=blklogwrites,node-name=disk,file=scratch,log=writes",
            "-device", "virtio-blk-pci,drive=disk,write-cache=on",
        ]  # fmt: skip

    def entries(self):
        """(flags, offset of the data in the log, its length, place on the disk) of each logged request, in order."""
        with open(self.log, "rb") as file:
            magic, version, _, sector = struct.unpack("<QQQI", file.read(28))
            if (magic, version) != (MAGIC, VERSION):
                raise RuntimeError(f"{self.log} is no log of writes")
            at = sector
            while True:
                file.seek(at)
                place, sectors, flags = struct.unpack("<QQQ", file.read(24))
                # The log is sparse: behind its end stand zeros, and a request is never all zero.
                if not sectors and not flags:
                    return
                # A discard has a length, but nothing of it stands in the log.
                length = 0 if flags & DISCARD else sectors * sector
                yield flags, at + sector, length, place * sector
                at += sector + length

    def cut_power(self):
        """Brings what was flushed to the platter, throws the rest away. Gives bytes kept and bytes lost."""
        entries = list(self.entries())
        last = max((index for index, entry in enumerate(entries) if entry[0] & FLUSH), default=-1)
        with open(self.log, "rb") as log, open(self.platter, "r+b") as platter:
            # What stands in discarded blocks is nobody's: leaving it is as good as anything.
            for _, offset, length, place in entries[: last + 1]:
                log.seek(offset)
                platter.seek(place)
                platter.write(log.read(length))
        return tuple(sum(entry[2] for entry in part) for part in (entries[: last + 1], entries[last + 1 :]))

    def remove(self):
        for path in (self.scratch, self.log):
            path.unlink(missing_ok=True)
