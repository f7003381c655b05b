/** {@code evenkeel identity}: keys of owners and devices for secure aggregation. */
@NullMarked
package io.evenkeel.cli.identity;

import org.jspecify.annotations.NullMarked;
