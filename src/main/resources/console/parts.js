// Components and hooks that several pages use.
import {html, useEffect, useLayoutEffect, useRef, useState} from './standalone.module.js';
import {Problem, get} from './api.js';
import {plain} from './format.js';
import {said, sentence} from './problems.js';
import {t} from './text.js';

/**
 * Requests a path now, and repeatedly at an interval in milliseconds while the page is visible. Returns
 * {value, problem, ask}.
 */
export function useResource(path, every = 0) {
  const [result, setResult] = useState({value: undefined, problem: undefined});
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (!path) return undefined;
    const abort = new AbortController();
    let timer;
    const ask = async () => {
      try {
        if (!document.hidden || asked === 0) {
          const value = await get(path, {signal: abort.signal});
          setResult({path, value, problem: undefined});
        }
      } catch (problem) {
        if (problem.name === 'AbortError') return;
        setResult(before => ({path, value: before.path === path ? before.value : undefined, problem}));
        // Polling ends after a refusal, which would be repeated, but continues after a network or server error.
        if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) return;
      }
      if (every) timer = setTimeout(ask, every);
    };
    ask();
    return () => { abort.abort(); clearTimeout(timer); };
  }, [path, every, asked]);
  return {...(result.path === path ? result : {}), ask: () => setAsked(count => count + 1)};
}

/** Redraws the component each second. */
export function useSeconds() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick(count => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}

/** The page that shows the result of an API request. */
const PAGES = {runs: 'runs', clients: 'devices', models: 'models', rollouts: 'rollouts', experiments: 'experiments', evaluations: 'evaluations', webhooks: 'webhooks', 'enrolment-tokens': 'tokens', 'access-tokens': 'tokens'};

/** Replaces API requests in the coordinator's advice with the names of pages. */
const withPages = advice => advice.replace(/(?:GET|POST|PUT) \/api\/v1\/([a-z-]+)[^\s',;:]*/g, (request, collection) => PAGES[collection] ? t('the_page', t(PAGES[collection])) : request);

/** Shows a sentence of the coordinator, in the reader's language if the console has a translation. */
export function Said({text, className}) {
  const words = sentence(text);
  return html`<span class=${className} lang=${words.lang}>${plain(words.text)}</span>`;
}

export function Refusal({problem}) {
  if (!problem) return null;
  const [title, action] = said(problem);
  return html`<div class="note bad" role="alert">
    <p><strong>${plain(title)}</strong></p>
    ${problem.errors
      ? problem.errors.map(error => html`<p><code>${plain(error.field)}</code> <${Said} text=${error.message} /></p>`)
      : problem.message && problem.message !== title && html`<p>${problem.slug ? html`<${Said} text=${problem.message} />` : plain(problem.message)}</p>`}
    ${action && html`<p>${t('what_to_do', plain(withPages(action)))}</p>`}
  </div>`;
}

/**
 * Shows a resource's value, a loading note or the error. Draws its own element, so that it keeps its position among its
 * siblings.
 */
export function Loaded({resource, children}) {
  return html`<div class="loaded"><${Refusal} problem=${resource.problem} />
    ${resource.value !== undefined ? children(resource.value) : !resource.problem && html`<p class="soft">${t('loading')}</p>`}</div>`;
}

export const State = ({state}) => html`<span class=${'state ' + state}>${t(state)}</span>`;

/** Shows the state of a run; a running run without progress is stalled. */
export const RunState = ({run}) => html`<${State} state=${run.stalled ? 'stalled' : run.state} />`;

export function Spark({values}) {
  const points = values.map((value, i) => [i, value]).filter(([, value]) => Number.isFinite(value));
  if (points.length < 2) return html`<span class="soft">${t('none')}</span>`;
  const heights = points.map(([, value]) => value);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const place = ([i, value]) => `${(100 * i) / (values.length - 1)},${high === low ? 15 : 28 - (26 * (value - low)) / (high - low)}`;
  return html`<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true"><path d=${'M' + points.map(place).join('L')} /></svg>`;
}

/** A dialog over the page; closes on Escape. */
export function Dialog({title, onClose, children}) {
  const ref = useRef(null);
  // Opens before the browser paints; otherwise the dialog would be invisible for a moment and could not take input.
  useLayoutEffect(() => { ref.current.showModal(); }, []);
  return html`<dialog ref=${ref} aria-labelledby="dialog-title" onClose=${onClose} onCancel=${onClose}>
    <h2 id="dialog-title">${title}</h2>${children}
  </dialog>`;
}

/**
 * A button that asks for confirmation before it acts, and shows the coordinator's refusal. With a name, the reader must
 * type the name. The button that keeps things unchanged must not have the same label as the action.
 */
export function Confirmed({label, question, act, danger, first, name, keep = t('back')}) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const go = async () => {
    setBusy(true);
    try { await act(); setOpen(false); } catch (refusal) { setProblem(refusal); } finally { setBusy(false); }
  };
  return html`<button class=${danger ? 'danger' : first ? 'first' : ''} onClick=${() => { setProblem(null); setTyped(''); setOpen(true); }}>${label}</button>
    ${open && html`<${Dialog} title=${label} onClose=${() => setOpen(false)}>
      <p>${question}</p><p class="soft">${t('audited')}</p>
      ${name && html`<${Field} label=${t('type_name', name)}><input autocomplete="off" spellcheck="false" value=${typed} onInput=${event => setTyped(event.target.value)} /><//>`}
      <${Refusal} problem=${problem} />
      <div class="row"><button class=${danger ? 'first danger' : 'first'} disabled=${busy || (name && typed !== name)} onClick=${go}>${label}</button>
        <button onClick=${() => setOpen(false)}>${keep}</button></div>
    <//>`}`;
}

/** Copies a text. Without HTTPS, browsers offer no clipboard, so a field shows the text for manual copying. */
export function CopyButton({text, label}) {
  const [copied, setCopied] = useState(null);
  const [shown, setShown] = useState(false);
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); setCopied(text); } catch { setShown(true); }
  };
  return html`<button type="button" onClick=${copy} aria-live="polite">${copied === text ? t('copied') : label || t('copy')}</button>
    ${shown && html`<textarea readonly aria-label=${t('copy_by_hand')} value=${text} ref=${field => field?.select()}></textarea>`}`;
}

export function Field({label, hint, children}) {
  return html`<label>${label}${children}${hint && html`<small>${hint}</small>`}</label>`;
}

export {Problem};
