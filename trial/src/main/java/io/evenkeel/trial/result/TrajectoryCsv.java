package io.evenkeel.trial.result;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * trajectory.csv: a header, then one line for each point, run by run. Numbers are read back to the same bits; missing
 * figures are empty.
 */
public final class TrajectoryCsv {

    /** The file's name in a results folder. */
    public static final String NAME = "trajectory.csv";

    private static final String HEADER =
            "arm,seed,round,loss,grad_norm,test_metric,uplink_bytes,downlink_bytes,step_size,direction_norm,epsilon,seconds";

    private static final int CELLS = 12;

    private TrajectoryCsv() {}

    /** The run of a point. */
    public record Key(String arm, long seed) {}

    public static void write(List<ArmRun> runs, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write(HEADER + "\n");
            for (ArmRun run : runs) {
                for (TrajectoryPoint point : run.points()) {
                    out.write(line(run, point));
                }
            }
        }
    }

    private static String line(ArmRun run, TrajectoryPoint p) {
        return run.arm() + "," + run.seed() + "," + p.round() + "," + number(p.loss()) + "," + number(p.gradNorm())
                + "," + number(p.testMetric()) + "," + p.uplinkBytes() + "," + p.downlinkBytes() + ","
                + number(p.stepSize()) + "," + number(p.directionNorm()) + ","
                + number(p.epsilon()) + "," + number(p.seconds()) + "\n";
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /**
     * Reads the points of each run, in the order of the file.
     *
     * @throws IOException if it cannot be read, or a line is malformed; the message then contains the line's number
     */
    public static Map<Key, List<TrajectoryPoint>> read(Path file) throws IOException {
        Map<Key, List<TrajectoryPoint>> runs = new LinkedHashMap<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            String header = in.readLine();
            if (!HEADER.equals(header)) {
                throw new IOException(file + ":1: '" + header + "', expected the header " + HEADER);
            }
            int number = 1;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                add(line, file + ":" + number, runs);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return runs;
    }

    private static void add(String line, String place, Map<Key, List<TrajectoryPoint>> runs) throws IOException {
        String[] cells = line.split(",", -1);
        if (cells.length != CELLS) {
            throw new IOException(place + ": " + cells.length + " cells, expected " + CELLS);
        }
        try {
            Key key = new Key(cells[0], Long.parseLong(cells[1]));
            runs.computeIfAbsent(key, k -> new ArrayList<>()).add(point(cells));
        } catch (NumberFormatException e) {
            throw new IOException(place + ": " + e.getMessage() + ", expected a number", e);
        }
    }

    private static TrajectoryPoint point(String[] cells) {
        return new TrajectoryPoint(
                Integer.parseInt(cells[2]),
                value(cells[3]),
                value(cells[4]),
                value(cells[5]),
                Long.parseLong(cells[6]),
                Long.parseLong(cells[7]),
                value(cells[8]),
                value(cells[9]),
                value(cells[10]),
                value(cells[11]));
    }

    private static double value(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
