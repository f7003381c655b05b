package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.tools.exportfile.ExportFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Reads members and messages from a coordinator's export, and verifies every checksum. Not thread-safe. */
public final class RunLog {

    /** Kinds of records. */
    private static final int MEMBER = 4;

    private static final int MESSAGE = 6;

    /** A member's row. */
    private record MemberRow(String client, double weight, int from, int to) {}

    private final Map<Integer, MemberRow> members = new TreeMap<>();
    private final List<Accepted> messages = new ArrayList<>();

    private RunLog() {}

    /**
     * Reads an export.
     *
     * @throws io.evenkeel.tools.exportfile.DamagedExportFileException if a checksum does not match
     */
    public static RunLog read(Path export) throws IOException {
        RunLog log = new RunLog();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(export))) {
            long unused = ExportFile.read(in, log::take);
        }
        return log;
    }

    private void take(int kind, DataInputStream content) throws IOException {
        switch (kind) {
            case MEMBER -> takeMember(content);
            case MESSAGE -> messages.add(message(content));
            default -> {
                // The checksum is verified; the content is not needed.
            }
        }
    }

    private void takeMember(DataInputStream content) throws IOException {
        int ordinal = (int) whole(content);
        String client = text(content);
        double weight = real(content);
        double pending = real(content);
        int from = (int) whole(content);
        int leftAfter = (int) whole(content);
        members.put(
                ordinal,
                new MemberRow(
                        client,
                        Double.isNaN(pending) ? weight : pending,
                        from,
                        leftAfter < 0 ? Integer.MAX_VALUE : leftAfter));
    }

    /** Reads a message; members come before messages in the file. */
    private Accepted message(DataInputStream content) throws IOException {
        MemberRow sender = Objects.requireNonNull(members.get((int) whole(content)));
        int round = (int) whole(content);
        int includedIn = (int) whole(content);
        long sequence = whole(content);
        return new Accepted(sender.client(), round, includedIn, sequence, whole(content));
    }

    /** Reads an integer, -1 for null. */
    private static long whole(DataInputStream content) throws IOException {
        return content.readBoolean() ? content.readLong() : -1;
    }

    /** Reads a floating-point number, NaN for null. */
    private static double real(DataInputStream content) throws IOException {
        return content.readBoolean() ? content.readDouble() : Double.NaN;
    }

    private static String text(DataInputStream content) throws IOException {
        return content.readBoolean() ? new String(content.readNBytes(content.readInt()), StandardCharsets.UTF_8) : "";
    }

    /** Returns the accepted messages. */
    public List<Accepted> messages() {
        return messages;
    }

    /**
     * Returns the memberships over time.
     *
     * @param clients the devices' ids, in the order of the devices
     */
    public History history(List<String> clients, List<Change> changes) {
        List<History.MembershipPeriod> periods = new ArrayList<>();
        members.forEach((ordinal, row) -> periods.add(new History.MembershipPeriod(
                clients.indexOf(row.client()), row.client(), ordinal, row.from(), row.to())));
        return new History(periods, changes);
    }

    /** Returns the weight of a member. */
    public double weight(History.MembershipPeriod member) {
        return Objects.requireNonNull(members.get(member.ordinal())).weight();
    }
}
