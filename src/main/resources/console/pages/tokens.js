import {html, useState} from '../standalone.module.js';
import {post, remove} from '../api.js';
import {Pages, usePages} from '../device-filter.js';
import {plain, time} from '../format.js';
import {DeleteOld} from '../old-records.js';
import {Confirmed, CopyButton, Dialog, Field, Loaded, Refusal, useResource} from '../parts.js';
import {EnrolmentCode} from '../qr.js';
import {isOperator, may} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const ENROLMENT = '/enrolment-tokens';

/** The tokens; ?new in the address opens the form for a new enrolment token. */
export const TokensPage = ({query}) => html`<div class="title"><h1>${t('tokens')}</h1></div>
  <${Kind} path="/enrolment-tokens" paged title="enrolment_tokens" hint="enrolment_tokens_hint" form=${EnrolmentForm} allowed=${isOperator()} opened=${query.has('new')} row=${enrolmentRow} order=${enrolmentOrder} />
  <${Kind} path="/access-tokens" title="access_tokens" hint="access_tokens_hint" form=${AccessForm} allowed=${may('mint')} row=${accessRow} order=${accessOrder} />`;

const enrolmentRow = one => [plain(one.description || one.id), one.run || t('all'), one.uses, one.usesLeft, time(one.expiresAt)];
const enrolmentOrder = {description: one => one.description || one.id, for_run: one => one.run, uses: one => one.uses, uses_left: one => one.usesLeft, expires: one => one.expiresAt};
/** Returns whether a token is an enrolment token that admits no more devices. */
const isSpent = (path, one) => path === ENROLMENT && (one.revokedAt || one.usesLeft === 0 || (one.expiresAt && Date.parse(one.expiresAt) < Date.now()));
const accessRow = one => [plain(one.name), t(one.role), one.rights.map(right => t('right_' + right)).join(', ') || t('none'), one.runs.includes('*') ? t('all') : one.runs.join(', '), time(one.expiresAt)];
const accessOrder = {name: one => one.name, role: one => one.role, rights: one => one.rights.join(), runs: one => one.runs.join(), expires: one => one.expiresAt};

const SIZE = 100;

/** A list of tokens; the list of enrolment tokens is paged. */
function Kind({path, paged, title, hint, form, allowed, opened, row, order}) {
  const head = Object.keys(order);
  const sort = useSort(order);
  const pages = usePages(path);
  const tokens = useResource(paged ? `${path}?limit=${SIZE}` + (pages.after ? '&after=' + pages.after : '') : path);
  const [open, setOpen] = useState(Boolean(opened) && allowed);
  return html`<section class="card"><div class="title"><h2>${t(title)}</h2>${allowed && html`<div>${path === ENROLMENT && html`<${DeleteOld} kind="tokens" done=${tokens.ask} />`}<button onClick=${() => setOpen(true)}>${t('new_token')}</button></div>`}</div>
    <p class="soft">${t(hint)}</p>
    <${Loaded} resource=${tokens}>${all => (all.length === 0 && pages.isFirst ? html`<p>${t('no_tokens')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr>${head.map(key => sort.head(key, t(key)))}<th></th></tr></thead>
      <tbody>${sort.of(all).map(one => html`<tr key=${one.id}>${row(one).map((cell, i) => html`<td data-label=${t(head[i])}>${cell}</td>`)}
        <td>${one.revokedAt && html`<span class="state failed">${t('revoked')}</span>`} ${isSpent(path, one) ? allowed && html`<${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_token', plain(one.description || one.id))} act=${async () => { await remove(`${path}/${one.id}/record`); tokens.ask(); }} />` : !one.revokedAt && allowed && html`<${Confirmed} label=${t('revoke')} danger question=${t('confirm_revoke_token', plain(one.name || one.description || one.id))} act=${async () => { await remove(`${path}/${one.id}`); tokens.ask(); }} />`}</td></tr>`)}</tbody></table></div>
      ${paged && html`<${Pages} pages=${pages} last=${all.length === SIZE ? all.at(-1).id : undefined} />`}`)}<//>
    ${open && html`<${Dialog} title=${t('new_token')} onClose=${() => { setOpen(false); tokens.ask(); }}><${NewToken} path=${path} form=${form} close=${() => { setOpen(false); tokens.ask(); }} /><//>`}
  </section>`;
}

/** A form, and then the token, which is shown only once. */
function NewToken({path, form: Form, close}) {
  const [made, setMade] = useState(null);
  const [problem, setProblem] = useState(null);
  const create = async request => {
    try { setMade(await post(path, request)); } catch (refusal) { setProblem(refusal); }
  };
  if (made) {
    return html`<p class="note good" role="status">${t('shown_once')}</p><p><code class="secret">${made.token}</code></p>
      <div class="row"><${CopyButton} text=${made.token} /></div>
      ${path === '/enrolment-tokens' && html`<${EnrolmentCode} made=${made} />`}
      <div class="row"><button onClick=${close}>${t('close')}</button></div>`;
  }
  return html`<${Refusal} problem=${problem} /><${Form} create=${create} close=${close} />`;
}

const values = event => {
  event.preventDefault();
  return Object.fromEntries([...new FormData(event.target)].map(([key, value]) => [key, value.trim() || undefined]));
};

const End = ({close}) => html`<div class="row"><button class="first">${t('create')}</button><button type="button" onClick=${close}>${t('cancel')}</button></div>`;

function EnrolmentForm({create, close}) {
  return html`<form onSubmit=${event => { const {uses, ...rest} = values(event); create({...rest, uses: Number(uses)}); }}>
    <${Field} label=${t('uses')}><input name="uses" type="number" min="1" value="1" required /><//>
    <${Field} label=${t('expires_in')} hint=${t('expires_in_hint')}><input name="expiresIn" value="1h" /><//>
    <${Field} label=${t('for_run')} hint=${t('token_run_hint')}><input name="run" autocomplete="off" /><//>
    <${Field} label=${t('description')}><input name="description" maxlength="200" autocomplete="off" /><//>
    <${End} close=${close} /></form>`;
}

function AccessForm({create, close}) {
  const submit = event => {
    const {name, role, runs, expiresIn} = values(event);
    create({name, role, expiresIn, rights: new FormData(event.target).getAll('rights'), runs: runs?.split(/[\s,]+/)});
  };
  return html`<form onSubmit=${submit}>
    <${Field} label=${t('name')}><input name="name" maxlength="100" required autocomplete="off" /><//>
    <${Field} label=${t('role')}><select name="role"><option value="viewer">${t('viewer')}</option><option value="operator">${t('operator')}</option></select><//>
    <fieldset><legend>${t('rights')}</legend>${['approve', 'mint'].map(right => html`<label class="line"><input type="checkbox" name="rights" value=${right} />${t('right_' + right)}</label>`)}</fieldset>
    <${Field} label=${t('runs')} hint=${t('token_runs_hint')}><input name="runs" autocomplete="off" /><//>
    <${Field} label=${t('expires_in')} hint=${t('expires_in_hint')}><input name="expiresIn" value="30d" /><//>
    <${End} close=${close} /></form>`;
}
