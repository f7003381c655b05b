/**
 * Runs one round after another: the model, the gradient, the message, and the handling of the coordinator's responses.
 */
@NullMarked
package io.evenkeel.client.internal.training;

import org.jspecify.annotations.NullMarked;
