import { type Html, html } from '../../../../lib/html.ts';
import { grantRole } from '../../../../manage/roles.ts';
import { type Grant, ROLES } from '../../../../roles.ts';
import { hidden } from '../../../pages/parts.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayGive } from '../../may.ts';
import { type Option, select, type Typed, wrongOf } from './form.ts';
import { type Organisations, organisationField } from './people.ts';

/** Fields of a form that say which role is held for what; to be read by `grantOf` of routes/grant.ts. */
export const GRANT_FIELDS = ['role', 'scope', 'organisation'] as const;

/** The roles that the reader could give to somebody, for something. */
function givable(context: ConsoleContext, organisations: Organisations): readonly Grant['role'][] {
  const [some = null] = organisations.keys();
  return ROLES.filter((role) =>
    [null, some, ...context.account.roles.map(({ organisation }) => organisation)].some((organisation) =>
      mayGive(context, grantRole, { role, organisation }),
    ),
  );
}

/** Which role, and for what; for everything only where that is chosen by its name. */
export function grantFields(context: ConsoleContext, typed: Typed, organisations: Organisations): Html {
  const { words } = context.frame;
  const { consoleWords: common, consoleRoles: own } = words;
  const roles = givable(context, organisations);
  const options = roles.map((role): Option => [role, common.roles[role]]);
  const does = roles.map((role) => html`<div><dt>${common.roles[role]}:</dt> <dd>${own.does[role]}</dd></div>`);
  const everything = roles.some((role) => mayGive(context, grantRole, { role, organisation: null }));
  const scopes: readonly Option[] = [
    ['organisation', own.forOne],
    ['everything', own.forAll],
  ];
  return html`${select({ name: 'role', label: own.role, options, value: typed.value('role') ?? roles.at(-1), error: wrongOf(words, typed, 'role') })}<dl class="explained small soft">${does}</dl>
${everything ? select({ name: 'scope', label: own.scope, options: scopes, value: typed.value('scope') }) : hidden('scope', 'organisation')}
${organisationField(words, typed, { organisations, label: common.organisation, ...(everything ? { none: own.chooseOne } : {}) })}`;
}

/** The same of a role that is held, to take it away. */
export function grantHidden({ role, organisation }: Grant): Html {
  const scope = organisation === null ? 'everything' : 'organisation';
  return html`${hidden('role', role)}${hidden('scope', scope)}${hidden('organisation', organisation ?? '')}`;
}
