import type { SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Words } from '../words/shape.ts';
import { duration } from './say.ts';

export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly value?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  /** Shown beside the label of a field that may stay empty; without it the field is required. */
  readonly optional?: string;
  /** The field to begin with; one per page. */
  readonly focus?: boolean;
  /** More attributes, already escaped. */
  readonly more?: Html;
  /** The id where `name` is taken on this page. */
  readonly id?: string;
}

function describedBy(field: FieldParts, id: string): Html {
  const ids = [field.hint !== undefined && `${id}-hint`, field.error !== undefined && `${id}-error`];
  const list = ids.filter((part) => part !== false).join(' ');
  return list === '' ? html`` : html` aria-describedby="${list}"`;
}

/** A labelled input; its hint and error are tied to it, so that a screen reader says them with the field. */
export function field(parts: FieldParts): Html {
  const { name, error, optional } = parts;
  const id = parts.id ?? name;
  return html`<div class="field">
<label for="${id}">${parts.label}${optional !== undefined && html` <span class="optional">${optional}</span>`}</label>
<input id="${id}" name="${name}" type="${parts.type ?? 'text'}"${parts.value !== undefined && html` value="${parts.value}"`}${optional === undefined && html` required`}${parts.focus === true && html` autofocus`}${error !== undefined && html` aria-invalid="true"`}${describedBy(parts, id)}${parts.more}>
${error !== undefined && html`<p class="error" id="${id}-error" role="alert">${error}</p>`}
${parts.hint !== undefined && html`<p class="hint" id="${id}-hint">${parts.hint}</p>`}
</div>`;
}

/** A password to type; password managers fill it in. The script adds a button to the first one of a form that shows them. */
export function passwordField(words: Words, parts: FieldParts, complete: 'new-password' | 'current-password'): Html {
  const show = html` data-show="${words.field.showPassword}" data-hide="${words.field.hidePassword}"`;
  const more = html` autocomplete="${complete}" maxlength="1024"${parts.name === 'password' && show}${parts.more}`;
  return field({ ...parts, type: 'password', more });
}

/** The field for a 6-digit code: number pad on phones, filled in by the system, pasted codes with blanks fit in. */
export function codeField(words: Words, error: string | undefined, focus: boolean): Html {
  return field({
    name: 'code',
    label: words.field.code,
    error,
    focus,
    more: html` class="code-input" dir="ltr" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="20"`,
  });
}

/** A button that posts nothing but itself. */
export function act(action: string, label: string, look = 'button', fields: Html = html``): Html {
  return html`<form method="post" action="${action}">${fields}<button class="${look}" type="submit">${label}</button></form>`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

export function alert(message: string | undefined): Html {
  return message === undefined ? html`` : html`<div class="alert" role="alert"><p>${message}</p></div>`;
}

/** Where to go, in what words, and perhaps for which browsers alone (a class of pages.css). */
export type NavigationLink = readonly [href: string, text: string, only?: string | undefined];

/** Other ways to go on, below the form. */
export function others(links: readonly NavigationLink[]): Html {
  const item = ([href, text, only]: NavigationLink) =>
    html`<li${only !== undefined && html` class="${only}"`}><a href="${href}">${text}</a></li>`;
  return html`<ul class="others">${links.map(item)}</ul>`;
}

/**
 * How long to wait, for people: a sentence that is right without a script; with one it is for voices alone, another counts
 * down in its place, and the buttons of the page rest until it is over. Only the end is announced: a voice that counts would drown everything else.
 */
export function waiting(words: Words, seconds: number): Html {
  const { tooMany, countdown, over } = words.waits;
  const time = duration(words, seconds);
  return html`<div class="alert" role="alert" data-wait="${Math.max(1, Math.ceil(seconds))}" data-countdown="${countdown({ time: '{time}' })}" data-over="${over}"><p class="spoken">${tooMany({ time })}</p>
<p class="countdown needs-script" aria-hidden="true">${countdown({ time })}</p></div>`;
}

/** How long an error asks to wait, in seconds; undefined when it does not. */
export function waitOf(error: SallyportError | undefined, wait?: number): number | undefined {
  return wait ?? (error?.code === 'too-many-attempts' ? error.retryAfter : undefined);
}

/** A name that may be long: a line ends behind its signs rather than within its words. UAX #14 leaves `.`, `_` and `@` to the page. */
export function breakable(name: string): Html {
  const pieces = name.split(/(?<=[@._+-])/u);
  return html`<bdi>${pieces.map((piece, i) => html`${i > 0 && html`<wbr>`}${piece}`)}</bdi>`;
}
