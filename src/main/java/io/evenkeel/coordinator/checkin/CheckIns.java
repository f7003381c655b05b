package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.selection.Attributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Finds open work of all kinds for devices, sorted by priority. Thread-safe. */
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
     * @param limit the maximum number of items
     */
    record Question(Caller.Device device, int limit) {}

    /**
     * The outcome of a check-in.
     *
     * @param work the work that the device can do now, in descending order of priority, limited to the
     *     requested number of items
     * @param open the offers that admit the device, including those without work for it now
     */
    record Found(List<WorkItem> work, List<WorkOffer> open) {}

    /** Returns the work for a device. */
    Found find(Question question) {
        return find(List.of(question)).get(0);
    }

    /** Returns the work for each of several devices, in the order of the requests. */
    List<Found> find(List<Question> questions) {
        return transactions.read(() -> {
            Set<String> asking = questions.stream()
                    .map(question -> question.device().client())
                    .collect(Collectors.toSet());
            List<WorkOffer> offers = new ArrayList<>();
            Map<String, List<WorkItem>> items = new HashMap<>();
            for (WorkSource source : sources) {
                add(source, source.offers(), asking, offers, items);
            }
            Map<String, ClientDirectory.Entry> entries = offers.isEmpty() ? Map.of() : clients.entries(asking);
            return questions.stream()
                    .map(question -> {
                        String client = question.device().client();
                        return found(
                                question,
                                offers,
                                items.getOrDefault(client, List.of()),
                                entries.getOrDefault(client, ClientDirectory.Entry.UNKNOWN));
                    })
                    .toList();
        });
    }

    /** Returns a value that changes whenever a waiting device may get work that it could not get before. */
    Object version() {
        return transactions.read(() -> sources.stream().map(WorkSource::version).toList());
    }

    private static void add(
            WorkSource source,
            List<WorkOffer> offers,
            Collection<String> asking,
            List<WorkOffer> all,
            Map<String, List<WorkItem>> items) {
        if (!offers.isEmpty()) {
            all.addAll(offers);
            source.items(offers, asking)
                    .forEach((client, some) -> items.computeIfAbsent(client, key -> new ArrayList<>())
                            .addAll(some));
        }
    }

    private static Found found(
            Question question, List<WorkOffer> offers, List<WorkItem> items, ClientDirectory.Entry entry) {
        Attributes visible = entry.attributes().with(entry.labels());
        List<WorkOffer> open = offers.stream()
                .filter(offer -> question.device().mayTakePartIn(offer.run()))
                .filter(offer -> offer.devices().admits(question.device().client(), visible))
                .toList();
        List<WorkItem> work = items.stream()
                .filter(item -> question.device().mayTakePartIn(item.run()))
                .filter(item -> item.member() || open.contains(item.offer()))
                .sorted(Comparator.comparing(WorkItem::offer, ORDER))
                .limit(question.limit())
                .toList();
        return new Found(work, open);
    }
}
