import { type Html, html } from '../../../../lib/html.ts';
import type { ConsoleContext } from '../../context.ts';
import { type Option, select, type Typed, typedField } from '../parts/form.ts';
import { type Organisations, organisationField } from '../parts/people.ts';
import { consolePage } from '../shell.ts';

/** An account that is to be added. */
export function newAccountPage(context: ConsoleContext, organisations: Organisations, typed: Typed): Html {
  const { words, here: _here } = context.frame;
  const { consoleAccounts: own, consoleWords: common } = words;
  const realms = [...context.site.config.realms.keys()];
  const options = realms.map((id): Option => [id, id]);
  const optional = words.common.optional;
  const body = html`<p class="lead">${own.addText}</p>
<form class="form narrow" method="post" action="/accounts/new" accept-charset="utf-8">
${typedField(words, typed, { name: 'name', label: own.name, hint: own.nameHint, focus: true, more: html` maxlength="128" autocomplete="off" autocapitalize="none" spellcheck="false"` })}
${realms.length > 1 && select({ name: 'realm', label: common.realm, options, value: typed.value('realm') })}
${organisations.size > 1 && organisationField(words, typed, { organisations, label: common.organisation, none: own.ownOrganisation })}
${typedField(words, typed, { name: 'email', label: own.email, hint: own.emailHint, optional, more: html` maxlength="254" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false"` })}
${typedField(words, typed, { name: 'groups', label: common.groups, hint: own.groupsHint, optional, more: html` autocomplete="off" autocapitalize="none" spellcheck="false"` })}
<button class="button" type="submit">${own.addButton}</button></form>`;
  return consolePage(context, { title: own.add, body, trail: [['/accounts', own.title]] });
}
