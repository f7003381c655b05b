// Tables with sortable columns.
import {html, useState} from './standalone.module.js';
import {t} from './text.js';

const order = (one, other) => {
  if (one === other) return 0;
  if (one === undefined || one === null) return 1;
  if (other === undefined || other === null) return -1;
  return typeof one === 'string' ? one.localeCompare(other, undefined, {numeric: true}) : one < other ? -1 : 1;
};

/**
 * Draws the head of a sortable column. sort: {key, down} of the table; set: receives the new sort, null for the
 * original order of the rows.
 */
export function SortHead({column, sort, set, number, children}) {
  const mine = sort?.key === column;
  const next = !mine ? {key: column, down: false} : sort.down ? null : {key: column, down: true};
  return html`<th class=${number ? 'number' : ''} aria-sort=${mine ? (sort.down ? 'descending' : 'ascending') : undefined}>
    <button type="button" class="sort" title=${t('sort_by')} onClick=${() => set(next)}>${children}<span aria-hidden="true">${mine ? (sort.down ? '▼' : '▲') : '↕'}</span></button></th>`;
}

/**
 * Sorts the rows of a table. columns: functions that return a row's value in each column. Returns
 * {head(column, text, number), of(rows)}.
 */
export function useSort(columns) {
  const [sort, set] = useState(null);
  return {
    head: (column, text, number) => html`<${SortHead} column=${column} sort=${sort} set=${set} number=${number}>${text}<//>`,
    of: rows => (sort ? [...rows].sort((one, other) => (sort.down ? -1 : 1) * order(columns[sort.key](one), columns[sort.key](other))) : rows),
  };
}
