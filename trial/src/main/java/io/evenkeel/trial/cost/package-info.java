/** What a trial's figures mean in money. */
@NullMarked
package io.evenkeel.trial.cost;

import org.jspecify.annotations.NullMarked;
