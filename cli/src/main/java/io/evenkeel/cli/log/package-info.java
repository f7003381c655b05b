/** The command that reads the audit log. */
@NullMarked
package io.evenkeel.cli.log;

import org.jspecify.annotations.NullMarked;
