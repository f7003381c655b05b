// The dialog for changing an active run, and the list of its changes.
import {html, useState} from './standalone.module.js';
import {call} from './api.js';
import {DEFINITION} from './definition-fields.js';
import {FIELDS} from './fields.js';
import {number, plain, time} from './format.js';
import {Dialog, Field, Loaded, Refusal, useResource} from './parts.js';
import {t} from './text.js';

const MERGE_PATCH = 'application/merge-patch+json';

// The description has a separate form.
const CHANGING = FIELDS.filter(({path}) => DEFINITION[path.split('.')[0]] && path !== 'description');

// An empty text restores the default; with removes, it removes the field's whole condition. With off, the text 'off'
// turns that condition off.
const STOP_FIELDS = [
  {path: 'stop.targets', list: true, label: 'stop_targets', hint: 'stop_targets_hint'},
  {path: 'stop.maxTime', label: 'stop_time', hint: 'stop_time_hint'},
  {path: 'stop.maxBytes', number: true, label: 'stop_bytes', hint: 'stop_bytes_hint'},
  {path: 'stop.patience.rounds', number: true, label: 'stop_patience', hint: 'stop_patience_hint', removes: 'stop.patience'},
  {path: 'stop.patience.metric', label: 'stop_metric', hint: 'stop_metric_hint'},
  {path: 'stop.divergence.factor', number: true, label: 'stop_factor', hint: 'stop_factor_hint', off: 'stop.divergence'},
  {path: 'stop.divergence.loss', number: true, label: 'stop_divergence', hint: 'stop_divergence_hint', removes: 'stop.divergence'},
];
const ALL = [...CHANGING, ...STOP_FIELDS];

/** Returns a definition's value as text; durations in short form: PT1M30S as 90s, PT12H as 12h. */
export function text(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  const duration = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(value);
  if (!duration) return String(value);
  const [hours, minutes, seconds] = duration.slice(1).map(part => Number(part || 0));
  const whole = hours * 3600 + minutes * 60 + seconds;
  if (!Number.isInteger(whole)) return Math.round(whole * 1000) + 'ms';
  if (whole >= 3600 && whole % 3600 === 0) return whole / 3600 + 'h';
  return whole >= 120 && whole % 60 === 0 ? whole / 60 + 'm' : whole + 's';
}

const at = (run, path) => path.split('.').reduce((value, name) => value?.[name], run);
const current = (run, {path, off}) => text(off && at(run, off) === 'off' ? 'off' : at(run, path));

/** Parses a field's text; keeps an invalid number as text, so that the coordinator explains what it expects. */
function read(field, entered) {
  if (entered === '') return null;
  if (field.list) return entered.split(',').map(one => one.trim()).filter(Boolean);
  return field.number && Number.isFinite(Number(entered)) ? Number(entered) : entered;
}

/** Sets a value in nested objects, except below a condition that is removed. */
function put(target, path, value) {
  const names = path.split('.');
  const last = names.pop();
  const parent = names.reduce((object, name) => object && (object[name] === undefined ? (object[name] = {}) : object[name]), target);
  if (parent) parent[last] = value;
}

/** Returns the merge patch of the fields with changed text. */
function patch(run, form) {
  const result = {revision: run.revision};
  for (const field of ALL) {
    const entered = form[field.path].trim();
    if (entered === current(run, field)) continue;
    const target = (entered === 'off' && field.off) || (entered === '' && field.removes) || field.path;
    put(result, target, read(field, entered));
  }
  return result;
}

const send = (base, body, query) => call('PATCH', `${base}?${new URLSearchParams(query)}`, {body: JSON.stringify(body), type: MERGE_PATCH});

const effect = revision => revision.fromRound === 0 ? t('effect_start') : t('effect_round', number(revision.fromRound));

/** A button, and a dialog in two steps: enter the changes, then review and confirm them. */
export function ChangeButton({run, base, ask}) {
  const [started, setStarted] = useState(null);
  return html`<button onClick=${() => setStarted(run)}>${t('change')}</button>
    ${started && html`<${ChangeDialog} run=${started} base=${base} onClose=${() => setStarted(null)} onDone=${() => { setStarted(null); ask(); }} />`}`;
}

function ChangeDialog({run, base, onClose, onDone}) {
  const [form, setForm] = useState(() => Object.fromEntries(ALL.map(field => [field.path, current(run, field)])));
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const attempt = async work => {
    setBusy(true);
    try { await work(); setProblem(null); } catch (refusal) { setProblem(refusal); } finally { setBusy(false); }
  };
  const look = event => {
    event.preventDefault();
    attempt(async () => setPreview(await send(base, patch(run, form), {dryRun: true})));
  };
  const change = () => attempt(async () => {
    await send(base, patch(run, form), reason.trim() ? {reason: reason.trim()} : {});
    onDone();
  });
  const nothing = preview?.changes.length === 0;
  const input = field => html`<${Field} label=${t(field.label)} hint=${t('hint_now', t(field.changeHint ?? field.hint), current(run, field) || t('no_value'))}>
    <input name=${field.path} value=${form[field.path]} inputmode=${field.number && !field.off ? 'decimal' : 'text'} autocomplete="off"
      onInput=${event => setForm({...form, [field.path]: event.target.value})} /><//>`;
  return html`<${Dialog} title=${t('change_run', plain(run.name))} onClose=${onClose}>
    ${preview && !nothing ? html`
      <p>${effect(preview)}</p>
      <div class="scroll" tabindex="0"><${Changes} changes=${preview.changes} /></div>
      ${reason.trim() && html`<p>${t('reason')}: ${plain(reason.trim())}</p>`}
      <p class="soft">${t('audited')}</p>
      <${Refusal} problem=${problem} />
      <div class="row"><button class="first" disabled=${busy} onClick=${change}>${t('change_now')}</button>
        <button onClick=${() => { setPreview(null); setProblem(null); }}>${t('back')}</button></div>` : html`
      <form class="change" onSubmit=${look} novalidate>
        <p class="soft">${t('change_intro')}</p>
        <div class="fields">${CHANGING.map(input)}
          <${Field} label=${t('reason')} hint=${t('reason_hint')}><input name="reason" maxlength="500" value=${reason} onInput=${event => setReason(event.target.value)} /><//>
        </div>
        <details class="spaced"><summary>${t('stop_conditions')}</summary><div class="fields">${STOP_FIELDS.map(input)}</div></details>
        ${nothing && html`<p class="note" role="status">${t('nothing_to_change')}</p>`}
        <p class="soft">${t('change_fixed')}</p>
        <${Refusal} problem=${problem} />
        <div class="row"><button class="first" disabled=${busy}>${t('review')}</button><button type="button" onClick=${onClose}>${t('cancel')}</button></div>
      </form>`}
  <//>`;
}

function Changes({changes}) {
  return html`<table class="stack"><thead><tr><th>${t('field')}</th><th>${t('before')}</th><th>${t('after')}</th></tr></thead>
    <tbody>${changes.map(({field, from, to}) => html`<tr><td class="wide" data-label=${t('field')}><code>${field}</code></td><td data-label=${t('before')}>${text(from) || t('no_value')}</td><td data-label=${t('after')}>${text(to) || t('no_value')}</td></tr>`)}</tbody></table>`;
}

/** The changes of a run; empty without changes. Reloaded when the run has a newer revision. */
export const Revisions = ({run, base}) => run.revision > 0 && html`<${RevisionList} key=${run.revision} base=${base} />`;

function RevisionList({base}) {
  const revisions = useResource(base + '/revisions');
  return html`<section class="card"><h2>${t('revisions')}</h2><${Loaded} resource=${revisions}>${all => html`
    <div class="scroll" tabindex="0"><table class="stack"><thead><tr><th class="number">${t('revision')}</th><th class="number">${t('from_round')}</th><th>${t('what')}</th><th>${t('reason')}</th><th>${t('who')}</th><th>${t('when')}</th></tr></thead>
      <tbody>${all.slice().reverse().map(one => html`<tr key=${one.number}>
        <td class="number" data-label=${t('revision')}>${number(one.number)}</td>
        <td class="number" data-label=${t('from_round')}>${number(one.fromRound)}</td>
        <td class="wide" data-label=${t('what')}>${one.changes.map(({field, from, to}) => html`<div><code>${field}</code> ${text(from) || t('no_value')} → ${text(to) || t('no_value')}</div>`)}</td>
        <td class="wide" data-label=${t('reason')}>${plain(one.reason || t('none'))}</td>
        <td data-label=${t('who')}>${plain(one.changedBy)}</td>
        <td data-label=${t('when')}>${time(one.changedAt)}</td></tr>`)}</tbody></table></div>`}<//></section>`;
}
