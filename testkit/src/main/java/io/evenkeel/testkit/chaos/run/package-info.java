/** The training run of a chaos test: its settings, the devices' losses, and the changes of memberships. */
@NullMarked
package io.evenkeel.testkit.chaos.run;

import org.jspecify.annotations.NullMarked;
