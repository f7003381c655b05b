// The coordinator's problems in the reader's language: English as the coordinator sends them, Japanese by their type.
import {JAPANESE} from './problems-ja.js';
import {state} from './store.js';
import {t} from './text.js';

const translated = problem => (state.language === 'ja' ? JAPANESE[problem.slug] : undefined) ?? [problem.title || problem.message, problem.action];

/** Returns what went wrong, and what to do now. Details stay in English: they quote values. */
export const said = problem => (problem.slug === 'unreachable' ? [t('unreachable'), t('unreachable_action')] : translated(problem));
