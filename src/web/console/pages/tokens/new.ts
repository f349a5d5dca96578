import { type Html, html } from '../../../../lib/html.ts';
import { issueToken } from '../../../../manage/operations.ts';
import { ROLES } from '../../../../roles.ts';
import { hidden } from '../../../pages/parts.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayAll, mayGive } from '../../may.ts';
import { type Option, select, type Typed, typedField, wrongOf } from '../parts/form.ts';
import { AREA_NAMES, areaOf, type Named, operationWords } from '../parts/operations.ts';
import { type Organisations, organisationField } from '../parts/people.ts';
import { consolePage } from '../shell.ts';

/** Days that a token may live. */
export const LIVES = [1, 7, 30, 90, 365] as const;
const USUAL = 90;

/** The field of one operation: a form has each name once. */
export function operationField(name: string): string {
  return `op.${name}`;
}

export interface NewTokenView {
  readonly operations: readonly Named[];
  readonly organisations: Organisations;
  readonly typed: Typed;
}

function checkbox({ frame: { words } }: ConsoleContext, { typed }: NewTokenView, operation: Named): Html {
  const field = operationField(operation.name);
  return html`<label class="check"><input type="checkbox" name="${field}" value="on"${typed.value(field) === 'on' && html` checked`}><span>${operationWords(words, operation)} <code class="soft">${operation.name}</code></span></label>`;
}

function areas(context: ConsoleContext, view: NewTokenView): Html {
  const { words } = context.frame;
  const parts = AREA_NAMES.map((area) => {
    const own = view.operations.filter((each) => areaOf(each) === area);
    if (own.length === 0) return html``;
    return html`<fieldset class="checks"><legend>${words.consoleWords.areas[area]}</legend>${own.map((each) => checkbox(context, view, each))}</fieldset>`;
  });
  const wrong = wrongOf(words, view.typed, 'operations');
  return html`<h2 id="operations">${words.consoleTokens.choose}</h2>${wrong !== undefined && html`<p class="error" role="alert">${wrong}</p>`}${parts}`;
}

function roleField(context: ConsoleContext, { typed, organisations }: NewTokenView): Html {
  const { words } = context.frame;
  const [some = null] = organisations.keys();
  const roles = ROLES.filter((role) =>
    [null, some].some((organisation) => mayGive(context, issueToken, { role, organisation })),
  );
  const options = roles.map((role): Option => [role, words.consoleWords.roles[role]]);
  return select({
    name: 'role',
    label: words.consoleTokens.role,
    hint: words.consoleTokens.roleHint,
    options,
    value: typed.value('role') ?? roles.at(-1),
    error: wrongOf(words, typed, 'role'),
  });
}

function lifeField({ frame: { words } }: ConsoleContext, { typed }: NewTokenView): Html {
  const days = new Intl.NumberFormat(words.locale, { style: 'unit', unit: 'day', unitDisplay: 'long' });
  const options = LIVES.map((each): Option => [String(each), days.format(each)]);
  return select({
    name: 'days',
    label: words.consoleTokens.life,
    options,
    value: typed.value('days') ?? String(USUAL),
  });
}

function scopeFields(context: ConsoleContext, { typed, organisations }: NewTokenView): Html {
  const { words } = context.frame;
  const { consoleRoles: roles, consoleWords: common } = words;
  const all = mayAll(context, issueToken);
  const scopes: readonly Option[] = [
    ['organisation', roles.forOne],
    ['everything', roles.forAll],
  ];
  return html`${all ? select({ name: 'scope', label: roles.scope, options: scopes, value: typed.value('scope') }) : hidden('scope', 'organisation')}
${organisationField(words, typed, { organisations, label: common.organisation, ...(all ? { none: roles.chooseOne } : {}) })}`;
}

/** A token that is to be made: its name, with which role, for whom, for what, and for how long. */
export function newTokenPage(context: ConsoleContext, view: NewTokenView): Html {
  const { words } = context.frame;
  const own = words.consoleTokens;
  const body = html`<p class="lead">${own.addText}</p>
<form class="form" method="post" action="/tokens/new" accept-charset="utf-8"><div class="narrow">
${typedField(words, view.typed, { name: 'name', label: own.name, hint: own.nameHint, focus: true, more: html` maxlength="100" autocomplete="off"` })}
${roleField(context, view)}${scopeFields(context, view)}${lifeField(context, view)}</div>
${areas(context, view)}
<button class="button" type="submit">${own.addButton}</button></form>`;
  return consolePage(context, { title: own.add, body, trail: [['/tokens', own.title]] });
}
