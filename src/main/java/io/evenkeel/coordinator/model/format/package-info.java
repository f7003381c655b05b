/** Whole models as files: raw numbers, NumPy's .npy and safetensors, read defensively and written as a stream. */
@NullMarked
package io.evenkeel.coordinator.model.format;

import org.jspecify.annotations.NullMarked;
