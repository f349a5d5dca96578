import { type Html, html } from '../../../../lib/html.ts';
import { type FieldParts, field, hidden } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import type { Fault } from '../../fault.ts';

/** A choice: what is sent, and what is read. */
export type Option = readonly [value: string, text: string];

export interface SelectParts {
  readonly name: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly id?: string;
}

/** A choice of one, with its label. */
export function select({ name, label, options, value, hint, error, id = name }: SelectParts): Html {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(
    (each) => each !== false,
  );
  const described = ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`;
  return html`<div class="field"><label for="${id}">${label}</label>
<select id="${id}" name="${name}"${error !== undefined && html` aria-invalid="true"`}${described}>${options.map(
    ([each, text]) => html`<option value="${each}"${each === value && html` selected`}>${text}</option>`,
  )}</select>${error !== undefined && html`<p class="error" id="${id}-error" role="alert">${error}</p>`}${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}</div>`;
}

/** What was typed, and what was wrong with it: of a form that is shown again. */
export interface Typed {
  readonly value: (name: string) => string | undefined;
  readonly fault: Fault | undefined;
}

export const NOTHING_TYPED: Typed = { value: () => undefined, fault: undefined };

/** What is wrong with a field, in words; undefined when nothing is. */
export function wrongOf({ consoleFaults }: Words, { fault }: Typed, name: string): string | undefined {
  return fault?.field === name ? consoleFaults[fault.wrong] : undefined;
}

/** A field of a form that may be shown again: what was typed stands in it, and beside it what is wrong. */
export function typedField(words: Words, typed: Typed, parts: FieldParts): Html {
  const value = typed.value(parts.name) ?? parts.value;
  const error = wrongOf(words, typed, parts.name);
  return field({
    ...parts,
    error,
    ...(value === undefined ? {} : { value }),
    focus: error !== undefined || parts.focus === true,
  });
}

export interface Disclosed {
  readonly label: string;
  readonly action: string;
  readonly button: string;
  readonly body: Html;
  readonly danger?: boolean;
  /** Shown open: something in it is wrong. */
  readonly open?: boolean;
  /** For voices, where the same words stand in several rows. */
  readonly of?: string;
}

/** A form that opens where it is needed: no act by a slip of the finger, and no page between. */
export function disclosed({ label, action, button, body, danger = false, open = false, of }: Disclosed): Html {
  return html`<details class="act"${open && html` open`}><summary>${label}${of !== undefined && html`<span class="unseen"> <bdi>${of}</bdi></span>`}</summary>
<form method="post" action="${action}" accept-charset="utf-8">${body}<button class="button${danger ? ' danger' : ''}" type="submit">${button}</button></form></details>`;
}

/** A button that sends one thing, such as an id. */
export function oneButton(
  action: string,
  label: string,
  fields: Readonly<Record<string, string>> = {},
  look = 'button quiet',
): Html {
  return html`<form method="post" action="${action}">${Object.entries(fields).map(([name, value]) => hidden(name, value))}<button class="${look}" type="submit">${label}</button></form>`;
}
