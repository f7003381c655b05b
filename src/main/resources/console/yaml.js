// Parses pasted YAML or JSON.
import {CORE_SCHEMA, load} from './js-yaml.mjs';
import {t} from './text.js';

/** Refuses integers beyond 2^53, which would lose digits in JavaScript. Clients in other languages can send them. */
function requireExact(value, path) {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Error(t('yaml_too_large', path));
  if (value !== null && typeof value === 'object') for (const [key, inner] of Object.entries(value)) requireExact(inner, path ? path + '.' + key : key);
}

/** Parses a definition; throws an error for display, with line and column. */
export function parse(text) {
  let value;
  try {
    value = load(text, {schema: CORE_SCHEMA});
  } catch (error) {
    const place = error.mark ? t('yaml_place', error.mark.line + 1, error.mark.column + 1) : '';
    throw new Error(`${place} ${error.reason || error.message}`.trim(), {cause: error});
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(t('yaml_no_fields'));
  requireExact(value, '');
  return value;
}
