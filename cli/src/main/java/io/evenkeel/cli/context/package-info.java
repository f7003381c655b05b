/** The coordinator and the token that a command uses: connection options, stored contexts and login. */
@NullMarked
package io.evenkeel.cli.context;

import org.jspecify.annotations.NullMarked;
