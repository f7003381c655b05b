/** The command that shows the installation. */
@NullMarked
package io.evenkeel.cli.system;

import org.jspecify.annotations.NullMarked;
