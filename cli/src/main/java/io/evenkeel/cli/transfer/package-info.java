/** Commands that move runs between coordinators and back them up. */
@NullMarked
package io.evenkeel.cli.transfer;

import org.jspecify.annotations.NullMarked;
