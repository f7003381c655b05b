/** The coordinators of a chaos test, their database, and the options that choose them. */
@NullMarked
package io.evenkeel.testkit.chaos.deployment;

import org.jspecify.annotations.NullMarked;
