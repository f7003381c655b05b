import {html, useState} from '../standalone.module.js';
import {remove} from '../api.js';
import {ago, plain, time} from '../format.js';
import {Confirmed, Loaded, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {t} from '../text.js';

const SIZE = 100;

export function DevicesPage() {
  const [before, setBefore] = useState([]);
  const after = before.at(-1);
  const devices = useResource(`/clients?limit=${SIZE}` + (after ? '&after=' + after : ''), 10_000);
  return html`<div class="title"><h1>${t('devices')}</h1></div>
    <${Loaded} resource=${devices}>${found => (found.length === 0 && !after ? html`<section class="card"><p>${t('no_devices')}</p></section>` : html`
      <section class="card"><div class="scroll" tabindex="0"><table class="stack">
        <thead><tr><th>${t('name')}</th><th>${t('device_id')}</th><th>${t('for_run')}</th><th>${t('enrolled')}</th><th>${t('last_seen')}</th><th></th></tr></thead>
        <tbody>${found.map(one => html`<tr key=${one.client}>
          <td data-label=${t('name')} class="wide">${plain(one.name || '–')}</td><td data-label=${t('device_id')}><code>${one.client}</code></td><td data-label=${t('for_run')}>${one.run || t('all')}</td>
          <td data-label=${t('enrolled')}>${time(one.enrolledAt)}</td><td data-label=${t('last_seen')} title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</td>
          <td>${one.revokedAt ? html`<span class="state failed">${t('revoked')}</span>` : isOperator() && html`<${Confirmed} label=${t('revoke')} danger question=${t('confirm_revoke_device', one.name ? plain(one.name) : one.client)} act=${async () => { await remove('/clients/' + one.client); devices.ask(); }} />`}</td></tr>`)}</tbody></table></div>
        <div class="row">${before.length > 0 && html`<button onClick=${() => setBefore(before.slice(0, -1))}>${t('previous')}</button>`}
          ${found.length === SIZE && html`<button onClick=${() => setBefore([...before, found.at(-1).client])}>${t('next')}</button>`}</div>
      </section>`)}<//>`;
}
