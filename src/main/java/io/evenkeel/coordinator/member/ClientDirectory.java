package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fleet's data about a run's members; implemented by the package {@code fleet}. Works in the
 * caller's transaction.
 */
public interface ClientDirectory {

    /**
     * The fields of a client in lists of members.
     *
     * @param name the name that the device gave itself
     * @param lastSeenAt when the device last sent a request; may be up to five minutes out of date if the
     *     device sends its requests to another replica
     * @param attributes the attributes that the device reports
     * @param labels the labels that operators have set
     */
    record Entry(@Nullable String name, @Nullable Instant lastSeenAt, Attributes attributes, Attributes labels) {

        /** The entry of an unknown client. */
        public static final Entry UNKNOWN = new Entry(null, null, Attributes.NONE, Attributes.NONE);
    }

    /**
     * Devices with the same attributes and labels.
     *
     * @param visible the attributes and labels that selectors see
     * @param devices the number of devices
     */
    record Group(Attributes visible, long devices) {}

    /**
     * Counts the clients that are not revoked and were seen or enrolled since a given time. Reads the whole
     * table, so it is for background work only.
     *
     * @return the groups, largest first, at most a few thousand; the last group contains all remaining
     *     devices and has no attributes
     */
    List<Group> active(Instant since);

    /** Counts the clients that match a selector and are not revoked. */
    long count(DeviceSelector selector);

    /**
     * Returns the sorted ids, up to a limit, of clients that match a selector, are not revoked, and may use a
     * run.
     *
     * @param run the run's name; null for requests without a run, which only clients that may use all runs
     *     can send
     */
    List<String> chosen(DeviceSelector selector, @Nullable String run, int limit);

    /** Returns the entries of the given clients, by id. */
    Map<String, Entry> entries(Collection<String> clients);

    /** Receives clients one by one. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Receives a client.
         *
         * @param client its id
         * @param isSeen whether it was seen or enrolled since the given time
         */
        void visit(String client, boolean isSeen);
    }

    /**
     * Passes the enrolled clients that match a selector to a receiver, in no particular order, and whether
     * each was seen since a given time.
     */
    void forEach(DeviceSelector selector, Instant since, Visitor visitor);

    /**
     * Returns a query that reads all clients that match a selector, with the columns {@code id} and
     * {@code profile}; the latter is for {@link #values}. The database plans it for the actual number of
     * clients.
     */
    SqlCondition devices(DeviceSelector selector);

    /** Returns the values of an attribute or label, by device profile. */
    Map<Long, String> values(String key);

    /**
     * Returns the SQL condition that the client in a column matches a filter.
     *
     * @param column the column, such as {@code m.client_id}
     */
    SqlCondition matching(String column, DeviceFilter filter);

    /** Returns the attributes and labels of a client to which selectors are applied. */
    default Attributes visible(String client) {
        Entry entry = entries(List.of(client)).getOrDefault(client, Entry.UNKNOWN);
        return entry.attributes().with(entry.labels());
    }
}
