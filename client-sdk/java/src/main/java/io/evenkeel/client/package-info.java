/** The device: joins a run, computes gradients with the function it is given, and sends what error feedback makes of them. */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
