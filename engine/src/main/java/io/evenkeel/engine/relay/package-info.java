/** The rules of a relay: how its run follows the upstream run, and its aliases follow upstream aliases. */
@NullMarked
package io.evenkeel.engine.relay;

import org.jspecify.annotations.NullMarked;
