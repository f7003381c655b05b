import {html} from '../standalone.module.js';
import {Attributes, DeviceFilter, DeviceLink, Pages, useDeviceFilter, usePages} from '../device-filter.js';
import {ago, number, time} from '../format.js';
import {Loaded, useResource} from '../parts.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const SIZE = 100;

/** A run's members, page by page. */
export function Members({base, round, live}) {
  const filter = useDeviceFilter();
  const pages = usePages(filter.query);
  const members = useResource(`${base}/members?limit=${SIZE}&${filter.query}` + (pages.after === undefined ? '' : '&after=' + pages.after), live ? 10_000 : 0);
  const sort = useSort({device: one => one.name || one.client, weight: one => one.weight, messages: one => one.sequence, round: one => one.lastRound, seen: one => one.lastSeenAt});
  const none = filter.query ? 'none_match' : 'no_members';
  return html`<section class="card"><div class="title"><h2>${t('members')}</h2>
      <${DeviceFilter} filter=${filter} states=${['active', 'joining', 'leaving']} /></div>
    <${Loaded} resource=${members}>${found => (found.length === 0 && pages.isFirst ? html`<p class="soft">${t(none)}</p>` : html`
      <div class="scroll" tabindex="0"><table class="stack"><thead><tr>${sort.head('device', t('device'))}${sort.head('weight', t('weight'), true)}${sort.head('messages', t('messages'), true)}${sort.head('round', t('last_round'))}${sort.head('seen', t('last_seen'))}<th>${t('attributes')}</th></tr></thead>
        <tbody>${sort.of(found).map(one => html`<${Member} key=${one.client} member=${one} round=${round} live=${live} />`)}</tbody></table></div>
      <${Pages} pages=${pages} last=${found.length === SIZE ? found.at(-1).ordinal : undefined} />`)}<//></section>`;
}

function Member({member, round, live}) {
  const lag = round - 1 - (member.lastRound ?? -1);
  return html`<tr>
    <td class="wide" data-label=${t('device')}><${DeviceLink} device=${member} /> ${member.name && html`<code>${member.client}</code>`} ${member.silent && html`<span class="state waiting" title=${t('silent_hint')}>${t('not_waited_for')}</span>`}</td>
    <td class="number" data-label=${t('weight')}>${number(member.weight)}</td><td class="number" data-label=${t('messages')}>${number(member.sequence)}</td>
    <td data-label=${t('last_round')}>${member.lastRound ?? t('none')} ${live && lag > 0 && html`<span class="soft">(${t('lag', number(lag))})</span>`}</td>
    <td data-label=${t('last_seen')} title=${time(member.lastSeenAt)}>${ago(member.lastSeenAt)}</td>
    <td class="wide" data-label=${t('attributes')}><${Attributes} of=${member} /></td></tr>`;
}
