package io.evenkeel.pilot.chaos;

import io.evenkeel.coordinator.transfer.Row;
import io.evenkeel.coordinator.transfer.RunFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a coordinator's export says about members and messages. Reading it verifies every checksum. Not thread-safe. */
final class RunLog {

    /** A member's row. */
    private record MemberRow(String client, double weight, int from, int to) {}

    private final Map<Integer, MemberRow> members = new TreeMap<>();
    private final List<Accepted> messages = new ArrayList<>();

    private RunLog() {}

    /**
     * Reads an export.
     *
     * @throws io.evenkeel.coordinator.problem.ProblemException if a checksum does not match
     */
    static RunLog read(Path export) throws IOException {
        RunLog log = new RunLog();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(export))) {
            RunFiles.forEach(in, log::take);
        }
        return log;
    }

    private void take(Row row) {
        switch (row.table()) {
            case "member" -> members.put((int) row.whole("ordinal"), member(row));
            case "message" -> messages.add(message(row));
            default -> {
                // Its checksums are verified; what it says is asked for elsewhere.
            }
        }
    }

    private static MemberRow member(Row row) {
        int leftAfter = (int) row.whole("left_after");
        double pending = row.real("pending_weight");
        return new MemberRow(
                row.text("client_id"),
                Double.isNaN(pending) ? row.real("weight") : pending,
                (int) row.whole("active_from"),
                leftAfter < 0 ? Integer.MAX_VALUE : leftAfter);
    }

    /** Members come before messages in the file. */
    private Accepted message(Row row) {
        MemberRow sender = Objects.requireNonNull(members.get((int) row.whole("ordinal")));
        return new Accepted(
                sender.client(),
                (int) row.whole("round_number"),
                (int) row.whole("included_in"),
                row.whole("sequence"),
                row.whole("digest"));
    }

    /** Returns the accepted messages. */
    List<Accepted> messages() {
        return messages;
    }

    /**
     * Returns who was a member when.
     *
     * @param clients the devices' ids, in the order of the devices
     */
    History history(List<String> clients, List<Change> changes) {
        List<History.Tenure> tenures = new ArrayList<>();
        members.forEach((ordinal, row) -> tenures.add(
                new History.Tenure(clients.indexOf(row.client()), row.client(), ordinal, row.from(), row.to())));
        return new History(tenures, changes);
    }

    /** Returns the weight of a member. */
    double weight(History.Tenure member) {
        return Objects.requireNonNull(members.get(member.ordinal())).weight();
    }
}
