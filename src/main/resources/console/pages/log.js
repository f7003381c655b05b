import {html, useState} from '../standalone.module.js';
import {deed} from '../audit.js';
import {plain, time} from '../format.js';
import {Loaded, useResource} from '../parts.js';
import {t} from '../text.js';

const SIZE = 100;

export function LogPage({query}) {
  const [run, setRun] = useState(query.get('run') || '');
  const [before, setBefore] = useState([]);
  const oldest = before.at(-1);
  const parameters = new URLSearchParams({limit: SIZE, ...(run && {run}), ...(oldest && {before: oldest})});
  const entries = useResource('/audit-log?' + parameters, oldest ? 0 : 5000);
  return html`<div class="title"><h1>${t('log')}</h1><input type="search" aria-label=${t('run')} placeholder=${t('run')} value=${run} onInput=${event => { setRun(event.target.value); setBefore([]); }} /></div>
    <${Loaded} resource=${entries}>${found => (found.length === 0 && !oldest ? html`<section class="card"><p>${t('no_entries')}</p></section>` : html`
      <section class="card"><${Entries} entries=${found} />
        <div class="row">${before.length > 0 && html`<button onClick=${() => setBefore(before.slice(0, -1))}>${t('previous')}</button>`}
          ${found.length === SIZE && html`<button onClick=${() => setBefore([...before, found.at(-1).id])}>${t('next')}</button>`}</div>
      </section>`)}<//>`;
}

/** Entries of the audit log: who did what to what, and with which outcome. */
export function Entries({entries}) {
  return html`<div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('when')}</th><th>${t('who')}</th><th>${t('what')}</th><th>${t('run')}</th><th>${t('outcome')}</th></tr></thead>
    <tbody>${entries.map(one => html`<tr key=${one.id}><td data-label=${t('when')}>${time(one.at)}</td><td data-label=${t('who')}>${plain(one.actor)}</td>
      <td class="wide" data-label=${t('what')}>${deed(one)}<div class="soft"><code>${plain(one.method)} ${plain(one.path)}</code></div></td>
      <td data-label=${t('run')}>${one.run ? html`<a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a>` : t('none')}</td>
      <td data-label=${t('outcome')}><${Outcome} status=${one.status} /></td></tr>`)}</tbody></table></div>`;
}

function Outcome({status}) {
  if (!status) return t('outcome_unknown');
  return html`<span class=${status < 400 ? 'state finished' : 'state failed'} title=${'HTTP ' + status}>${t(status < 400 ? 'outcome_done' : 'outcome_refused')}</span> <span class="soft">${status}</span>`;
}
