package io.evenkeel.coordinator.checkin;

import java.util.List;

/**
 * The response to a check-in.
 *
 * @param work what the device can do now, the most important first
 * @param retryAfter seconds after which it checks in again once it has done this work; the header Retry-After has the same
 */
record WorkAnswer(List<WorkItem> work, long retryAfter) {}
