import {html, useEffect, useState} from '../standalone.module.js';
import {number, plain, time, uplinkRatio} from '../format.js';
import {DeleteOld} from '../old-records.js';
import {useListAddress} from '../lists.js';
import {Loaded, RunState, Spark, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {SortHead} from '../table.js';
import {t} from '../text.js';
import {Tags} from './notes.js';
import {Message} from './run.js';

const SIZE = 50;
const STATES = ['created', 'running', 'paused', 'finished', 'cancelled', 'failed'];

export function RunsPage({query}) {
  const [search, setSearch] = useState(query.get('search') || '');
  const [asked, setAsked] = useState(search);
  const [state, setState] = useState(query.get('state') || '');
  const [tag, setTag] = useState(query.get('tag') || '');
  const [metric, setMetric] = useState(query.get('metric') || '');
  const [page, setPage] = useState(0);
  const [sort, setSort] = useState(query.get('sort') ? {key: query.get('sort'), down: query.get('descending') === 'true'} : null);
  const [chosen, setChosen] = useState([]);
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(search); setPage(0); }, 250);
    return () => clearTimeout(timer);
  }, [search]);
  const parameters = new URLSearchParams({search: asked, page, size: SIZE, ...(state && {state}), ...(tag && {tag}), ...(sort && {sort: sort.key, descending: sort.down})});
  const overview = useResource('/run-overview?' + parameters, 4000);
  useListAddress('runs', {search: asked, state, tag, metric, sort: sort?.key, descending: sort?.down});
  const first = set => value => { set(value); setPage(0); };
  const toggle = name => setChosen(before => (before.includes(name) ? before.filter(one => one !== name) : [...before, name]));

  // The coordinator sorts the list, because it may have many pages.
  const head = (column, text, number) => html`<${SortHead} column=${column} sort=${sort} number=${number} set=${first(setSort)}>${text}<//>`;

  return html`
    <div class="title"><h1>${t('runs')}</h1><div>
      ${chosen.length > 1 && html`<a class="button" href=${'#/compare?runs=' + chosen.map(encodeURIComponent).join(',')}>${t('compare_chosen')}</a>`}
      <${DeleteOld} kind="runs" done=${overview.ask} />
      ${isOperator() && html`<a class="button first" href="#/new">${t('new_run')}</a>`}
    </div></div>
    <div class="row">
      <input type="search" aria-label=${t('search')} placeholder=${t('search')} value=${search} onInput=${event => setSearch(event.target.value)} />
      <select aria-label=${t('state')} value=${state} onChange=${event => first(setState)(event.target.value)}>
        <option value="">${t('state')}: ${t('all')}</option>${STATES.map(one => html`<option value=${one} selected=${one === state}>${t(one)}</option>`)}
      </select>
      <${Choices} name="tag" value=${tag} of=${(overview.value?.runs ?? []).flatMap(run => run.tags ?? [])} set=${first(setTag)} />
      <${Choices} name="metric_column" value=${metric} of=${(overview.value?.runs ?? []).flatMap(run => Object.keys(run.metrics)).filter(one => one !== 'loss')} none="none" set=${setMetric} />
    </div>
    <${Loaded} resource=${overview}>${({runs, total}) => (total === 0
      ? html`<section class="card">${asked || state || tag ? html`<p>${t('none_match')}</p>` : html`<p><strong>${t('no_runs')}</strong></p><p class="soft">${t('no_runs_hint')}</p>`}</section>`
      : html`<section class="card"><div class="scroll" tabindex="0"><table class="stack">
        <thead><tr><th></th>${head('name', t('run'))}${head('state', t('state'))}${head('round', t('progress'))}${head('loss', t('loss'))}${metric && head('metric:' + metric, plain(metric), true)}<th class="number">${t('members')}</th><th>${t('compression')}</th>${head('created', t('created_at'))}</tr></thead>
        <tbody>${runs.map(run => html`<${Row} key=${run.name} run=${run} chosen=${chosen.includes(run.name)} toggle=${toggle} metric=${metric} choose=${first(setTag)} />`)}</tbody>
      </table></div>
      ${total > SIZE && html`<div class="row"><button disabled=${page === 0} onClick=${() => setPage(page - 1)}>${t('previous')}</button>
        <span>${t('pages', page * SIZE + 1, Math.min(total, (page + 1) * SIZE), total)}</span>
        <button disabled=${(page + 1) * SIZE >= total} onClick=${() => setPage(page + 1)}>${t('next')}</button></div>`}
      </section>`)}<//>`;
}

/** A drop-down list of the values in the rows and the selected value. */
function Choices({name, value, of, none = 'all', set}) {
  const values = [...new Set([...of, ...(value ? [value] : [])])].sort();
  return values.length === 0 ? null : html`<select aria-label=${t(name)} value=${value} onChange=${event => set(event.target.value)}>
    <option value="">${t(name)}: ${t(none)}</option>${values.map(one => html`<option value=${one} selected=${one === value}>${t(name)}: ${plain(one)}</option>`)}</select>`;
}

function Row({run, chosen, toggle, metric, choose}) {
  const losses = run.loss.filter(Number.isFinite);
  return html`<tr>
    <td><input type="checkbox" aria-label=${t('choose', run.name)} checked=${chosen} onChange=${() => toggle(run.name)} /></td>
    <td data-label=${t('run')} class="wide"><a href=${'#/runs/' + encodeURIComponent(run.name)}>${plain(run.name)}</a>
      <div class="soft">${run.algorithm || ''} ${run.compressor ? '· ' + run.compressor : ''}</div>
      ${run.description && html`<div>${plain(run.description.split('\n')[0])}</div>`}<${Tags} tags=${run.tags} choose=${choose} />
      ${(run.message || run.stalled) && html`<div class="soft"><${Message} run=${run} /></div>`}</td>
    <td data-label=${t('state')}><${RunState} run=${run} /></td>
    <td data-label=${t('progress')}>${t('round_of', number(run.round), number(run.rounds))}<progress aria-label=${t('progress')} value=${run.round} max=${run.rounds}></progress></td>
    <td data-label=${t('loss')}><${Spark} values=${run.loss} /><span class="soft">${losses.length ? number(losses[losses.length - 1]) : ''}</span></td>
    ${metric && html`<td data-label=${plain(metric)} class="number">${number(run.metrics[metric])}</td>`}
    <td data-label=${t('members')} class="number">${number(run.members)}</td>
    <td data-label=${t('compression')}>${run.compression ? uplinkRatio(run.compression) : t('none')}</td>
    <td data-label=${t('created_at')}>${time(run.createdAt)}</td>
  </tr>`;
}
