// The fields of a run's definition, for the form, the commented YAML, and the conversion of pasted YAML to the form.
import {t} from './text.js';

/**
 * path: the position of the value in the definition; label and hint: keys of texts; number: whether the value is sent
 * as a number; options: the values of a choice and the keys of their texts; methods: the list in GET /algorithms to
 * choose from; initial: the value in an empty form, unless GET /algorithms suggests one; rare: collapsed by default;
 * changeHint: the hint in the form for changes.
 */
export const FIELDS = [
  {path: 'name', label: 'run_name', hint: 'run_name_hint', required: true, pattern: '[a-z0-9\\-]{1,64}'},
  {path: 'dimension', label: 'dimension', hint: 'dimension_hint', number: true, required: true},
  {path: 'algorithm', label: 'algorithm', hint: 'algorithm_hint', methods: 'algorithms'},
  {path: 'compressor', label: 'compressor', hint: 'compressor_hint'},
  {path: 'rounds', label: 'rounds', hint: 'rounds_hint', number: true, changeHint: 'change_rounds_hint'},
  {path: 'participants.min', label: 'min_participants', hint: 'min_participants_hint', number: true},
  {path: 'time.max', label: 'max_time', hint: 'max_time_hint'},
  {path: 'gamma', label: 'gamma', hint: 'gamma_hint'},
  {path: 'initialModel', label: 'initial_model', hint: 'initial_model_hint', initial: 'zeros', options: [['zeros', 'zeros'], ['uploaded', 'uploaded_model']]},
  {path: 'participants.max', label: 'max_participants', hint: 'max_participants_hint', number: true, rare: true},
  {path: 'time.min', label: 'min_time', hint: 'min_time_hint', rare: true},
  {path: 'sampling', label: 'sampling', hint: 'sampling_hint', number: true, rare: true},
  {path: 'priority', label: 'priority', hint: 'priority_hint', number: true, rare: true},
  {path: 'weights.min', label: 'min_weight', hint: 'min_weight_hint', number: true, rare: true},
  {path: 'weights.max', label: 'max_weight', hint: 'max_weight_hint', number: true, rare: true},
  {path: 'staleness', label: 'max_staleness', hint: 'max_staleness_hint', number: true, rare: true},
  {path: 'downlink.compressor', label: 'downlink_compressor', hint: 'downlink_compressor_hint', rare: true},
  {path: 'robust', label: 'robust', hint: 'robust_hint', rare: true},
  {path: 'eta', label: 'eta', hint: 'eta_hint', rare: true},
  {path: 'step', label: 'step', hint: 'step_hint', rare: true, methods: 'stepRules'},
  {path: 'smoothness', label: 'smoothness_constant', hint: 'smoothness_hint', number: true, rare: true},
  {path: 'localSteps', label: 'local_steps', hint: 'local_steps_hint', number: true, rare: true},
  {path: 'seed', label: 'seed', hint: 'seed_hint', number: true, rare: true},
  {path: 'description', label: 'description', hint: 'notes_hint', rare: true},
];

export const emptyForm = suggested => Object.fromEntries(FIELDS.map(field => [field.path, suggested[field.path] || field.initial || '']));

const GROUPS = FIELDS.filter(field => field.path.includes('.')).map(field => field.path.split('.')[0]);

/** Parses a number; returns the text if it is not a number, so that the coordinator names the field and the error. */
function value(field, text) {
  const number = Number(text);
  return field.number && Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
}

/** Returns the definition for a form. Omits empty fields, so that they get defaults; tensors replace the dimension. */
export function toDefinition(form, tensors, rest = {}) {
  const definition = {};
  for (const field of FIELDS) {
    const text = form[field.path].trim();
    if (text === '' || (tensors && field.path === 'dimension')) continue;
    const [group, inner] = field.path.split('.');
    if (inner) (definition[group] ??= {})[inner] = value(field, text);
    else definition[group] = value(field, text);
    if (group === 'name' && tensors) definition.tensors = tensors;
  }
  if (tensors) definition.tensors ??= tensors;
  for (const [key, one] of Object.entries(rest)) definition[key] = GROUPS.includes(key) ? {...definition[key], ...one} : one;
  return definition;
}

const isObject = one => one !== null && typeof one === 'object' && !Array.isArray(one);

/** Returns {form, tensors, rest}, where rest contains the fields that are not in the form. */
export function toForm(definition) {
  const form = Object.fromEntries(FIELDS.map(field => [field.path, '']));
  const {tensors = null, ...others} = definition;
  const rest = {};
  const take = (path, one) => {
    if (!(path in form) || (one !== null && typeof one === 'object')) return false;
    form[path] = one === null ? '' : String(one);
    return true;
  };
  for (const [key, one] of Object.entries(others)) {
    if (GROUPS.includes(key) && isObject(one)) {
      const left = Object.entries(one).filter(([inner, each]) => !take(key + '.' + inner, each));
      if (left.length) rest[key] = Object.fromEntries(left);
    } else if (!take(key, one)) rest[key] = one;
  }
  return {form, tensors, rest};
}

/** Returns a value in YAML; text is plain if that is unambiguous, otherwise quoted as in JSON, which is valid YAML. */
function scalar(one) {
  if (typeof one !== 'string') return JSON.stringify(one);
  const plain = /^[A-Za-z][A-Za-z0-9_.:+-]*$|^\d+(\.\d+)?(ms|s|m|h|d)$/.test(one) && !one.endsWith(':') && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(one);
  return plain ? one : JSON.stringify(one);
}

/** Writes a definition as YAML, with comments that explain each field. */
export function toYaml(definition) {
  const lines = [];
  const comment = (path, indent) => {
    const field = FIELDS.find(one => one.path === path);
    if (field) lines.push(`${indent}# ${t(field.label)}: ${t(field.hint)}`);
  };
  for (const [key, one] of Object.entries(definition)) {
    if (key === 'tensors' && Array.isArray(one)) {
      lines.push(`# ${t('tensors')}`, 'tensors:', ...one.map(({name, shape}) => `  - {name: ${JSON.stringify(name)}, shape: ${JSON.stringify(shape)}}`));
    } else if (isObject(one)) {
      lines.push(key + ':');
      for (const [inner, each] of Object.entries(one)) { comment(key + '.' + inner, '  '); lines.push(`  ${inner}: ${scalar(each)}`); }
    } else {
      comment(key, '');
      lines.push(`${key}: ${scalar(one)}`);
    }
  }
  return lines.join('\n') + '\n';
}
