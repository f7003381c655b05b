/** Commands for evaluations: measuring a model on devices without training. */
@NullMarked
package io.evenkeel.cli.evaluations;

import org.jspecify.annotations.NullMarked;
