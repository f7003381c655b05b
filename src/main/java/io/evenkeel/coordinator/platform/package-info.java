/** What every feature uses and what uses no feature: memory shares, locks, and the packages below for HTTP, problems, storage, leases and background work. */
@NullMarked
package io.evenkeel.coordinator.platform;

import org.jspecify.annotations.NullMarked;
