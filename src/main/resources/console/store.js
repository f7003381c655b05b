// A small observable store for the session and the reader's choices. Contains no data of the coordinator.
import {useEffect, useState} from './standalone.module.js';

const listeners = new Set();

function remembered(key, fallback) {
  try { return localStorage.getItem('evenkeel.' + key) ?? fallback; } catch { return fallback; }
}

/** Returns the token in this tab's session storage, and the session with an identity provider, which can renew it. */
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

/** Keeps the token until the tab is closed, or only until the next reload. The session is null for a pasted token. */
export function signIn(token, caller, keep, session = null) {
  try { if (keep) sessionStorage.setItem('evenkeel.session', JSON.stringify({token, session})); } catch { /* Storage may be disabled. */ }
  update({token, caller, session, signInProblem: null});
}

/** Drops the token. The problem is the reason; null if the reader signed out. */
export function signOut(problem = null) {
  try { sessionStorage.removeItem('evenkeel.session'); } catch { /* Storage may be disabled. */ }
  update({token: null, caller: null, session: null, signInProblem: problem});
}

/** Stores a choice of the reader, which must not be secret. */
export function choose(key, value) {
  try { localStorage.setItem('evenkeel.' + key, value); } catch { /* Storage may be disabled. */ }
  update({[key]: value});
  show();
}

/** Applies the language and the theme to the document. */
export function show() {
  document.documentElement.lang = state.language;
  if (state.theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
}

export const isOperator = () => state.caller?.role === 'operator';

/** Returns whether the caller has an additional right: approve or mint. */
export const may = right => Boolean(state.caller?.rights.includes(right));

/** Returns whether the caller may use all runs, and therefore also pages that are not about a run. */
export const hasAllRuns = () => Boolean(state.caller?.runs.includes('*'));
