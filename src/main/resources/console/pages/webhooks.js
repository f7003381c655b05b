import {html, useState} from '../standalone.module.js';
import {post, remove} from '../api.js';
import {ago, number, plain, time} from '../format.js';
import {Confirmed, CopyButton, Dialog, Field, Loaded, Refusal, useResource} from '../parts.js';
import {t} from '../text.js';

const TYPES = ['run.started', 'run.paused', 'run.resumed', 'run.finished', 'run.cancelled', 'run.failed', 'run.diverged', 'run.chain_broken', 'run.changed', 'round.quorum_missed', 'round.cohort_lost', 'rounds.skipped', 'member.left_out', 'losses.inconsistent',
  ...['waiting', 'started', 'group_opened', 'group_passed', 'group_skipped', 'paused', 'resumed', 'finished', 'stopped'].map(one => 'rollout.' + one),
  ...['started', 'finished', 'failed', 'cancelled'].map(one => 'evaluation.' + one)];
const USUAL = ['run.started', 'run.finished', 'run.failed', 'run.diverged', 'run.chain_broken', 'round.quorum_missed'];
const SIZE = 50;

export function WebhooksPage({chosen}) {
  const webhooks = useResource('/webhooks');
  const [open, setOpen] = useState(false);
  const close = () => { setOpen(false); webhooks.ask(); };
  return html`<div class="title"><h1>${t('webhooks')}</h1><button class="first" onClick=${() => setOpen(true)}>${t('new_webhook')}</button></div>
    <p class="soft">${t('webhooks_hint')}</p>
    <section class="card"><${Loaded} resource=${webhooks}>${all => (all.length === 0 ? html`<p>${t('no_webhooks')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('url')}</th><th>${t('events')}</th><th>${t('for_run')}</th><th>${t('created_at')}</th><th></th></tr></thead>
      <tbody>${all.map(one => html`<${Row} key=${one.id} webhook=${one} ask=${webhooks.ask} />`)}</tbody></table></div>`)}<//></section>
    ${chosen && html`<${Deliveries} key=${chosen} webhook=${chosen} />`}
    ${open && html`<${Dialog} title=${t('new_webhook')} onClose=${close}><${NewWebhook} close=${close} /><//>`}`;
}

function Row({webhook, ask}) {
  const forget = async () => { await remove('/webhooks/' + webhook.id); ask(); location.hash = '#/webhooks'; };
  return html`<tr>
    <td class="wide" data-label=${t('url')}>${plain(webhook.url)}${webhook.description && html`<br /><span class="soft">${plain(webhook.description)}</span>`}</td>
    <td class="wide" data-label=${t('events')}>${webhook.events.length ? html`<span class="tags">${webhook.events.map(one => html`<span>${one}</span>`)}</span>` : t('all')}</td>
    <td data-label=${t('for_run')}>${webhook.run || t('all')}</td>
    <td data-label=${t('created_at')} title=${plain(webhook.createdBy)}>${time(webhook.createdAt)}</td>
    <td class="wide"><div class="row"><a class="button" href=${'#/webhooks/' + webhook.id}>${t('deliveries')}</a>
      <${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_webhook', plain(webhook.url))} act=${forget} /></div></td></tr>`;
}

function Deliveries({webhook}) {
  const base = `/webhooks/${encodeURIComponent(webhook)}`;
  const [before, setBefore] = useState(null);
  const [problem, setProblem] = useState(null);
  const deliveries = useResource(`${base}/deliveries?limit=${SIZE}` + (before ? '&before=' + before : ''), 3000);
  const send = path => post(base + path).then(() => { setProblem(null); deliveries.ask(); }, setProblem);
  return html`<section class="card"><div class="title"><h2>${t('deliveries')}</h2><button onClick=${() => send('/test')}>${t('send_test')}</button></div>
    <${Refusal} problem=${problem} />
    <${Loaded} resource=${deliveries}>${all => (all.length === 0 ? html`<p class="soft">${t('no_deliveries')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('event')}</th><th>${t('run')}</th><th>${t('state')}</th><th class="number">${t('attempts')}</th><th>${t('outcome')}</th><th>${t('when')}</th><th></th></tr></thead>
      <tbody>${all.map(one => html`<${Delivery} key=${one.id} delivery=${one} again=${() => send(`/deliveries/${one.id}/redeliver`)} />`)}</tbody></table></div>
      <div class="row">${before && html`<button onClick=${() => setBefore(null)}>${t('previous')}</button>`}${all.length === SIZE && html`<button onClick=${() => setBefore(all.at(-1).id)}>${t('next')}</button>`}</div>`)}<//>
  </section>`;
}

const COLOURS = {delivered: 'finished', failed: 'failed'};

function Delivery({delivery, again}) {
  const at = delivery.attemptedAt || delivery.createdAt;
  return html`<tr>
    <td data-label=${t('event')}>${delivery.type}</td><td data-label=${t('run')}>${delivery.run || t('none')}</td>
    <td data-label=${t('state')}><span class=${'state ' + (COLOURS[delivery.state] || '')}>${t('delivery_' + delivery.state)}</span></td>
    <td class="number" data-label=${t('attempts')}>${number(delivery.attempts)}</td>
    <td class="wide" data-label=${t('outcome')}>${delivery.status || t('none')} ${delivery.error && html`<span class="soft">${plain(delivery.error)}</span>`}</td>
    <td data-label=${t('when')} title=${time(at)}>${ago(at)}</td>
    <td><button onClick=${again}>${t('redeliver')}</button></td></tr>`;
}

/** A form, and then the new webhook's secret, which is shown only once. */
function NewWebhook({close}) {
  const [made, setMade] = useState(null);
  const [problem, setProblem] = useState(null);
  const create = async event => {
    event.preventDefault();
    const form = new FormData(event.target);
    const text = name => form.get(name).trim() || undefined;
    try {
      setMade(await post('/webhooks', {url: text('url'), run: text('run'), description: text('description'), events: form.getAll('events')}));
    } catch (refusal) { setProblem(refusal); }
  };
  if (made) {
    return html`<p class="note good" role="status">${t('secret_once')}</p><p><code class="secret">${made.secret}</code></p>
      <div class="row"><${CopyButton} text=${made.secret} /><button onClick=${close}>${t('close')}</button></div>`;
  }
  return html`<${Refusal} problem=${problem} /><form onSubmit=${create}>
    <${Field} label=${t('url')} hint=${t('url_hint')}><input name="url" type="url" maxlength="2000" required autocomplete="off" /><//>
    <fieldset><legend>${t('events')}</legend>${TYPES.map(one => html`<label class="line"><input type="checkbox" name="events" value=${one} defaultChecked=${USUAL.includes(one)} />${one}</label>`)}</fieldset>
    <${Field} label=${t('for_run')}><input name="run" autocomplete="off" /><//>
    <${Field} label=${t('description')}><input name="description" maxlength="200" autocomplete="off" /><//>
    <div class="row"><button class="first">${t('create')}</button><button type="button" onClick=${close}>${t('cancel')}</button></div></form>`;
}
