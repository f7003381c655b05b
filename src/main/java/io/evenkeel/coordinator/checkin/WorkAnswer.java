package io.evenkeel.coordinator.checkin;

import java.util.List;

/**
 * The response to a check-in.
 *
 * @param work the work that the device can do now, in descending order of priority
 * @param retryAfter the seconds after which the device checks in again once it has done this work; equals the header
 *     Retry-After
 */
record WorkAnswer(List<WorkItem> work, long retryAfter) {}
