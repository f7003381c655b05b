/** Which coordinator a command speaks to, and as whom: contexts, login, tokens. */
@NullMarked
package io.evenkeel.cli.context;

import org.jspecify.annotations.NullMarked;
