/**
 * The API of a device that takes part in federated learning. Start at
 * {@link io.evenkeel.client.EvenkeelClient#builder}.
 *
 * <p>Packages below {@code io.evenkeel.client.internal} are not API and change without notice.
 */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
