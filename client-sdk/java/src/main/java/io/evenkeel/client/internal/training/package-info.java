/** One round after another: the model, the gradient, the message, and what follows from the coordinator's answers. */
@NullMarked
package io.evenkeel.client.internal.training;

import org.jspecify.annotations.NullMarked;
