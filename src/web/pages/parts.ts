import { type Html, html } from '../../lib/html.ts';

export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly value?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly optional?: boolean;
  /** The field to begin with; one per page. */
  readonly focus?: boolean;
  /** More attributes, already escaped. */
  readonly more?: Html;
}

function describedBy(field: FieldParts): Html {
  const ids = [field.hint !== undefined && `${field.name}-hint`, field.error !== undefined && `${field.name}-error`];
  const list = ids.filter((id) => id !== false).join(' ');
  return list === '' ? html`` : html` aria-describedby="${list}"`;
}

/** A labelled input; its hint and error are tied to it, so that a screen reader says them with the field. */
export function field(parts: FieldParts): Html {
  const { name, error } = parts;
  return html`<div class="field">
<label for="${name}">${parts.label}${parts.optional === true && html` <span class="optional">(optional)</span>`}</label>
<input id="${name}" name="${name}" type="${parts.type ?? 'text'}"${parts.value !== undefined && html` value="${parts.value}"`}${parts.optional !== true && html` required`}${parts.focus === true && html` autofocus`}${error !== undefined && html` aria-invalid="true"`}${describedBy(parts)}${parts.more}>
${error !== undefined && html`<p class="error" id="${name}-error" role="alert">${error}</p>`}
${parts.hint !== undefined && html`<p class="hint" id="${name}-hint">${parts.hint}</p>`}
</div>`;
}

/** The field for a 6-digit code: number pad on phones, filled in by password managers, pasted codes with blanks fit in. */
export function codeField(error: string | undefined, focus: boolean): Html {
  return field({
    name: 'code',
    label: '6-digit code',
    error,
    focus,
    more: html` class="code-input" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="20"`,
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

/** Other ways to go on, below the form. */
export function others(links: readonly (readonly [href: string, text: string])[]): Html {
  return html`<ul class="others">${links.map(([href, text]) => html`<li><a href="${href}">${text}</a></li>`)}</ul>`;
}
