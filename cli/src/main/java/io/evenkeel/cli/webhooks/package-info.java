/** Commands that create, list, test and delete webhooks, and show their deliveries. */
@NullMarked
package io.evenkeel.cli.webhooks;

import org.jspecify.annotations.NullMarked;
