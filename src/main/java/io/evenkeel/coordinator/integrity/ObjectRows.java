package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.secagg.MemberBackups;
import io.evenkeel.engine.run.Run;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Finds the objects that runs need: their models, updates, messages, members' vectors and backups. Thread-safe. */
@Component
class ObjectRows {

    private static final List<ExportedTable> TABLES = List.of(
            Checkpoints.EXPORTED,
            Updates.EXPORTED,
            SnapshotStore.EXPORTED,
            MessageStore.EXPORTED,
            MemberBackups.EXPORTED);

    private final RunRepository runs;
    private final JdbcTemplate jdbc;
    private final DurableTransactions transactions;

    ObjectRows(RunRepository runs, JdbcTemplate jdbc, DurableTransactions transactions) {
        this.runs = runs;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * Returns the given objects to which the rows of each run refer, by the run's key; omits runs without
     * any. Reads all rows of all runs.
     */
    Map<Long, NavigableSet<String>> naming(Set<String> objects) {
        Map<Long, NavigableSet<String>> byRun = new HashMap<>();
        for (Run run : transactions.read(runs::findAllByOrderByIdDesc)) {
            NavigableSet<String> named = new TreeSet<>();
            for (ExportedTable table : TABLES) {
                transactions.read(() -> {
                    table.forEachObject(jdbc, run.id(), name -> {
                        if (objects.contains(name)) {
                            named.add(name);
                        }
                    });
                    return named;
                });
            }
            if (!named.isEmpty()) {
                byRun.put(run.id(), named);
            }
        }
        return byRun;
    }
}
