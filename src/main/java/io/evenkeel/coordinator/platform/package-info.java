/**
 * Infrastructure used by every feature and independent of them: memory shares, locks, and the packages below for HTTP,
 * problems, storage, leases and background work.
 */
@NullMarked
package io.evenkeel.coordinator.platform;

import org.jspecify.annotations.NullMarked;
