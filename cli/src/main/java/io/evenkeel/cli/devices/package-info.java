/** Commands that list and revoke devices. */
@NullMarked
package io.evenkeel.cli.devices;

import org.jspecify.annotations.NullMarked;
