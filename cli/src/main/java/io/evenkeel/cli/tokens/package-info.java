/** Commands that create, list and revoke tokens. */
@NullMarked
package io.evenkeel.cli.tokens;

import org.jspecify.annotations.NullMarked;
