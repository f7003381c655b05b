import {html} from '../standalone.module.js';
import {ago, bytes, number, plain, seconds, time} from '../format.js';
import {Loaded, Said, useResource} from '../parts.js';
import {t} from '../text.js';

/** The installation: replicas, the holders of leases, the location of the data, and problems. */
export function SystemPage() {
  const system = useResource('/system', 10_000);
  return html`<div class="title"><h1>${t('system')}</h1></div>
    <${Loaded} resource=${system}>${found => html`
      <${Objects} objects=${found.database.objects} />
      <${Missing} names=${found.missingObjects} />
      <${Unsafe} warnings=${found.warnings} />
      <${Alerts} alerts=${found.alerts} />
      <${Summary} system=${found} />
      <${Replicas} replicas=${found.replicas} me=${found.answeredBy.name} />
      <div class="grid"><${Leases} leases=${found.leases} /><${Checks} checks=${found.checks} /></div>
      <${Budget} heap=${found.heap} />`}<//>`;
}

const runLink = name => html`<a href=${'#/runs/' + encodeURIComponent(name)}>${plain(name)}</a>`;

function Alerts({alerts}) {
  if (!alerts) return null;
  if (alerts.problem) return html`<div class="note warn" role="status"><p><strong>${t('alerts')}</strong></p><p>${plain(alerts.problem)}</p></div>`;
  if (alerts.firing.length === 0) return html`<p class="note good">${t('no_alerts')}</p>`;
  return html`<section class="card"><h2>${t('alerts')}</h2><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('alert')}</th><th>${t('severity')}</th><th>${t('run')}</th><th>${t('since')}</th></tr></thead>
    <tbody>${alerts.firing.map(one => html`<tr>
      <td class="wide" data-label=${t('alert')}><strong>${plain(one.name)}</strong><div class="soft">${plain(one.summary || '')}</div></td>
      <td data-label=${t('severity')}><span class=${'state ' + (one.severity === 'critical' ? 'failed' : 'paused')}>${plain(one.severity || '–')}</span></td>
      <td data-label=${t('run')}>${one.run ? runLink(one.run) : t('none')}</td><td data-label=${t('since')} title=${time(one.since)}>${ago(one.since)}</td></tr>`)}</tbody></table></div></section>`;
}

function Objects({objects}) {
  if (!objects.problem) return null;
  return html`<div class="note bad" role="status"><p><strong>${t(objects.full ? 'objects_full' : 'objects_away')}</strong></p><p>${plain(objects.problem)}</p></div>`;
}

function Unsafe({warnings}) {
  if (warnings.length === 0) return null;
  return html`<div class="note warn" role="status"><p><strong>${t('waiting_storage_unsafe')}</strong></p>${warnings.map(one => html`<p><${Said} text=${one} /></p>`)}</div>`;
}

function Missing({names = []}) {
  if (names.length === 0) return null;
  return html`<div class="note bad" role="status"><p><strong>${t('objects_missing', number(names.length))}</strong></p><details><summary>${t('details')}</summary><p>${names.slice(0, 1000).map(plain).join(', ')}</p></details></div>`;
}

function Summary({system: {now, answeredBy, heap, database}}) {
  const used = heap.usedBytes / heap.maximumBytes;
  const free = database.disk && database.disk.freeBytes / database.disk.totalBytes;
  return html`<section class="card"><dl class="figures">
    <div><dt>${t('version')}</dt><dd>${plain(answeredBy.version)}<small>Java ${plain(answeredBy.java)}</small></dd></div>
    <div><dt>${t('uptime')}</dt><dd>${seconds((Date.parse(now) - Date.parse(answeredBy.startedAt)) / 1000)}<small>${plain(answeredBy.name)}</small></dd></div>
    <div><dt>${t('heap')}</dt><dd>${bytes(heap.usedBytes)}<small>${t('of_total', bytes(heap.maximumBytes))}</small><progress aria-label=${t('heap')} value=${used} max="1"></progress></dd></div>
    <div><dt>${t('database')}</dt><dd>${plain(database.product)}<small>${t('schema', plain(database.schemaVersion), number(database.migrations))}</small></dd></div>
    <div><dt>${t('database_size')}</dt><dd>${bytes(database.bytes)}</dd></div>
    ${database.disk && html`<div><dt>${t('disk_free')}</dt><dd class=${free < 0.1 ? 'bad' : ''}>${bytes(database.disk.freeBytes)}<small>${t('of_total', bytes(database.disk.totalBytes))}</small></dd></div>`}
  </dl></section>`;
}

function Replicas({replicas, me}) {
  return html`<section class="card"><h2>${t('replicas')}</h2><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('name')}</th><th>${t('state')}</th><th>${t('heartbeat')}</th><th>${t('started')}</th><th>${t('version')}</th><th>Java</th></tr></thead>
    <tbody>${replicas.map(one => html`<tr key=${one.name}>
      <td class="wide" data-label=${t('name')}><code>${plain(one.name)}</code> ${one.name === me && html`<span class="soft">(${t('this_replica')})</span>`}</td>
      <td data-label=${t('state')}><span class=${'state ' + (one.alive ? 'running' : 'failed')}>${t(one.alive ? 'alive' : 'silent')}</span></td>
      <td data-label=${t('heartbeat')} title=${time(one.seenAt)}>${ago(one.seenAt)}</td><td data-label=${t('started')}>${time(one.startedAt)}</td>
      <td data-label=${t('version')}>${plain(one.version)}</td><td data-label="Java">${plain(one.java)}</td></tr>`)}</tbody></table></div></section>`;
}

function Leases({leases}) {
  return html`<section class="card"><h2>${t('leases')}</h2><p class="soft">${t('leases_hint')}</p>${leases.length === 0 ? html`<p>${t('no_tokens')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('run')}</th><th>${t('holder')}</th></tr></thead>
    <tbody>${leases.map(one => html`<tr key=${one.run}><td data-label=${t('run')}>${runLink(one.run)}</td><td data-label=${t('holder')} title=${time(one.until)}><code>${plain(one.holder)}</code></td></tr>`)}</tbody></table></div>`}</section>`;
}

const OUTCOMES = {agrees: 'running', differs: 'paused', damaged: 'failed'};

function Checks({checks}) {
  return html`<section class="card"><h2>${t('checks')}</h2><p class="soft">${t('checks_hint')}</p>${checks.length === 0 ? html`<p>${t('no_tokens')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('run')}</th><th>${t('outcome')}</th><th class="number">${t('round')}</th><th>${t('when')}</th></tr></thead>
    <tbody>${checks.map(one => html`<tr key=${one.run}><td data-label=${t('run')}>${runLink(one.run)}</td><td data-label=${t('outcome')}><span class=${'state ' + OUTCOMES[one.outcome]}>${t('check_' + one.outcome)}</span></td>
      <td class="number" data-label=${t('round')}>${number(one.round)}</td><td data-label=${t('when')} title=${time(one.at)}>${ago(one.at)}</td></tr>`)}</tbody></table></div>`}</section>`;
}

function Budget({heap}) {
  return html`<section class="card"><details><summary>${t('heap_budget')}</summary><div class="scroll" tabindex="0"><table>
    <thead><tr><th>${t('purpose')}</th><th class="number">${t('set_aside')}</th></tr></thead>
    <tbody>${Object.entries(heap.budget).map(([name, value]) => html`<tr><td><code>${name}</code></td><td class="number">${bytes(value)}</td></tr>`)}</tbody></table></div></details></section>`;
}
