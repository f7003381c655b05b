// Reads the names and shapes of the tensors in a model's file, without their values.
import {t} from './text.js';

const MAX_HEADER_LENGTH = 10_000_000;

const MODEL_TYPES = {npy: 'application/x-npy', safetensors: 'application/x-safetensors'};

const damaged = (file, why) => new Error(t('bad_tensor_file', file.name, why));

async function bytes(file, from, length) {
  const part = new Uint8Array(await file.slice(from, from + length).arrayBuffer());
  if (part.length < length) throw damaged(file, t('file_ends'));
  return new DataView(part.buffer);
}

async function text(file, from, length) {
  if (length < 2 || length > MAX_HEADER_LENGTH) throw damaged(file, t('header_damaged'));
  return new TextDecoder('utf-8').decode(await bytes(file, from, length));
}

/** Reads NumPy's format: magic, version, the header's length in 2 bytes (version 1) or 4, a header with the shape. */
async function npy(file, start) {
  const [begin, length] = start.getUint8(6) === 1 ? [10, (await bytes(file, 8, 2)).getUint16(0, true)] : [12, (await bytes(file, 8, 4)).getUint32(0, true)];
  const shape = /'shape'\s*:\s*\(([\d, ]*)\)/.exec(await text(file, begin, length));
  if (!shape) throw damaged(file, t('header_damaged'));
  const axes = shape[1].split(',').map(axis => axis.trim()).filter(Boolean).map(Number);
  return [{name: 'x', shape: axes.length ? axes : [1]}];
}

/** Reads Safetensors: the header's length in 8 bytes, and a JSON header with the shape and offsets of each tensor. */
async function safetensors(file, start) {
  const header = await text(file, 8, Number(start.getBigUint64(0, true)));
  let entries;
  try {
    entries = Object.entries(JSON.parse(header)).filter(([name]) => name !== '__metadata__')
      .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])
      .map(([name, {shape}]) => ({name, shape: shape.length ? shape : [1]}));
  } catch {
    throw damaged(file, t('header_damaged'));
  }
  if (entries.length === 0) throw damaged(file, t('header_damaged'));
  return entries;
}

/** Returns the tensors in the order of their values in the file; throws an error for display. */
export async function readTensors(file) {
  const start = await bytes(file, 0, 8);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, i) => start.getUint8(i) === byte);
  return magic ? npy(file, start) : safetensors(file, start);
}

export const parameters = tensors => tensors.reduce((sum, {shape}) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Returns the media type of a model's file by its name; raw numbers for unknown names. */
export const modelType = file => MODEL_TYPES[file.name.split('.').at(-1)] || 'application/octet-stream';
