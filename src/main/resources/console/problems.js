// The coordinator's problems and sentences in the reader's language: English as the coordinator sends them, Japanese by their type and wording.
import {JAPANESE} from './problems-ja.js';
import {SENTENCES} from './sentences-ja.js';
import {state} from './store.js';
import {t} from './text.js';

const translated = problem => (state.language === 'ja' ? JAPANESE[problem.slug] : undefined) ?? [problem.title || problem.message, problem.action];

/** Returns the error and what to do for a type of problem; the details are separate sentences. */
export const said = problem => (problem.slug === 'unreachable' ? [t('unreachable'), t('unreachable_action')] : translated(problem));

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patterns = SENTENCES.map(([english, japanese]) => {
  const names = [...english.matchAll(/\{(\w)\}/g)].map(found => found[1]);
  return {names, japanese, matcher: new RegExp('^' + english.split(/\{\w\}/).map(escaped).join('(.+?)') + '$', 's')};
});

/** Whether a text has no adjacent words outside quotes and brackets, so that it is the same in each language. */
const isValue = text => !/[a-z]{2} [a-z]{2}/.test(text.replace(/'[^']*'|"[^"]*"|\[[^\]]*\]|\{[^}]*\}/g, ''));

function filled({names, japanese}, found) {
  const values = {};
  for (const [i, name] of names.entries()) {
    const part = found[i + 1];
    if (/[a-z]/.test(name)) values[name] = inJapanese(part);
    else if (/[A-Z]/.test(name) || isValue(part)) values[name] = part;
    if (values[name] === undefined) return undefined;
  }
  return japanese.replace(/\{(\w)\}/g, (_, name) => values[name]).replace(/。+ ?/g, '。').trimStart();
}

/**
 * Returns a sentence of the coordinator in Japanese, or several separated by semicolons; undefined if one of them is
 * unknown.
 */
function inJapanese(text) {
  for (const pattern of patterns) {
    const found = pattern.matcher.exec(text);
    const whole = found && filled(pattern, found);
    if (whole) return whole;
  }
  const parts = text.split('; ');
  const known = parts.length > 1 ? parts.map(inJapanese) : [undefined];
  return known.includes(undefined) ? undefined : known.map(part => part.replace(/。$/, '')).join('。') + '。';
}

/** Returns a sentence of the coordinator in the reader's language, as {text, lang}: in English if there is no translation. */
export function sentence(text) {
  const japanese = state.language === 'ja' ? inJapanese(text) : undefined;
  return japanese ? {text: japanese, lang: 'ja'} : {text, lang: 'en'};
}
