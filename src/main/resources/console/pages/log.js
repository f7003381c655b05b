import {html, useEffect, useState} from '../standalone.module.js';
import {deed} from '../audit.js';
import {Pages, usePages} from '../device-filter.js';
import {plain, time} from '../format.js';
import {useListAddress} from '../lists.js';
import {Field, Loaded, useResource} from '../parts.js';
import {t} from '../text.js';

const SIZE = 100;
const TYPING = 300;

const FIELDS = ['actor', 'method', 'path', 'run', 'since', 'until'];
const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'];

/** Converts a date, or a date and time, in the reader's time zone to an instant. */
const instant = text => (text ? new Date(text).toISOString() : undefined);

export function LogPage({query}) {
  const [fields, setFields] = useState(() => Object.fromEntries(FIELDS.map(key => [key, query.get(key) ?? ''])));
  const [asked, setAsked] = useState(fields);
  const pages = usePages(JSON.stringify(asked));
  useEffect(() => {
    const timer = setTimeout(() => setAsked(fields), TYPING);
    return () => clearTimeout(timer);
  }, [fields]);
  useListAddress('log', asked);
  const set = key => event => setFields(before => ({...before, [key]: event.target.value}));
  const {since, until, ...texts} = asked;
  const parameters = new URLSearchParams(Object.entries({limit: SIZE, ...texts, since: instant(since), until: instant(until), before: pages.after}).filter(([, value]) => value));
  const entries = useResource('/audit-log?' + parameters, pages.isFirst ? 5000 : 0);
  const field = (key, type, label) => html`<${Field} label=${t(label)}><input type=${type} value=${fields[key]} onInput=${set(key)} /><//>`;
  return html`<div class="title"><h1>${t('log')}</h1></div>
    <div class="fields filter">${field('actor', 'search', 'who')}
      <${Field} label=${t('kind_of_request')}><select value=${fields.method} onChange=${set('method')}><option value="">${t('all')}</option>${METHODS.map(one => html`<option value=${one} selected=${one === fields.method}>${t('method_' + one.toLowerCase())}</option>`)}</select><//>
      ${field('path', 'search', 'path_contains')}${field('run', 'search', 'run')}${field('since', 'datetime-local', 'log_since')}${field('until', 'datetime-local', 'log_until')}</div>
    <${Loaded} resource=${entries}>${found => (found.length === 0 && pages.isFirst
      ? html`<section class="card"><p>${t(FIELDS.some(key => asked[key]) ? 'none_match' : 'no_entries')}</p></section>` : html`
      <section class="card"><${Entries} entries=${found} /><${Pages} pages=${pages} last=${found.length === SIZE ? found.at(-1).id : undefined} /></section>`)}<//>`;
}

/** Entries of the audit log: the actor, the action, its target and its outcome. */
export function Entries({entries}) {
  return html`<div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('when')}</th><th>${t('who')}</th><th>${t('what')}</th><th>${t('run')}</th><th>${t('outcome')}</th></tr></thead>
    <tbody>${entries.map(one => html`<tr key=${one.id}><td data-label=${t('when')}>${time(one.at)}${one.count > 1 && html`<div class="soft">${t('repeated_since', one.count, time(one.firstAt))}</div>`}</td><td data-label=${t('who')}>${plain(one.actor)}</td>
      <td class="wide" data-label=${t('what')}>${deed(one)}<div class="soft"><code>${plain(one.method)} ${plain(one.path)}</code></div></td>
      <td data-label=${t('run')}>${one.run ? html`<a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a>` : t('none')}</td>
      <td data-label=${t('outcome')}><${Outcome} status=${one.status} /></td></tr>`)}</tbody></table></div>`;
}

function Outcome({status}) {
  if (!status) return t('outcome_unknown');
  return html`<span class=${status < 400 ? 'state finished' : 'state failed'} title=${'HTTP ' + status}>${t(status < 400 ? 'outcome_done' : 'outcome_refused')}</span> <span class="soft">${status}</span>`;
}
