/** The coordinator's HTTP API for devices, independent of the SDK that is tested. */
@NullMarked
package io.evenkeel.testkit.device;

import org.jspecify.annotations.NullMarked;
