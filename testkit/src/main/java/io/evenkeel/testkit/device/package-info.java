/** Calls the coordinator's HTTP API for devices, independently of the SDK under test. */
@NullMarked
package io.evenkeel.testkit.device;

import org.jspecify.annotations.NullMarked;
