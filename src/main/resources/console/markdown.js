// Renders the subset of Markdown that the project's documents use. Creates elements instead of HTML text.
import {html} from './standalone.module.js';

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|!\[([^\]]*)\]\([^)]*\)|\[((?:`[^`]*`|[^\]])+)\]\(([^)\s]+)\)/g;

/** Returns the anchor of a heading, as used in links within and between documents. */
export const anchor = heading => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-');

/** Returns the address of a link. Documents and headings open in the console; source files have no address here. */
function link(target, name) {
  if (/^https?:/.test(target)) return target;
  const [, file, heading] = /^([\w-]+\.md)?(?:#(.+))?$/.exec(target) ?? [];
  return file || heading ? '#/docs/' + (file ? file.slice(0, -3) : name) + (heading ? '?at=' + heading : '') : undefined;
}

function inline(text, name) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, code, bold, italic, picture, label, target] = found;
    parts.push(text.slice(end, found.index));
    end = found.index + all.length;
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (bold !== undefined) parts.push(html`<strong>${inline(bold, name)}</strong>`);
    else if (italic !== undefined) parts.push(html`<em>${italic}</em>`);
    else if (label !== undefined) parts.push(link(target, name) ? html`<a href=${link(target, name)}>${inline(label, name)}</a>` : html`<span>${inline(label, name)}</span>`);
    else parts.push(picture && html`<em>${picture}</em>`);
  }
  return [...parts, text.slice(end)];
}

const cells = row => row.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|'));

function table([first, , ...rows], name) {
  const head = cells(first);
  return html`<div class="scroll" tabindex="0"><table class="stack"><thead><tr>${head.map(cell => html`<th>${inline(cell, name)}</th>`)}</tr></thead>
    <tbody>${rows.map(row => html`<tr>${cells(row).map((cell, i) => html`<td data-label=${head[i]}>${inline(cell, name)}</td>`)}</tr>`)}</tbody></table></div>`;
}

const ITEM = /^(\s*)(?:[-*]|(\d+)\.)\s+(.*)$/;

/** Draws a list; indented lines below an item belong to it. */
function list(lines, name) {
  const items = [];
  for (const line of lines) {
    const found = ITEM.exec(line);
    if (found && found[1].length < 2) items.push([found[3]]);
    else items.at(-1).push(line.replace(/^ {1,3}/, ''));
  }
  const tag = ITEM.exec(lines[0])[2] ? 'ol' : 'ul';
  return html`<${tag}>${items.map(item => html`<li>${blocks(item, name)}</li>`)}<//>`;
}

/** Removes and returns the first line and those after it that belong to the same block. */
function take(lines, belongs) {
  const end = lines.findIndex((line, i) => i > 0 && !belongs(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function block(lines, name) {
  const [first] = lines;
  const heading = /^(#{1,4}) (.+)$/.exec(first);
  if (heading) { lines.shift(); return html`<${'h' + heading[1].length} id=${anchor(heading[2])}>${inline(heading[2], name)}<//>`; }
  if (first.startsWith('```')) {
    const code = take(lines, line => line.trim() !== '```').slice(1);
    lines.shift();
    return html`<pre tabindex="0">${code.join('\n')}</pre>`;
  }
  if (first.startsWith('|')) return table(take(lines, line => line.startsWith('|')), name);
  if (ITEM.test(first)) return list(take(lines, (line) => line.trim() === '' || ITEM.test(line) || /^\s/.test(line)).filter((line, i, all) => line.trim() || i < all.length - 1), name);
  return html`<p>${inline(take(lines, line => line.trim() !== '' && !/^(#|```|\|)/.test(line) && !ITEM.test(line)).join(' '), name)}</p>`;
}

function blocks(lines, name) {
  const rest = [...lines];
  const drawn = [];
  while (rest.length) {
    if (rest[0].trim() === '' || rest[0].startsWith('<!--')) rest.shift();
    else drawn.push(block(rest, name));
  }
  return drawn;
}

/** Draws a document. */
export const Markdown = ({text, name}) => html`${blocks(text.split('\n'), name)}`;
