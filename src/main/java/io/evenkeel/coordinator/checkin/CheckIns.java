package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.ClientDirectory;
import io.evenkeel.coordinator.selection.Attributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Finds the work that there is for devices, of all kinds, in the order of its priority. Thread-safe. */
@Component
class CheckIns {

    private static final Comparator<WorkOffer> ORDER = Comparator.comparingInt(WorkOffer::priority)
            .reversed()
            .thenComparing(WorkOffer::kind)
            .thenComparingLong(WorkOffer::key);

    private final List<WorkSource> sources;
    private final ClientDirectory clients;
    private final DurableTransactions transactions;

    CheckIns(List<WorkSource> sources, ClientDirectory clients, DurableTransactions transactions) {
        this.sources = List.copyOf(sources);
        this.clients = clients;
        this.transactions = transactions;
    }

    /**
     * A device's request for work.
     *
     * @param device the device
     * @param limit the largest number of items
     */
    record Question(Caller.Device device, int limit) {}

    /** Returns the work for a device, the most important first, at most the limit. */
    List<WorkItem> work(Question question) {
        return work(List.of(question)).get(0);
    }

    /** Returns the work for each of some devices, in the order of the questions. */
    List<List<WorkItem>> work(List<Question> questions) {
        return transactions.read(() -> {
            Set<String> asking = questions.stream()
                    .map(question -> question.device().client())
                    .collect(Collectors.toSet());
            Map<String, List<WorkItem>> items = items(asking);
            Map<String, ClientDirectory.Entry> entries = items.isEmpty() ? Map.of() : clients.entries(asking);
            return questions.stream()
                    .map(question -> work(
                            question,
                            items.getOrDefault(question.device().client(), List.of()),
                            entries.getOrDefault(question.device().client(), ClientDirectory.Entry.UNKNOWN)))
                    .toList();
        });
    }

    private Map<String, List<WorkItem>> items(Collection<String> asking) {
        Map<String, List<WorkItem>> all = new HashMap<>();
        for (WorkSource source : sources) {
            List<WorkOffer> offers = source.offers();
            if (!offers.isEmpty()) {
                source.items(offers, asking)
                        .forEach((client, items) -> all.computeIfAbsent(client, key -> new ArrayList<>())
                                .addAll(items));
            }
        }
        return all;
    }

    private static List<WorkItem> work(Question question, List<WorkItem> items, ClientDirectory.Entry entry) {
        Attributes visible = entry.attributes().with(entry.labels());
        return items.stream()
                .filter(item -> question.device().mayTakePartIn(item.run()))
                .filter(item -> item.member()
                        || item.offer().devices().admits(question.device().client(), visible))
                .sorted(Comparator.comparing(WorkItem::offer, ORDER))
                .limit(question.limit())
                .toList();
    }
}
