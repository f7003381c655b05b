/** Handles all kinds of work: training, evaluations and reports on roll-outs. */
@NullMarked
package io.evenkeel.client.internal.work;

import org.jspecify.annotations.NullMarked;
