package io.evenkeel.testkit.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Figures of one or more processes from Linux's /proc.
 *
 * @param cpu the processor time used so far
 * @param residentBytes the current resident memory
 * @param peakBytes the maximum resident memory so far
 */
record ProcessFigures(Duration cpu, long residentBytes, long peakBytes) {

    /** /proc counts in hundredths of a second, except on custom kernels. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    /** Returns the sums over some processes. */
    static ProcessFigures of(List<Long> pids) throws IOException {
        ProcessFigures all = new ProcessFigures(Duration.ZERO, 0, 0);
        for (long pid : pids) {
            ProcessFigures one = of(pid);
            all = new ProcessFigures(
                    all.cpu.plus(one.cpu), all.residentBytes + one.residentBytes, all.peakBytes + one.peakBytes);
        }
        return all;
    }

    static ProcessFigures of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(process.resolve("stat"));
        // The name in parentheses may contain spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        long resident = 0;
        long peak = 0;
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = kilobytes(line);
            } else if (line.startsWith("VmHWM:")) {
                peak = kilobytes(line);
            }
        }
        return new ProcessFigures(Duration.ofNanos(ticks * NANOS_PER_TICK), resident, peak);
    }

    private static long kilobytes(String line) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
