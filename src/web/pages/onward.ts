import { type Html, html } from '../../lib/html.ts';
import type { FormField } from '../../request/exact-form.ts';
import { ONWARD } from '../assets/assets.ts';
import { formsMayLeave, PAGE_HEADERS, scriptSource } from '../headers.ts';
import type { Rendered } from './error.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';
import { hidden } from './parts.ts';

export interface Onward {
  /** Path and query that the form came to, and goes to once more. */
  readonly target: string;
  readonly fields: readonly FormField[];
}

/** Posts a form of another site once more, from our own origin, so that the browser sends our cookie with it. */
export function onwardPage(frame: Frame, { target, fields }: Onward): Html {
  const { onward } = frame.words;
  const body = html`<p>${onward.lead}</p>
<form method="post" action="${target}" accept-charset="utf-8" autocomplete="off" data-onward>${fields.map(([name, value]) => hidden(name, value))}
<button class="button" type="submit" data-onward-button>${onward.button}</button></form>`;
  return page(frame, { title: onward.title, body, scriptPath: ONWARD.path });
}

/** The same, with its headers. Its form ends at the app, which may send the browser on to anywhere. */
export function renderOnward(frame: Frame, view: Onward, origin: string): Rendered {
  const policy = formsMayLeave(PAGE_HEADERS['Content-Security-Policy'] ?? "default-src 'none'");
  return {
    headers: {
      ...PAGE_HEADERS,
      'Content-Security-Policy': `${policy};script-src ${scriptSource(origin)}`,
      'Content-Type': 'text/html; charset=utf-8',
    },
    body: onwardPage(frame, view).text,
  };
}
