/** Residual networks for images, trained with PyTorch through DJL. */
@NullMarked
package io.evenkeel.networks;

import org.jspecify.annotations.NullMarked;
