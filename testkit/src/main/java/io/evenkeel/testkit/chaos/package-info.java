/**
 * Kills coordinators, devices and connections by a seeded schedule, and checks that no message was lost or
 * counted twice.
 */
@NullMarked
package io.evenkeel.testkit.chaos;

import org.jspecify.annotations.NullMarked;
