import {html} from '../standalone.module.js';
import {remove} from '../api.js';
import {DeviceCount, DeviceFilter, Pages, useDeviceFilter, usePages} from '../device-filter.js';
import {ago, plain, time} from '../format.js';
import {Confirmed, Loaded, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {t} from '../text.js';

const SIZE = 100;

export function DevicesPage() {
  const filter = useDeviceFilter();
  const pages = usePages(filter.query);
  const devices = useResource(`/clients?limit=${SIZE}&${filter.query}` + (pages.after ? '&after=' + pages.after : ''), 10_000);
  const none = filter.query ? 'none_match' : 'no_devices';
  return html`<div class="title"><h1>${t('devices')}</h1></div>
    <${DeviceFilter} filter=${filter} states=${['enrolled', 'revoked']} />
    <${DeviceCount} query=${filter.query} />
    <${Loaded} resource=${devices}>${found => (found.length === 0 && pages.isFirst ? html`<section class="card"><p>${t(none)}</p></section>` : html`
      <section class="card"><div class="scroll" tabindex="0"><table class="stack">
        <thead><tr><th>${t('name')}</th><th>${t('device_id')}</th><th>${t('for_run')}</th><th>${t('enrolled')}</th><th>${t('last_seen')}</th><th></th></tr></thead>
        <tbody>${found.map(one => html`<tr key=${one.client}>
          <td data-label=${t('name')} class="wide">${plain(one.name || '–')}</td><td data-label=${t('device_id')}><code>${one.client}</code></td><td data-label=${t('for_run')}>${one.run || t('all')}</td>
          <td data-label=${t('enrolled')}>${time(one.enrolledAt)}</td><td data-label=${t('last_seen')} title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</td>
          <td>${one.revokedAt ? html`<span class="state failed">${t('revoked')}</span>` : isOperator() && html`<${Confirmed} label=${t('revoke')} danger question=${t('confirm_revoke_device', one.name ? plain(one.name) : one.client)} act=${async () => { await remove('/clients/' + one.client); devices.ask(); }} />`}</td></tr>`)}</tbody></table></div>
        <${Pages} pages=${pages} last=${found.length === SIZE ? found.at(-1).client : undefined} />
      </section>`)}<//>`;
}
