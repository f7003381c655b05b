// The bar's menu: the overview, and four groups of pages. On a desktop, a group is a button that shows its pages; a
// phone shows all pages.
import {html, useEffect, useRef, useState} from './standalone.module.js';
import {hasAllRuns, isOperator} from './store.js';
import {t} from './text.js';

/** The pages of each group. */
const GROUPS = {
  train: ['runs', 'experiments', 'compare'],
  ship: ['models', 'rollouts', 'evaluations'],
  fleet: ['devices', 'relays', 'tokens'],
  operate: ['log', 'webhooks', 'system', 'docs'],
};

/** All pages, for titles. */
export const PAGES = ['overview', ...Object.values(GROUPS).flat()];

/** The pages for a reader who is restricted to some runs. */
const OF_RUNS = ['runs', 'experiments', 'compare', 'log', 'docs'];

const mine = page => (hasAllRuns() ? page !== 'webhooks' || isOperator() : OF_RUNS.includes(page));

const Link = ({page, current}) => html`<a href=${'#/' + page} aria-current=${current === page ? 'page' : undefined}>${t(page)}</a>`;

/** Draws links to all pages that the reader may see; current is the current page. */
export function Menu({current}) {
  const [open, setOpen] = useState(null);
  const nav = useRef(null);
  useEffect(() => {
    const outside = event => nav.current?.contains(event.target) || setOpen(null);
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const onKey = event => {
    if (event.key !== 'Escape' || !open) return;
    nav.current.querySelector('button[aria-expanded=true]')?.focus();
    setOpen(null);
  };
  const left = event => event.relatedTarget && !nav.current.contains(event.relatedTarget) && setOpen(null);
  const shown = Object.entries(GROUPS).map(([group, pages]) => [group, pages.filter(mine)]).filter(([, pages]) => pages.length > 0);
  return html`<nav class="main" aria-label="Evenkeel" ref=${nav} onKeyDown=${onKey} onFocusOut=${left} onClick=${event => event.target.closest('a') && setOpen(null)}>
    <${Link} page="overview" current=${current} />
    ${shown.map(([group, pages]) => html`<div key=${group} class=${'group' + (open === group ? ' open' : '')}>
      <button type="button" aria-expanded=${open === group} aria-controls=${'menu-' + group} data-current=${pages.includes(current) ? '' : undefined} onClick=${() => setOpen(open === group ? null : group)}>${t('group_' + group)}</button>
      <div id=${'menu-' + group} class="pages"><span aria-hidden="true">${t('group_' + group)}</span>${pages.map(page => html`<${Link} key=${page} page=${page} current=${current} />`)}</div></div>`)}
  </nav>`;
}
