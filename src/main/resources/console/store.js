// One small observable store: the session, the reader's choices, and nothing of the coordinator's data.
import {useEffect, useState} from './standalone.module.js';

const listeners = new Set();

function remembered(key, fallback) {
  try { return localStorage.getItem('evenkeel.' + key) ?? fallback; } catch { return fallback; }
}

function sessionToken() {
  try { return sessionStorage.getItem('evenkeel.token'); } catch { return null; }
}

export const state = {
  token: sessionToken(),
  caller: null,
  language: remembered('language', (navigator.language || 'en').startsWith('ja') ? 'ja' : 'en'),
  theme: remembered('theme', 'system'),
  online: true,
};

export function update(changes) {
  Object.assign(state, changes);
  for (const listener of [...listeners]) listener();
}

/** Draws the component again whenever the store changes. */
export function useStore() {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw(count => count + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return state;
}

/** Keeps the token for this tab until it is closed, or only until the next reload. */
export function signIn(token, caller, keep) {
  try { if (keep) sessionStorage.setItem('evenkeel.token', token); } catch { /* Storage may be switched off. */ }
  update({token, caller});
}

export function signOut() {
  try { sessionStorage.removeItem('evenkeel.token'); } catch { /* Storage may be switched off. */ }
  update({token: null, caller: null});
}

/** Remembers a choice that is no secret. */
export function choose(key, value) {
  try { localStorage.setItem('evenkeel.' + key, value); } catch { /* Storage may be switched off. */ }
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
