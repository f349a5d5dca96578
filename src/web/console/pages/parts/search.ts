import { type Html, html } from '../../../../lib/html.ts';
import type { Words } from '../../../words/shape.ts';

export interface SearchParts {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  /** Filters beside the field. */
  readonly filters?: Html;
}

/**
 * A search: a form that leads to its results, which a script fetches as they are typed. `/` leads to its field, and the arrow
 * keys from it into the table.
 */
export function searchForm({ consoleWords: said }: Words, { action, label, value, filters }: SearchParts): Html {
  return html`<search><form class="search" method="get" action="${action}" data-live="results" accept-charset="utf-8">
<div class="field"><label for="text">${label}</label><input id="text" name="text" type="search" value="${value}" maxlength="128" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="text-keys"><p class="hint needs-script on-desk" id="text-keys">${said.keys}</p></div>
${filters}<button class="button quiet" type="submit">${said.search}</button></form></search>`;
}

/** Where to go on in a long list. */
export function pager(
  { consoleWords: said }: Words,
  { first, back, next }: { readonly first: string | null; readonly back: string | null; readonly next: string | null },
): Html {
  const link = (href: string | null, text: string, rel: string): Html =>
    href === null ? html`` : html`<a class="button quiet" href="${href}" rel="${rel}">${text}</a>`;
  if (first === null && back === null && next === null) return html``;
  return html`<nav class="pager" aria-label="${said.pages}">${link(first, said.first, 'first')}${link(back, said.back, 'prev')}${link(next, said.next, 'next')}</nav>`;
}
