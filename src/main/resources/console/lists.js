// Keeps the filters of lists in the address, so that they survive reloads, back navigation and visits to detail pages.
import {html, useEffect} from './standalone.module.js';
import {plain} from './format.js';
import {t} from './text.js';

/** The last filter of each list in this tab. */
const filters = {};

/** Writes the filter of a list into the address, without empty fields. */
export function useListAddress(page, fields) {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value)).toString();
  useEffect(() => {
    filters[page] = query;
    history.replaceState(null, '', `#/${page}${query && '?' + query}`);
  }, [page, query]);
}

/** The link from a detail page back to its list, with the last filter. */
export const Crumbs = ({page, name}) => html`<nav class="crumbs" aria-label=${t('way_back')}><a href=${`#/${page}${filters[page] ? '?' + filters[page] : ''}`}>${t(page)}</a> <span aria-hidden="true">›</span> <span aria-current="page">${plain(name)}</span></nav>`;
