/**
 * File formats of whole models: raw numbers, NumPy's .npy and safetensors. Input is untrusted; output is
 * streamed.
 */
@NullMarked
package io.evenkeel.coordinator.model.format;

import org.jspecify.annotations.NullMarked;
