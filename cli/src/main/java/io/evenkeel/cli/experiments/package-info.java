/** Commands for experiments: creating, starting, stopping and comparing arms in the fleet. */
@NullMarked
package io.evenkeel.cli.experiments;

import org.jspecify.annotations.NullMarked;
