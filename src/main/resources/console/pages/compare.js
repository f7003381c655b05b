import {html, useEffect, useMemo, useState} from '../standalone.module.js';
import {get} from '../api.js';
import {Chart, joined, positive} from '../chart.js';
import {AXES, axes, figure, figureName, figures} from '../curves.js';
import {bytes, number, plain, seconds} from '../format.js';
import {Refusal, State, useResource} from '../parts.js';
import {useSort} from '../table.js';
import {definition} from './run.js';
import {t} from '../text.js';

const MAX_RUNS = 6;

function link(runs, figure, axis, scale) {
  return '#/compare?' + new URLSearchParams({runs: runs.join(','), ...(figure && {figure}), against: axis, scale});
}

export function ComparePage({query}) {
  const runs = (query.get('runs') || '').split(',').filter(Boolean).slice(0, MAX_RUNS);
  const log = query.get('scale') === 'log';
  const [all, setAll] = useState([]);
  const [problem, setProblem] = useState(null);
  const key = runs.join(',');
  useEffect(() => {
    const abort = new AbortController();
    const ask = () => Promise.all(runs.map(async run => {
      const base = '/runs/' + encodeURIComponent(run);
      return {name: run, run: await get(base, {signal: abort.signal}), series: await get(base + '/series?points=600', {signal: abort.signal})};
    })).then(found => { setAll(found); setProblem(null); }, refusal => refusal.name !== 'AbortError' && setProblem(refusal));
    ask();
    const timer = setInterval(ask, 5000);
    return () => { abort.abort(); clearInterval(timer); };
  }, [key]);
  const shown = all.filter(one => runs.includes(one.name));
  const choices = axes(shown.map(one => one.series));
  const axis = choices.includes(query.get('against')) ? query.get('against') : 'round';
  const names = figures(shown.map(one => one.series));
  const chosen = names.includes(query.get('figure')) ? query.get('figure') : names[0];
  const data = useMemo(() => shown.length && chosen ? joined(shown.map(({series}) => {
    const column = figure(series, chosen);
    return [AXES[axis].column(series), log ? positive(column) : column];
  })) : null, [all, chosen, axis, log, key]);
  const go = (changed = {}) => { location.hash = link(changed.runs ?? runs, changed.figure ?? chosen, changed.axis ?? axis, changed.scale ?? (log ? 'log' : 'linear')); };
  return html`<div class="title"><h1>${t('compare')}</h1></div>
    <p class="soft">${t('compare_intro')}</p>
    <${Chooser} runs=${runs} choose=${chosenRuns => go({runs: chosenRuns})} />
    <${Refusal} problem=${problem} />
    ${data && html`<section class="card"><div class="title"><h2>${figureName(chosen)}</h2><div>
        <select aria-label=${t('figure')} onChange=${event => go({figure: event.target.value})}>${names.map(one => html`<option value=${one} selected=${one === chosen}>${figureName(one)}</option>`)}</select>
        <select aria-label=${t('against')} onChange=${event => go({axis: event.target.value})}>${choices.map(one => html`<option value=${one} selected=${one === axis}>${t('against')}: ${t(AXES[one].name)}</option>`)}</select>
        <select aria-label=${t('scale')} onChange=${event => go({scale: event.target.value})}><option value="linear">${t('linear')}</option><option value="log" selected=${log}>${t('logarithmic')}</option></select></div></div>
      <${Chart} label=${{x: t(AXES[axis].axis), y: figureName(chosen), text: figureName(chosen)}} data=${data} series=${shown.map(one => ({label: plain(one.name)}))} kinds=${{x: AXES[axis].kind}} log=${log} height=${360} /></section>`}
    ${shown.length > 0 && html`<${Totals} all=${shown} />`}
    ${shown.length > 1 && html`<${Differences} all=${shown} />`}`;
}

function Totals({all}) {
  const rows = all.map(({name, run, series}) => ({name, state: run.state, rounds: series.closed, loss: series.loss.filter(Number.isFinite).at(-1), uplink: series.uplinkBytes.at(-1), downlink: series.downlinkBytes.at(-1), duration: series.seconds.at(-1)}));
  const sort = useSort(Object.fromEntries(Object.keys(rows[0]).map(key => [key, row => row[key]])));
  const cell = (key, value) => html`<td class="number" data-label=${t(key)}>${value}</td>`;
  return html`<section class="card"><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr>${sort.head('name', t('run'))}${sort.head('state', t('state'))}${['rounds', 'loss', 'uplink', 'downlink', 'duration'].map(key => sort.head(key, t(key), true))}</tr></thead>
    <tbody>${sort.of(rows).map(row => html`<tr key=${row.name}>
      <td class="wide" data-label=${t('run')}><a href=${'#/runs/' + encodeURIComponent(row.name)}>${plain(row.name)}</a></td><td data-label=${t('state')}><${State} state=${row.state} /></td>
      ${cell('rounds', number(row.rounds))}${cell('loss', number(row.loss))}${cell('uplink', bytes(row.uplink))}${cell('downlink', bytes(row.downlink))}${cell('duration', seconds(row.duration))}</tr>`)}</tbody></table></div></section>`;
}

function Chooser({runs, choose}) {
  const overview = useResource('/run-overview?size=200');
  const others = (overview.value?.runs || []).map(one => one.name).filter(name => !runs.includes(name));
  return html`<div class="row">
    ${runs.map(name => html`<button onClick=${() => choose(runs.filter(one => one !== name))}>${plain(name)} <span aria-hidden="true">×</span></button>`)}
    ${runs.length < MAX_RUNS && html`<select aria-label=${t('run')} value="" onChange=${event => event.target.value && choose([...runs, event.target.value])}>
      <option value="">+ ${t('run')}</option>${others.map(name => html`<option value=${name}>${plain(name)}</option>`)}</select>`}
  </div>`;
}

function flat(value, path = '') {
  if (value === null || typeof value !== 'object') return [[path, String(value)]];
  if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? path + '.' + key : key));
}

function Differences({all}) {
  const tables = all.map(({run}) => new Map(flat(definition(run))));
  const fields = [...new Set(tables.flatMap(table => [...table.keys()]))].filter(field => !['name', 'description', 'tags'].includes(field) && new Set(tables.map(table => table.get(field))).size > 1);
  return html`<section class="card"><h2>${t('differs')}</h2>${fields.length === 0 ? html`<p>${t('nothing_differs')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('field')}</th>${all.map(one => html`<th>${plain(one.name)}</th>`)}</tr></thead>
    <tbody>${fields.map(field => html`<tr><th class="wide" scope="row">${field}</th>${tables.map((table, i) => html`<td data-label=${plain(all[i].name)}>${plain(table.get(field) ?? t('none'))}</td>`)}</tr>`)}</tbody></table></div>`}</section>`;
}
