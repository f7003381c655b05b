/** What a trial's figures mean in money. */
@NullMarked
package io.evenkeel.pilot.cost;

import org.jspecify.annotations.NullMarked;
