package io.evenkeel.coordinator.registry;

/**
 * The description of a version's safetensors file.
 *
 * @param tensors the tensors in the order of the file's values, as JSON
 * @param dtype {@code float32} or {@code float64}
 * @param bytes the file's length
 * @param sha256 the file's SHA-256 in hex
 */
record StoredModelFile(String tensors, String dtype, long bytes, String sha256) {}
