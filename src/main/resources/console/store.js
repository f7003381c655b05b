// A small observable store of the session and the reader's choices, without any of the coordinator's data.
import {useEffect, useState} from './standalone.module.js';

const listeners = new Set();

function remembered(key, fallback) {
  try { return localStorage.getItem('evenkeel.' + key) ?? fallback; } catch { return fallback; }
}

/** The storage of this tab until it is closed: the token, and for an identity provider's token the means to renew it. */
function kept() {
  try { return JSON.parse(sessionStorage.getItem('evenkeel.session')) || {}; } catch { return {}; }
}

const {token = null, session = null} = kept();

export const state = {
  token,
  session,
  caller: null,
  signingIn: false,
  signInProblem: null,
  language: remembered('language', (navigator.language || 'en').startsWith('ja') ? 'ja' : 'en'),
  theme: remembered('theme', 'system'),
  online: true,
};

let version = 0;

export function update(changes) {
  Object.assign(state, changes);
  version++;
  for (const listener of [...listeners]) listener();
}

/** Redraws the component whenever the store changes. */
export function useStore() {
  const [drawn, redraw] = useState(version);
  useEffect(() => {
    const listener = () => redraw(version);
    listeners.add(listener);
    // The store may have changed between rendering and subscribing.
    if (drawn !== version) listener();
    return () => listeners.delete(listener);
  }, []);
  return state;
}

/** Keeps the token for this tab until it is closed, or only until the next reload. The session is null for a pasted token. */
export function signIn(token, caller, keep, session = null) {
  try { if (keep) sessionStorage.setItem('evenkeel.session', JSON.stringify({token, session})); } catch { /* Storage may be disabled. */ }
  update({token, caller, session, signInProblem: null});
}

/** Drops the token; the problem says why, unless the reader signed out. */
export function signOut(problem = null) {
  try { sessionStorage.removeItem('evenkeel.session'); } catch { /* Storage may be disabled. */ }
  update({token: null, caller: null, session: null, signInProblem: problem});
}

/** Stores a choice that is not secret. */
export function choose(key, value) {
  try { localStorage.setItem('evenkeel.' + key, value); } catch { /* Storage may be disabled. */ }
  update({[key]: value});
  show();
}

/** Applies language and theme to the document. */
export function show() {
  document.documentElement.lang = state.language;
  if (state.theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
}

export const isOperator = () => state.caller?.role === 'operator';

/** Whether the caller has an additional right: approve or mint. */
export const may = right => Boolean(state.caller?.rights.includes(right));

/** Whether the caller may use all runs, and therefore also pages that are not about a run. */
export const hasAllRuns = () => Boolean(state.caller?.runs.includes('*'));
