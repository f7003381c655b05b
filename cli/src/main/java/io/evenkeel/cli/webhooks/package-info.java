/** Commands that create, list, test and delete webhooks, and show what was delivered. */
@NullMarked
package io.evenkeel.cli.webhooks;

import org.jspecify.annotations.NullMarked;
