/**
 * The links of the hash chain over a run's definition, its changes and its rounds, and the hashes of their content.
 */
@NullMarked
package io.evenkeel.engine.chain;

import org.jspecify.annotations.NullMarked;
