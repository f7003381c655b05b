package io.evenkeel.coordinator.checkin;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A kind of work that devices get at check-in. {@link TrainingWork} is the first.
 *
 * <p>To add a kind, implement this interface as a Spring bean, in the package of the feature; {@link CheckIns} finds
 * it:
 *
 * <ol>
 *   <li>{@link #offers} returns the work that is currently open, for any device. Each offer has a device
 *       selection and a priority; {@link CheckIns} matches the selection with the device's attributes and
 *       labels, and sorts the offers of all kinds.
 *   <li>{@link #items} returns the work that each of the given devices would do for these offers now.
 *   <li>{@link #version} changes whenever there may be work for an idle device; the waiting devices are then scanned.
 *   <li>Fields that only this kind has go into {@link WorkItem#details}, a separate record that is sent as a JSON
 *       object.
 *   <li>Publish {@link io.evenkeel.coordinator.run.RunChanged} after a commit that creates new work, so that waiting
 *       devices get it at once. Without that event, and for commits of other replicas, devices get it at the next tick.
 *   <li>Describe the kind in docs/devices.md, and handle it in the SDKs. A device skips items of a kind that it does
 *       not know.
 * </ol>
 *
 * <p>Implementations are thread-safe. Their methods are called for each check-in, so each method makes at
 * most a few indexed queries. All calls are made within a read transaction.
 */
public interface WorkSource {

    /** Returns the name of the kind in responses, such as {@code train}. It is unique among the sources. */
    String kind();

    /** Returns the offers that are open now, in any order. */
    List<WorkOffer> offers();

    /**
     * Returns the work that the given devices would do now, by device id. A device with nothing to do for an
     * offer has no item for it. {@link CheckIns} drops an item whose offer does not admit the device, unless
     * the device is a member.
     *
     * @param offers some of the offers that {@link #offers} returned, which may have ended since
     * @param clients the ids of enrolled devices: one that checks in, or all waiting ones, at most a few thousand
     */
    Map<String, List<WorkItem>> items(List<WorkOffer> offers, Collection<String> clients);

    /** Returns a value with {@code equals} that changes whenever a waiting device may get an item that it could not get before. */
    Object version();
}
