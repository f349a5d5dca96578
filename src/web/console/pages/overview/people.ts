import { type Html, html } from '../../../../lib/html.ts';
import type { Overview } from '../../../../manage/overview.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf, organisationAddress } from '../../address.ts';
import { numeral } from '../parts/said.ts';
import { empty, table } from '../parts/table.ts';
import { dividedBar, swatch } from './charts.ts';

/** Organisations that are listed; where nobody is missing comes last. */
const LISTED = 15;

/** A share of a whole, in percent; of nothing it is none. */
export function percent({ locale }: Words, part: number, whole: number): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(
    whole === 0 ? 0 : part / whole,
  );
}

/** What the accounts have to sign in with, and how many. */
export function strength(words: Words, { total }: Overview): Html {
  const said = words.consoleOverview;
  const enabled = total.accounts - total.disabled;
  const nothing = enabled - total.passkey - total.totp - total.recoveryOnly;
  const shares = [
    { look: 'passkey', count: total.passkey, name: said.passkey, href: '/accounts?factor=passkey' },
    { look: 'totp', count: total.totp, name: said.totp, href: '/accounts?factor=totp' },
    { look: 'recovery', count: total.recoveryOnly, name: said.recoveryOnly, href: '/accounts?factor=recovery' },
    { look: 'none', count: nothing, name: said.noFactor, href: '/accounts?state=none' },
  ];
  const rows = shares.map(({ look, name, count }) => [
    html`${swatch(look)} ${name}`,
    html`${numeral(words, count)}`,
    html`${percent(words, count, enabled)}`,
  ]);
  const columns = [
    { label: said.has },
    { label: said.people, look: 'number' as const },
    { label: said.share, look: 'number' as const },
  ];
  return html`<section class="panel"><h2>${said.strength}</h2>${dividedBar(shares)}
${table({ caption: said.strengthCaption, columns, rows })}</section>`;
}

type Row = Overview['organisations'][number];

const missing = ({ none, invited }: Row): number => none + invited;

/** By organisation who is missing, the most first. */
export function organisations(words: Words, { organisations: all }: Overview): Html {
  const said = words.consoleOverview;
  const lacking = all.filter((each) => missing(each) > 0).sort((a, b) => missing(b) - missing(a));
  const link = (row: Row, state: string, count: number): Html =>
    count === 0
      ? html`${numeral(words, 0)}`
      : html`<a href="${addressOf('/accounts', { organisation: row.id, state })}">${numeral(words, count)}</a>`;
  const rows = lacking
    .slice(0, LISTED)
    .map((row) => [
      html`<a href="${organisationAddress(row.id)}"><bdi>${row.name}</bdi></a>`,
      html`${numeral(words, row.accounts)}`,
      html`${said.ofAll({ n: numeral(words, row.protected), all: numeral(words, row.accounts - row.disabled) })}`,
      link(row, 'invited', row.invited),
      link(row, 'none', row.none),
    ]);
  const columns = [
    { label: words.consoleWords.organisation },
    { label: words.consoleWords.accounts, look: 'number' as const },
    { label: words.consoleWords.states.protected, look: 'number' as const },
    { label: words.consoleWords.states.invited, look: 'number' as const },
    { label: words.consoleWords.states.none, look: 'number' as const },
  ];
  const more =
    lacking.length > LISTED &&
    html`<p class="small soft">${said.moreOrganisations({ n: numeral(words, lacking.length - LISTED) })} <a href="/organisations">${words.consoleShell.pages.organisations}</a></p>`;
  const list = rows.length === 0 ? empty(said.nobodyMissing) : table({ caption: said.missingCaption, columns, rows });
  return html`<section><h2>${said.missing}</h2>${list}${more}</section>`;
}
