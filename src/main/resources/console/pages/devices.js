import {html, useEffect, useState} from '../standalone.module.js';
import {call, remove} from '../api.js';
import {Attributes, DeviceCount, DeviceFilter, DeviceLink, Pages, filterOf, useDeviceFilter, usePages} from '../device-filter.js';
import {ago, number, plain, time} from '../format.js';
import {useListAddress} from '../lists.js';
import {DeleteOld} from '../old-records.js';
import {Confirmed, Dialog, Loaded, Refusal, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const SIZE = 100;

export function DevicesPage({query}) {
  const filter = useDeviceFilter(filterOf(query));
  useListAddress('devices', filter.fields);
  const pages = usePages(filter.query);
  const [chosen, setChosen] = useState([]);
  // The selection applies only to the listed devices, so another list clears it.
  useEffect(() => setChosen([]), [filter.query, pages.after]);
  const devices = useResource(`/clients?limit=${SIZE}&${filter.query}` + (pages.after ? '&after=' + pages.after : ''), 10_000);
  const count = useResource('/clients/count?' + filter.query, 30_000);
  const sort = useSort({name: one => one.name, id: one => one.client, run: one => one.run, enrolled: one => one.enrolledAt, seen: one => one.lastSeenAt});
  const none = filter.query ? 'none_match' : 'no_devices';
  const toggle = (clients, on) => setChosen(before => [...before.filter(one => !clients.includes(one)), ...(on ? clients : [])]);
  return html`<div class="title"><h1>${t('devices')}</h1><${DeleteOld} kind="devices" done=${devices.ask} /></div>
    <${DeviceFilter} filter=${filter} states=${['enrolled', 'revoked']} />
    <${DeviceCount} of=${count} />
    ${isOperator() && html`<${Bulk} chosen=${chosen} query=${filter.query} done=${() => { setChosen([]); devices.ask(); count.ask(); }} />`}
    <${Loaded} resource=${devices}>${found => {
      if (found.length === 0 && pages.isFirst) return html`<section class="card"><p>${t(none)}</p></section>`;
      const open = found.filter(one => !one.revokedAt).map(one => one.client);
      return html`<section class="card"><div class="scroll" tabindex="0"><table class="stack">
        <thead><tr>${isOperator() && html`<th><input type="checkbox" aria-label=${t('choose_page')} checked=${open.length > 0 && open.every(one => chosen.includes(one))} onChange=${event => toggle(open, event.target.checked)} /></th>`}
          ${sort.head('name', t('name'))}${sort.head('id', t('device_id'))}<th>${t('attributes')}</th>${sort.head('run', t('for_run'))}${sort.head('enrolled', t('enrolled'))}${sort.head('seen', t('last_seen'))}<th></th></tr></thead>
        <tbody>${sort.of(found).map(one => html`<tr key=${one.client}>
          ${isOperator() && html`<td>${!one.revokedAt && html`<input type="checkbox" aria-label=${t('choose', plain(one.name || one.client))} checked=${chosen.includes(one.client)} onChange=${event => toggle([one.client], event.target.checked)} />`}</td>`}
          <td data-label=${t('name')} class="wide"><${DeviceLink} device=${one} /></td><td data-label=${t('device_id')}><code>${one.client}</code></td><td data-label=${t('attributes')} class="wide"><${Attributes} of=${one} /></td><td data-label=${t('for_run')}>${one.run || t('all')}</td>
          <td data-label=${t('enrolled')}>${time(one.enrolledAt)}</td><td data-label=${t('last_seen')} title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</td>
          <td><${DeviceActions} device=${one} done=${devices.ask} /></td></tr>`)}</tbody></table></div>
        <${Pages} pages=${pages} last=${found.length === SIZE ? found.at(-1).client : undefined} />
      </section>`;
    }}<//>`;
}

/** An operator's actions on a device. */
export const DeviceActions = ({device, done}) => html`<div class="row">${device.erased ? html`<span class="state">${t('erased')}</span>` : device.revokedAt ? html`<span class="state failed">${t('revoked')}</span> ${isOperator() && html`<${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_device', plain(device.name || device.client))} act=${async () => { await remove(`/clients/${device.client}/record`); done(); }} />`}` : isOperator() && html`<${Labels} device=${device} done=${done} />
  <${Confirmed} label=${t('revoke')} danger question=${t('confirm_revoke_device', plain(device.name || device.client))} act=${async () => { await remove('/clients/' + device.client); done(); }} />`}</div>`;

/** Actions on the selected devices, and on all devices that match a selector. */
function Bulk({chosen, query, done}) {
  const selects = new URLSearchParams(query).has('selector');
  if (chosen.length === 0 && !selects) return null;
  const each = act => async () => { for (const client of chosen) await act(client); done(); };
  const some = number(chosen.length);
  return html`<div class="row" role="group" aria-label=${t('bulk')}>
    ${chosen.length > 0 && html`<span role="status">${t('chosen_devices', some)}</span>
      <${LabelMany} label=${t('label_chosen')} send=${labels => each(client => label(client, labels))()} />
      <${Confirmed} label=${t('revoke_chosen')} danger question=${t('confirm_revoke_devices', some)} act=${each(client => remove('/clients/' + client))} />`}
    ${selects && html`<${LabelMany} label=${t('label_matching')} send=${async labels => { await patch('/clients/labels?' + query, labels); done(); }}
      count=${async labels => (await patch('/clients/labels?dryRun=true&' + query, labels)).changed} />`}</div>`;
}

const patch = (path, labels) => call('PATCH', path, {body: JSON.stringify(labels), type: 'application/merge-patch+json'});
const label = (client, labels) => patch(`/clients/${client}/labels`, labels);

/** Parses lines of the form key=value; with removes, a line without a value removes the label. */
const parsed = (text, removes) => Object.fromEntries(text.split('\n').map(line => line.trim()).filter(Boolean).map(line => {
  const value = line.slice(line.indexOf('=') + 1).trim();
  return [line.split('=')[0].trim(), removes && value === '' ? null : value];
}));

/** A button that opens a dialog with labels to set on many devices. count: returns how many would change. */
function LabelMany({label: name, send, count}) {
  const [text, setText] = useState(null);
  const [problem, setProblem] = useState(null);
  const [counted, setCounted] = useState(null);
  const attempt = work => work().then(() => setProblem(null), setProblem);
  const go = () => attempt(async () => {
    if (count && counted === null) setCounted(await count(parsed(text, true)));
    else { await send(parsed(text, true)); setText(null); }
  });
  return html`<button onClick=${() => { setProblem(null); setCounted(null); setText(''); }}>${name}</button>
    ${text !== null && html`<${Dialog} title=${name} onClose=${() => setText(null)}>
      <label>${t('labels')}<textarea rows="6" spellcheck="false" value=${text} onInput=${event => { setCounted(null); setText(event.target.value); }}></textarea><small>${t('labels_many_hint')}</small></label>
      ${counted !== null && html`<p role="status">${t('devices_change', number(counted))}</p>`}
      <p class="soft">${t('audited')}</p><${Refusal} problem=${problem} />
      <div class="row"><button class="first" disabled=${text.trim() === ''} onClick=${go}>${count && counted === null ? t('review') : t('save')}</button><button onClick=${() => setText(null)}>${t('back')}</button></div>
    <//>`}`;
}

/** A button that opens a dialog with a device's labels, one a line. */
function Labels({device, done}) {
  const [text, setText] = useState(null);
  const [problem, setProblem] = useState(null);
  const open = () => { setProblem(null); setText(Object.entries(device.labels).map(label => label.join('=')).join('\n')); };
  const save = async () => {
    const labels = parsed(text, false);
    const removed = Object.fromEntries(Object.keys(device.labels).filter(key => !(key in labels)).map(key => [key, null]));
    try {
      await label(device.client, {...labels, ...removed});
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
