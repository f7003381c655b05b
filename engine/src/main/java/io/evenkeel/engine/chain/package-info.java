/** The links of the hash chain over a run's definition, its changes and its rounds, and what they hash. */
@NullMarked
package io.evenkeel.engine.chain;

import org.jspecify.annotations.NullMarked;
