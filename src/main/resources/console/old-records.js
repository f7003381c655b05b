// Deletes old records.
import {html, useState} from './standalone.module.js';
import {post} from './api.js';
import {number, plain} from './format.js';
import {Dialog, Field, Refusal, Said} from './parts.js';
import {hasAllRuns, isOperator} from './store.js';
import {t} from './text.js';

const NAMED = 20;

/** Deletes old records page by page; a dry run only lists them. Returns {deleted, kept}. */
async function deleteOld(kind, days, dryRun) {
  const all = {deleted: [], kept: []};
  let after = '';
  while (after !== undefined) {
    const some = await post('/deletions', {kind, olderThan: `P${days}D`, dryRun, after});
    all.deleted.push(...some.deleted);
    all.kept.push(...some.kept);
    after = some.next;
  }
  return all;
}

/** A button that lists and then deletes the old records of a kind: runs, evaluations, devices or tokens. */
export function DeleteOld({kind, done}) {
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState(90);
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const close = () => { setOpen(false); setFound(null); setProblem(null); };
  const go = async (event, dryRun) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const outcome = await deleteOld(kind, days, dryRun);
      if (dryRun) setFound(outcome); else { close(); done(); }
    } catch (refusal) { setProblem(refusal); } finally { setBusy(false); }
  };
  if (!isOperator() || !hasAllRuns()) return null;
  return html`<button onClick=${() => setOpen(true)}>${t('delete_old')}</button>
    ${open && html`<${Dialog} title=${t('delete_old')} onClose=${close}>
      <form onSubmit=${event => go(event, !found)}>
        <p>${t('delete_old_' + kind)}</p>
        <${Field} label=${t('older_than_days')}><input type="number" min="0" max="36600" required value=${days} onInput=${event => { setDays(Number(event.target.value)); setFound(null); }} /><//>
        ${found && html`<p role="status">${t('would_delete', number(found.deleted.length))}</p>
          ${found.deleted.length > 0 && html`<p><code>${found.deleted.slice(0, NAMED).map(plain).join(', ')}${found.deleted.length > NAMED ? ', …' : ''}</code></p>`}
          ${found.kept.length > 0 && html`<details><summary>${t('kept_records', number(found.kept.length))}</summary>${found.kept.slice(0, NAMED).map(one => html`<p><${Said} text=${one.reason} /></p>`)}</details>`}`}
        <p class="soft">${t('audited')}</p><${Refusal} problem=${problem} />
        <div class="row">${found && found.deleted.length > 0
          ? html`<button class="danger" disabled=${busy}>${t('delete_for_good')}</button>`
          : html`<button class="first" disabled=${busy}>${t('show_old')}</button>`}
          <button type="button" onClick=${close}>${t('cancel')}</button></div>
      </form><//>`}`;
}
