import {html, useState} from '../standalone.module.js';
import {call, remove} from '../api.js';
import {Attributes, DeviceCount, DeviceFilter, Pages, useDeviceFilter, usePages} from '../device-filter.js';
import {ago, plain, time} from '../format.js';
import {DeleteOld} from '../old-records.js';
import {Confirmed, Dialog, Loaded, Refusal, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {t} from '../text.js';

const SIZE = 100;

export function DevicesPage() {
  const filter = useDeviceFilter();
  const pages = usePages(filter.query);
  const devices = useResource(`/clients?limit=${SIZE}&${filter.query}` + (pages.after ? '&after=' + pages.after : ''), 10_000);
  const none = filter.query ? 'none_match' : 'no_devices';
  return html`<div class="title"><h1>${t('devices')}</h1><${DeleteOld} kind="devices" done=${devices.ask} /></div>
    <${DeviceFilter} filter=${filter} states=${['enrolled', 'revoked']} />
    <${DeviceCount} query=${filter.query} />
    <${Loaded} resource=${devices}>${found => (found.length === 0 && pages.isFirst ? html`<section class="card"><p>${t(none)}</p></section>` : html`
      <section class="card"><div class="scroll" tabindex="0"><table class="stack">
        <thead><tr><th>${t('name')}</th><th>${t('device_id')}</th><th>${t('attributes')}</th><th>${t('for_run')}</th><th>${t('enrolled')}</th><th>${t('last_seen')}</th><th></th></tr></thead>
        <tbody>${found.map(one => html`<tr key=${one.client}>
          <td data-label=${t('name')} class="wide">${plain(one.name || '–')}</td><td data-label=${t('device_id')}><code>${one.client}</code></td><td data-label=${t('attributes')} class="wide"><${Attributes} of=${one} /></td><td data-label=${t('for_run')}>${one.run || t('all')}</td>
          <td data-label=${t('enrolled')}>${time(one.enrolledAt)}</td><td data-label=${t('last_seen')} title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</td>
          <td>${one.revokedAt ? html`<span class="state failed">${t('revoked')}</span> ${isOperator() && html`<${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_device', one.name ? plain(one.name) : one.client)} act=${async () => { await remove(`/clients/${one.client}/record`); devices.ask(); }} />`}` : isOperator() && html`<${Labels} device=${one} done=${devices.ask} /> <${Confirmed} label=${t('revoke')} danger question=${t('confirm_revoke_device', one.name ? plain(one.name) : one.client)} act=${async () => { await remove('/clients/' + one.client); devices.ask(); }} />`}</td></tr>`)}</tbody></table></div>
        <${Pages} pages=${pages} last=${found.length === SIZE ? found.at(-1).client : undefined} />
      </section>`)}<//>`;
}

/** A button that opens a dialog with a device's labels, a line for each. */
function Labels({device, done}) {
  const [text, setText] = useState(null);
  const [problem, setProblem] = useState(null);
  const open = () => { setProblem(null); setText(Object.entries(device.labels).map(label => label.join('=')).join('\n')); };
  const save = async () => {
    const labels = Object.fromEntries(text.split('\n').map(line => line.trim()).filter(Boolean).map(line => [line.split('=')[0].trim(), line.slice(line.indexOf('=') + 1).trim()]));
    const removed = Object.fromEntries(Object.keys(device.labels).filter(key => !(key in labels)).map(key => [key, null]));
    try {
      await call('PATCH', `/clients/${device.client}/labels`, {body: JSON.stringify({...labels, ...removed}), type: 'application/merge-patch+json'});
      setText(null); done();
    } catch (refusal) { setProblem(refusal); }
  };
  return html`<button onClick=${open}>${t('labels')}</button>
    ${text !== null && html`<${Dialog} title=${t('labels_of', plain(device.name || device.client))} onClose=${() => setText(null)}>
      <label>${t('labels')}<textarea rows="6" spellcheck="false" value=${text} onInput=${event => setText(event.target.value)}></textarea><small>${t('labels_hint')}</small></label>
      <p class="soft">${t('audited')}</p><${Refusal} problem=${problem} />
      <div class="row"><button class="first" onClick=${save}>${t('save')}</button><button onClick=${() => setText(null)}>${t('cancel')}</button></div>
    <//>`}`;
}
