/** Evaluation rounds: devices measure a model without training, and the coordinator keeps statistics of what they send. */
@NullMarked
package io.evenkeel.coordinator.evaluation;

import org.jspecify.annotations.NullMarked;
