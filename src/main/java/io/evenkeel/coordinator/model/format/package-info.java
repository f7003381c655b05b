/**
 * File formats of whole models: raw numbers, NumPy's .npy and safetensors. Files are untrusted input, and are
 * written as streams.
 */
@NullMarked
package io.evenkeel.coordinator.model.format;

import org.jspecify.annotations.NullMarked;
