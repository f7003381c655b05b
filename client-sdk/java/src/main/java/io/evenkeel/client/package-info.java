/**
 * The API of a device that takes part in federated learning. Start at {@link io.evenkeel.client.EvenkeelClient#builder}.
 *
 * <p>Everything below {@code io.evenkeel.client.internal} is not API and changes without notice.
 */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
