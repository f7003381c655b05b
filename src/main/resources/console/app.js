// The frame of the console: sign-in, the bar, and the page that the address selects.
import {html, render, useEffect, useState} from './standalone.module.js';
import {get} from './api.js';
import {plain} from './format.js';
import {Menu, PAGES} from './menu.js';
import {Login} from './pages/login.js';
import {OverviewPage} from './pages/overview.js';
import {RunsPage} from './pages/runs.js';
import {RunPage} from './pages/run.js';
import {NewRunPage} from './pages/new-run.js';
import {ComparePage} from './pages/compare.js';
import {DevicePage} from './pages/device.js';
import {DevicesPage} from './pages/devices.js';
import {DocumentPage} from './pages/document.js';
import {TokensPage} from './pages/tokens.js';
import {ModelPage, ModelsPage} from './pages/models.js';
import {RolloutPage, RolloutsPage} from './pages/rollouts.js';
import {EvaluationPage, EvaluationsPage} from './pages/evaluations.js';
import {ExperimentPage, ExperimentsPage} from './pages/experiments.js';
import {LogPage} from './pages/log.js';
import {WebhooksPage} from './pages/webhooks.js';
import {RelaysPage} from './pages/relays.js';
import {SystemPage} from './pages/system.js';
import {finish, leave} from './oidc.js';
import {choose, isOperator, show, update, useStore} from './store.js';
import {t} from './text.js';

/** Parses the fragment, such as #/runs/digits?figure=loss. It selects the page, so the server needs only the path /. */
function address() {
  const [path, query] = (location.hash.slice(1).replace(/^\/$/, '') || '/overview').split('?');
  return {path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query)};
}

/** Decodes a segment; returns it unchanged if its escapes are invalid, as in an address that a user typed. */
function decoded(segment) {
  try { return decodeURIComponent(segment); } catch { return segment; }
}

/** The document that explains each page. */
const DOCUMENTS = {overview: 'walkthrough?at=overview', runs: 'runs', new: 'walkthrough', compare: 'walkthrough', experiments: 'experiments', models: 'rollout', rollouts: 'rollout?at=groups', evaluations: 'experiments?at=evaluations', devices: 'devices', relays: 'relay', tokens: 'security?at=who-may-do-what', webhooks: 'events?at=webhooks', log: 'security?at=audit-log', system: 'operations?at=system-page'};

function useAddress() {
  const [current, setCurrent] = useState(address());
  useEffect(() => {
    const changed = () => { setCurrent(address()); window.scrollTo(0, 0); };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return current;
}

function page({path: [first, second], query}) {
  if (first === 'overview') return html`<${OverviewPage} />`;
  if (first === 'runs' && second) return html`<${RunPage} key=${second} run=${second} query=${query} />`;
  if (first === 'runs') return html`<${RunsPage} query=${query} />`;
  if (first === 'new' && isOperator()) return html`<${NewRunPage} />`;
  if (first === 'compare') return html`<${ComparePage} query=${query} />`;
  if (first === 'devices' && second) return html`<${DevicePage} key=${second} client=${second} />`;
  if (first === 'devices') return html`<${DevicesPage} query=${query} />`;
  if (first === 'models' && second) return html`<${ModelPage} key=${second} model=${second} />`;
  if (first === 'models') return html`<${ModelsPage} />`;
  if (first === 'rollouts' && second) return html`<${RolloutPage} key=${second} id=${second} />`;
  if (first === 'rollouts') return html`<${RolloutsPage} query=${query} />`;
  if (first === 'experiments' && second) return html`<${ExperimentPage} key=${second} name=${second} />`;
  if (first === 'experiments') return html`<${ExperimentsPage} />`;
  if (first === 'evaluations' && second) return html`<${EvaluationPage} key=${second} name=${second} />`;
  if (first === 'evaluations') return html`<${EvaluationsPage} />`;
  if (first === 'tokens') return html`<${TokensPage} query=${query} />`;
  if (first === 'relays') return html`<${RelaysPage} />`;
  if (first === 'system') return html`<${SystemPage} />`;
  if (first === 'webhooks' && isOperator()) return html`<${WebhooksPage} chosen=${second} />`;
  if (first === 'docs') return html`<${DocumentPage} key=${second} name=${second} query=${query} />`;
  if (first === 'log') return html`<${LogPage} query=${query} />`;
  return html`<p>${t('not_found')}</p>`;
}

function Choice({name, options, value}) {
  return html`<select aria-label=${t(name)} value=${value} onChange=${event => choose(name, event.target.value)}>
    ${options.map(([key, text]) => html`<option value=${key} selected=${key === value}>${text}</option>`)}
  </select>`;
}

/** Sets the title of the browser's tab. */
function titleOf([first, second]) {
  const page = first === 'new' ? t('new_run') : PAGES.includes(first) ? t(first) : t('not_found');
  return [second && plain(second), page, 'Evenkeel'].filter(Boolean).join(' · ');
}

function Bar({first}) {
  const {caller, language, theme} = useStore();
  const [open, setOpen] = useState(false);
  return html`<header class=${open ? 'top open' : 'top'}><div onClick=${event => event.target.closest('a') && setOpen(false)}>
    <a class="brand" href="#/overview"><img src="/console/icon.svg" alt="" />Evenkeel</a>
    <button class="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t('menu')}</button>
    ${caller && html`<${Menu} current=${first === 'new' ? 'runs' : first} />`}
    <div class="who">
      <${Choice} name="language" value=${language} options=${[['en', 'English'], ['ja', '日本語']]} />
      <${Choice} name="theme" value=${theme} options=${['system', 'light', 'dark'].map(key => [key, t('theme_' + key)])} />
      ${caller && html`<span>${plain(caller.name)} (${t(caller.role)})</span><button onClick=${leave}>${t('sign_out')}</button>`}
    </div>
  </div></header>`;
}

function App() {
  const {token, caller, online, signingIn, language} = useStore();
  const current = useAddress();
  const title = titleOf(current.path);
  useEffect(() => { document.title = title; }, [title, language]);
  useEffect(() => {
    // Finds the owner of a token kept in this tab.
    if (token && !caller) get('/caller').then(found => update({caller: found}), () => {});
  }, [token, caller]);
  return html`
    <a class="skip" href="#content" onClick=${event => { event.preventDefault(); document.getElementById('content').focus(); }}>${t('skip')}</a>
    <${Bar} first=${current.path[0]} />
    <main id="content" tabindex="-1">
      ${!online && html`<div class="note warn" role="status">${t('offline')}</div>`}
      ${signingIn ? html`<p class="soft" role="status">${t('signing_in')}</p>` : !token ? html`<${Login} />` : caller ? page(current) : html`<p class="soft">${t('loading')}</p>`}
    </main>
    ${caller && DOCUMENTS[current.path[0]] && html`<footer><a href=${'#/docs/' + DOCUMENTS[current.path[0]]}>${t('help')}</a></footer>`}`;
}

show();
finish();
const root = document.getElementById('app');
root.textContent = '';
render(html`<${App} />`, root);
