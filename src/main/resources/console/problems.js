// Translates the coordinator's problems and sentences, which are in English, to Japanese by their type and wording.
import {JAPANESE} from './problems-ja.js';
import {SENTENCES} from './sentences-ja.js';
import {state} from './store.js';
import {t} from './text.js';

const translated = problem => (state.language === 'ja' ? JAPANESE[problem.slug] : undefined) ?? [problem.title || problem.message, problem.action];

/** Returns the title and the action of a problem; the details are separate sentences. */
export const said = problem => (problem.slug === 'unreachable' ? [t('unreachable'), t('unreachable_action')] : translated(problem));

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patterns = SENTENCES.map(([english, japanese]) => {
  const names = [...english.matchAll(/\{(\w)\}/g)].map(found => found[1]);
  return {names, japanese, matcher: new RegExp('^' + english.split(/\{\w\}/).map(escaped).join('(.+?)') + '$', 's')};
});

/** Returns whether a text has no adjacent words outside quotes and brackets, so that it needs no translation. */
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
 * Returns a sentence of the coordinator, or several separated by semicolons, in Japanese; undefined if one is unknown.
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

/** Returns a sentence of the coordinator in the reader's language, or in English if it is unknown, as {text, lang}. */
export function sentence(text) {
  const japanese = state.language === 'ja' ? inJapanese(text) : undefined;
  return japanese ? {text: japanese, lang: 'ja'} : {text, lang: 'en'};
}
