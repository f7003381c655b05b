/** What every feature stands on and no feature knows: memory shares, locks, and the packages below for HTTP, problems, storage and leases. */
@NullMarked
package io.evenkeel.coordinator.platform;

import org.jspecify.annotations.NullMarked;
