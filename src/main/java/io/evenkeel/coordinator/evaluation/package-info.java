/** Evaluation rounds: devices measure a model without training, and the coordinator stores statistics of their results. */
@NullMarked
package io.evenkeel.coordinator.evaluation;

import org.jspecify.annotations.NullMarked;
