/** How the model comes to the device: whole, or as the sparse changes of a replica it keeps. */
@NullMarked
package io.evenkeel.client.downlink;

import org.jspecify.annotations.NullMarked;
