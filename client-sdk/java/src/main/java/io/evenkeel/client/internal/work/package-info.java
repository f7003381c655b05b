/** Any work that the coordinator has: training, evaluations and reports on roll-outs. */
@NullMarked
package io.evenkeel.client.internal.work;

import org.jspecify.annotations.NullMarked;
