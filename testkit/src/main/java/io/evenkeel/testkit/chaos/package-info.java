/** Kills coordinator, devices and connections by a seeded schedule, and checks that nothing was lost and nothing counted twice. */
@NullMarked
package io.evenkeel.testkit.chaos;

import org.jspecify.annotations.NullMarked;
