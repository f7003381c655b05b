// Formats numbers, bytes and times in the reader's language.
import {state} from './store.js';
import {t} from './text.js';

export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return value.toExponential(2);
  return new Intl.NumberFormat(state.language, {maximumSignificantDigits: Number.isInteger(value) ? 21 : digits + 1}).format(value);
}

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return new Intl.NumberFormat(state.language, {maximumSignificantDigits: 3}).format(value) + ' ' + units[unit];
}

/** Returns whether compressed messages took more bytes than uncompressed ones would, rounded to 0.1%. */
export const isMoreThanDense = times => 100 / times - 100 >= 0.05;

/** Returns the factor by which compression reduced the uplink; the percentage if it increased the uplink. */
export function uplinkRatio(times) {
  return isMoreThanDense(times) ? t('percent_more', number(100 / times - 100, 1)) : t('times_less', number(times, 2));
}

export function seconds(value) {
  if (value === null || value === undefined) return '–';
  const whole = Math.max(0, Math.round(value));
  const [days, hours, minutes, rest] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  const [d, h, m, s] = state.language === 'ja' ? ['日', '時間', '分', '秒'] : [' d', ' h', ' min', ' s'];
  if (days) return `${days}${d} ${hours}${h}`;
  if (hours) return `${hours}${h} ${minutes}${m}`;
  return minutes ? `${minutes}${m} ${rest}${s}` : `${rest}${s}`;
}

export const time = instant => instant
  ? new Intl.DateTimeFormat(state.language, {dateStyle: 'medium', timeStyle: 'short'}).format(new Date(instant)) : '–';

/** Returns the time since an instant in words. */
export function ago(instant) {
  if (!instant) return '–';
  const past = (Date.now() - new Date(instant)) / 1000;
  const words = new Intl.RelativeTimeFormat(state.language, {numeric: 'auto'});
  if (past < 60) return words.format(0, 'minute');
  if (past < 3600) return words.format(-Math.round(past / 60), 'minute');
  if (past < 86400) return words.format(-Math.round(past / 3600), 'hour');
  return words.format(-Math.round(past / 86400), 'day');
}

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Replaces characters in untrusted text that are invisible or change the text's direction. */
export const plain = text => String(text).replace(HIDDEN, '\ufffd');
