// The filter for lists of devices. Pages only pass the filter to the coordinator, which searches.
import {html, useEffect, useState} from './standalone.module.js';
import {number, plain} from './format.js';
import {t} from './text.js';

const TYPING = 300;
const SEEN = ['seenWithin=1h', 'seenWithin=24h', 'unseenFor=1h', 'unseenFor=24h', 'unseenFor=7d'];

/** Returns the fields of the filter in an address. */
export const filterOf = query => Object.fromEntries(['search', 'state', 'seen', 'selector'].map(key => [key, query.get(key) ?? '']));

/** Keeps a filter. Returns {fields, set, query}; updates the query when the user stops typing. */
export function useDeviceFilter(initial = {}) {
  const [fields, setFields] = useState({search: '', state: '', seen: '', selector: '', ...initial});
  const [query, setQuery] = useState(() => queryOf(fields));
  useEffect(() => {
    const timer = setTimeout(() => setQuery(queryOf(fields)), TYPING);
    return () => clearTimeout(timer);
  }, [fields]);
  return {fields, query, set: changes => setFields(before => ({...before, ...changes}))};
}

function queryOf({search, state, seen, selector}) {
  const parameters = new URLSearchParams({...(search && {search}), ...(state && {state}), ...(selector.trim() && {selector: selector.trim()})});
  if (seen) parameters.set(...seen.split('='));
  return parameters.toString();
}

/**
 * Keeps the position in a paged list, in which a page starts after the last entry of the previous one. Resets the
 * position when the filter changes.
 */
export function usePages(query) {
  const [place, setPlace] = useState({query, before: []});
  const before = place.query === query ? place.before : [];
  const go = next => setPlace({query, before: next});
  return {after: before.at(-1), isFirst: before.length === 0, back: () => go(before.slice(0, -1)), on: last => go([...before, last])};
}

export const Pages = ({pages, last}) => (pages.isFirst && last === undefined ? null : html`<div class="row">
  <button disabled=${pages.isFirst} onClick=${pages.back}>${t('previous')}</button>
  <button disabled=${last === undefined} onClick=${() => pages.on(last)}>${t('next')}</button></div>`);

/** The filter's fields; states are the list's possible states. */
export const DeviceFilter = ({filter: {fields, set}, states}) => html`<div class="row">
  <input type="search" maxlength="100" aria-label=${t('search_devices')} placeholder=${t('search_devices')} value=${fields.search} onInput=${event => set({search: event.target.value})} />
  <input type="search" size="36" maxlength="2000" spellcheck="false" aria-label=${t('selector')} placeholder=${t('selector_example')} title=${t('selector_hint')} value=${fields.selector} onInput=${event => set({selector: event.target.value})} />
  <select aria-label=${t('state')} value=${fields.state} onChange=${event => set({state: event.target.value})}>
    <option value="">${t('state')}: ${t('all')}</option>${states.map(one => html`<option value=${one} selected=${one === fields.state}>${t('device_' + one)}</option>`)}</select>
  <select aria-label=${t('last_seen')} value=${fields.seen} onChange=${event => set({seen: event.target.value})}>
    <option value="">${t('last_seen')}: ${t('all')}</option>${SEEN.map(one => html`<option value=${one} selected=${one === fields.seen}>${t('seen_' + one.replace('=', '_'))}</option>`)}</select>
</div>`;

/** A device's name or id, linked to its page. */
export const DeviceLink = ({device}) => html`<a href=${'#/devices/' + encodeURIComponent(device.client)}>${plain(device.name || device.client)}</a>`;

/** A device's attributes and labels; labels replace attributes with the same key. */
export function Attributes({of: {attributes, labels}}) {
  const all = {...attributes, ...labels};
  return html`<div class="tags">${Object.keys(all).sort().map(key => html`<span title=${key in labels ? t('label') : t('attribute')}>${key in labels ? html`<b>${key}=${all[key]}</b>` : `${key}=${all[key]}`}</span>`)}</div>`;
}

/** The number of devices that the filter matches, from a resource. */
export function DeviceCount({of: {value, problem}}) {
  // The list shows the same problem.
  return problem ? null : html`<p class="soft" role="status">${value ? t('devices_match', number(value.matching), number(value.total), number(value.seenLastDay)) : t('loading')}</p>`;
}
