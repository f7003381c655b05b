package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.selection.Attributes;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.coordinator.selection.DeviceSelector;
import io.evenkeel.coordinator.selection.SqlCondition;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the fleet knows of a run's members; implemented by the package {@code fleet}. Works in the caller's transaction.
 */
public interface ClientDirectory {

    /**
     * The fields of a client in lists of members.
     *
     * @param name the name the device gave itself
     * @param lastSeenAt when the device last sent a request, up to five minutes too early if it sends them to another replica
     * @param attributes what the device reports
     * @param labels what operators have set
     */
    record Entry(@Nullable String name, @Nullable Instant lastSeenAt, Attributes attributes, Attributes labels) {

        /** Of a client that is not known. */
        public static final Entry UNKNOWN = new Entry(null, null, Attributes.NONE, Attributes.NONE);
    }

    /**
     * Devices with the same attributes and labels.
     *
     * @param visible what selectors see
     * @param devices how many there are
     */
    record Group(Attributes visible, long devices) {}

    /**
     * Counts the clients that are not revoked and were seen, or enrolled, since a time. Reads the whole table: for background work.
     *
     * @return the groups, the largest first, at most some thousand; the last one has all the others and no attributes
     */
    List<Group> active(Instant since);

    /** Counts the clients that a selector chooses and that are not revoked. */
    long count(DeviceSelector selector);

    /**
     * Returns the ids of clients that a selector chooses, that are not revoked, and that may use a run, in their order, up to a limit.
     *
     * @param run the run's name; null for what is of no run, which only clients for all runs may use
     */
    List<String> chosen(DeviceSelector selector, @Nullable String run, int limit);

    /** Returns the entries of some clients, by their ids. */
    Map<String, Entry> entries(Collection<String> clients);

    /** Takes clients one by one. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Takes a client.
         *
         * @param client its id
         * @param isSeen whether it was seen, or enrolled, since the time of the visit
         */
        void visit(String client, boolean isSeen);
    }

    /** Passes on the enrolled clients that a selector chooses, in no particular order, with whether they were seen since a time. */
    void forEach(DeviceSelector selector, Instant since, Visitor visitor);

    /**
     * Returns a query for the clients that a selector chooses, which reads them all: with the columns {@code id}, and {@code profile} for
     * {@link #values}. The database plans it for as many as there are.
     */
    SqlCondition devices(DeviceSelector selector);

    /** Returns the values of an attribute or label, by the profile of the devices that have them. */
    Map<Long, String> values(String key);

    /**
     * Returns a condition that a column with a client's id meets if the client meets a filter.
     *
     * @param column the column, such as {@code m.client_id}
     */
    SqlCondition matching(String column, DeviceFilter filter);
}
