package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.ReadingRight;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.selection.Attributes;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Grants the devices of an open evaluation access to the model that it measures, if it is the model of a
 * round. Thread-safe.
 */
@Component
class EvaluationReaders implements ReadingRight {

    private final EvaluationTable table;
    private final ClientDirectory clients;
    private final Clock clock;

    EvaluationReaders(EvaluationTable table, ClientDirectory clients, Clock clock) {
        this.table = table;
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public boolean mayRead(String run, int round, String client) {
        EvaluatedModel wanted = new EvaluatedModel(null, null, run, round);
        List<EvaluationRound> open = table.open(clock.instant(), EvaluationWork.MAX_OPEN).stream()
                .filter(evaluation -> evaluation.model().equals(wanted))
                .toList();
        if (open.isEmpty()) {
            return false;
        }
        ClientDirectory.Entry entry =
                clients.entries(List.of(client)).getOrDefault(client, ClientDirectory.Entry.UNKNOWN);
        Attributes visible = entry.attributes().with(entry.labels());
        return open.stream().anyMatch(evaluation -> evaluation.devices().admits(client, visible));
    }
}
