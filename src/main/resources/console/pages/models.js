import {html, useState} from '../standalone.module.js';
import {call, download, post, remove} from '../api.js';
import {ago, bytes, number, plain, time} from '../format.js';
import {Crumbs} from '../lists.js';
import {Confirmed, Dialog, Field, Loaded, Refusal, useResource} from '../parts.js';
import {isOperator, may} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const base = model => '/models/' + encodeURIComponent(model);
const link = model => html`<a href=${'#/models/' + encodeURIComponent(model)}>${plain(model)}</a>`;

/** The registered models with their newest versions and aliases. */
export function ModelsPage() {
  const models = useResource('/models?limit=1000');
  const sort = useSort({name: one => one.name, newest: one => one.newest, versions: one => one.versions, created: one => one.createdAt});
  return html`<div class="title"><h1>${t('models')}</h1>${isOperator() && html`<${Publish} first done=${models.ask} />`}</div>
    <p class="soft">${t('models_hint')}</p>
    <${Loaded} resource=${models}>${all => (all.length === 0 ? html`<p>${t('no_models')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr>${sort.head('name', t('model'))}${sort.head('newest', t('newest_version'), true)}${sort.head('versions', t('versions'), true)}<th>${t('aliases')}</th>${sort.head('created', t('created_at'))}</tr></thead>
      <tbody>${sort.of(all).map(one => html`<tr key=${one.name}><td data-label=${t('model')}>${link(one.name)}${one.description && html`<div class="soft">${plain(one.description)}</div>`}</td>
        <td class="number" data-label=${t('newest_version')}>${one.newest ?? t('none')}</td><td class="number" data-label=${t('versions')}>${number(one.versions)}</td>
        <td data-label=${t('aliases')}>${Object.entries(one.aliases).map(([alias, version]) => `${alias} → ${version}`).join(', ') || t('none')}</td>
        <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}</td></tr>`)}</tbody></table></div>`)}<//>`;
}

/** One model: the version that devices get now, and all its versions. */
export function ModelPage({model}) {
  const found = useResource(base(model));
  const versions = useResource(base(model) + '/versions?limit=100');
  const ask = () => { found.ask(); versions.ask(); };
  return html`<${Crumbs} page="models" name=${model} /><div class="title"><h1>${plain(model)}</h1>${isOperator() && html`<${Publish} first model=${model} done=${ask} />`}</div>
    <${Loaded} resource=${found}>${value => html`
      ${value.description && html`<p>${plain(value.description)}</p>`}
      <${Aliases} model=${model} value=${value} done=${ask} />`}<//>
    <${Loaded} resource=${versions}>${all => html`<section class="card"><h2>${t('versions')}</h2>
      ${all.length === 0 ? html`<p>${t('no_versions')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
        <thead><tr><th class="number">${t('version')}</th><th>${t('aliases')}</th><th>${t('from')}</th><th class="number">${t('loss')}</th><th class="number">${t('size')}</th><th>${t('created_at')}</th><th></th></tr></thead>
        <tbody>${all.map(one => html`<${Version} key=${one.version} model=${model} version=${one} done=${ask} />`)}</tbody></table></div>`}</section>`}<//>`;
}

function Aliases({model, value, done}) {
  const names = Object.entries(value.aliases);
  const protection = alias => value.protections.find(one => one.alias === alias);
  const protect = (alias, step) => async () => { await post(`${base(model)}/aliases/${alias}/protection${step}`); done(); };
  const rollBack = alias => async () => { await post(`${base(model)}/aliases/${alias}/rollback`); done(); };
  const removeAlias = alias => async () => { await remove(`${base(model)}/aliases/${alias}`); done(); };
  return html`<section class="card"><h2>${t('aliases')}</h2>
    ${names.length === 0 ? html`<p>${t('no_aliases')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('alias')}</th><th class="number">${t('version')}</th><th>${t('last_changes')}</th><th></th></tr></thead>
      <tbody>${names.map(([alias, version]) => html`<tr key=${alias}><td data-label=${t('alias')}><strong>${alias}</strong><${Protection} of=${protection(alias)} /></td>
        <td class="number" data-label=${t('version')}>${version}</td>
        <td data-label=${t('last_changes')}><${History} key=${version} model=${model} alias=${alias} /></td>
        <td><div class="row">${isOperator() && html`<${Confirmed} label=${t('roll_back')} question=${t('confirm_roll_back', alias)} act=${rollBack(alias)} />`}
          ${protection(alias) ? may('approve') && html`<${Confirmed} label=${t('unprotect')} question=${t('confirm_unprotect', alias)} act=${protect(alias, '/release')} />`
            : isOperator() && html`<${Confirmed} label=${t('protect')} question=${t('confirm_protect', alias)} act=${protect(alias, '')} />
              <${Confirmed} label=${t('remove')} danger question=${t('confirm_remove_alias', alias)} act=${removeAlias(alias)} />`}</div></td></tr>`)}</tbody></table></div>`}</section>`;
}

/** Shows that an alias is protected, and the name of the user who has requested to release it. */
const Protection = ({of}) => of && html`<div><span class="state open">${t('protected')}</span>
  ${of.releaseBy && html`<div class="soft">${t('release_asked', plain(of.releaseBy))}</div>`}</div>`;

/** The newest changes of an alias. */
function History({model, alias}) {
  const changes = useResource(`${base(model)}/aliases/${alias}/history?limit=3`);
  return html`<${Loaded} resource=${changes}>${all => all.map(one => html`<div>
    <span title=${time(one.changedAt)}>${ago(one.changedAt)}</span> → ${one.version ?? t('removed')}, ${plain(one.changedBy)}${one.reason && html` <span class="soft">${plain(one.reason)}</span>`}</div>`)}<//>`;
}

function Version({model, version: one, done}) {
  const [problem, setProblem] = useState(null);
  const path = `${base(model)}/versions/${one.version}`;
  const save = () => download(path, `${model}-${one.version}.safetensors`).then(() => setProblem(null), setProblem);
  const metadata = Object.entries(one.metadata);
  return html`<tr><td class="number" data-label=${t('version')}>${one.version}</td>
    <td data-label=${t('aliases')}>${one.aliases.map(alias => html`<span class="state running">${alias}</span> `)}${one.aliases.length === 0 && t('none')}</td>
    <td data-label=${t('from')}>${one.run ? html`<a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a>, ${t('round')} ${number(one.round)}` : t('upload')}
      <details><summary>${t('details')}</summary><dl class="pairs"><dt>SHA-256</dt><dd><code>${one.sha256}</code></dd>
        <dt>${t('model_tensors')}</dt><dd>${number(one.tensors.length)}, ${one.dtype}</dd>
        ${one.members !== undefined && html`<dt>${t('members')}</dt><dd>${number(one.members)}</dd>`}
        ${one.noLoss && html`<dt>${t('loss')}</dt><dd>${t('no_loss_' + one.noLoss.replaceAll('-', '_'))}</dd>`}
        ${Object.entries(one.metrics || {}).map(([name, value]) => html`<dt>${plain(name)}</dt><dd>${number(value)}</dd>`)}
        ${metadata.map(([name, value]) => html`<dt>${plain(name)}</dt><dd>${plain(value)}</dd>`)}</dl></details><${Refusal} problem=${problem} /></td>
    <td class="number" data-label=${t('loss')}>${one.loss === undefined ? html`<span title=${one.noLoss && t('no_loss_' + one.noLoss.replaceAll('-', '_'))}>${t('none')}</span>` : number(one.loss)}</td><td class="number" data-label=${t('size')}>${bytes(one.bytes)}</td>
    <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}<div class="soft">${plain(one.createdBy)}</div></td>
    <td><div class="row"><button onClick=${save}>${t('download')}</button>
      ${isOperator() && html`<${Promote} path=${base(model)} version=${one.version} done=${done} />
        <${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_version', number(one.version), plain(model))} act=${async () => { await remove(path); done(); }} />`}</div></td></tr>`;
}

/** A button that opens a dialog with a form; send receives the form's values. */
function Form({label, first, send, children}) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const submit = async event => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(event.target)].map(([key, value]) => [key, value.trim() || undefined]));
    try { await send(values); setOpen(false); } catch (refusal) { setProblem(refusal); }
  };
  return html`<button class=${first ? 'first' : ''} onClick=${() => { setProblem(null); setOpen(true); }}>${label}</button>
    ${open && html`<${Dialog} title=${label} onClose=${() => setOpen(false)}><${Refusal} problem=${problem} />
      <form onSubmit=${submit}>${children}<div class="row"><button class="first">${label}</button><button type="button" onClick=${() => setOpen(false)}>${t('cancel')}</button></div></form><//>`}`;
}

/**
 * A button that publishes a run's model as a version of a registered model; the caller gives either the run or the
 * model. best: the given run's round with the best losses.
 */
export const Publish = ({model, run, best, done, first}) => html`<${Form} label=${t(run ? 'publish_model' : 'publish')} first=${first} send=${async values => {
  const {name = model, round, ...rest} = values;
  const made = await post(base(name) + '/versions', {run: rest.run ?? run, ...(round === undefined && best !== undefined ? {best: true} : {round: round && Number(round)})});
  if (done) done(); else location.hash = '#/models/' + made.model;
}}>
  ${!model && html`<${Field} label=${t('model')} hint=${t('name_hint')}><input name="name" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>`}
  ${!run && html`<${Field} label=${t('run')}><input name="run" required autocomplete="off" /><//>`}
  <${Field} label=${t('round')} hint=${best === undefined ? t('publish_round_hint') : t('publish_best_hint', number(best))}><input name="round" type="number" min="0" /><//><//>`;

const Promote = ({path, version, done}) => html`<${Form} label=${t('promote')} send=${async ({alias, reason}) => { await call('PUT', `${path}/aliases/${encodeURIComponent(alias)}`, {body: {version, reason}}); done(); }}>
  <p>${t('promote_hint')}</p>
  <${Field} label=${t('alias')} hint=${t('name_hint')}><input name="alias" value="production" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
  <${Field} label=${t('reason')}><input name="reason" maxlength="1000" autocomplete="off" /><//><//>`;
