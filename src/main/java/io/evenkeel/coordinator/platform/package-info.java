/**
 * Infrastructure that the features use and that does not depend on them: memory shares, locks, and
 * subpackages for HTTP, problems, storage, leases and background work.
 */
@NullMarked
package io.evenkeel.coordinator.platform;

import org.jspecify.annotations.NullMarked;
