import { type Html, html } from '../../../../lib/html.ts';
import type { ConsoleContext } from '../../context.ts';
import { type Option, select, type Typed, typedField } from '../parts/form.ts';
import { consolePage } from '../shell.ts';

/** A client organisation that is to be added. */
export function newOrganisationPage(context: ConsoleContext, typed: Typed): Html {
  const { words } = context.frame;
  const { consoleOrganisations: own, consoleWords, common } = words;
  const realms = [...context.site.config.realms.keys()];
  const options = realms.map((id): Option => [id, id]);
  const realm =
    realms.length > 1 && select({ name: 'realm', label: consoleWords.realm, options, value: typed.value('realm') });
  const body = html`<p class="lead">${own.addText}</p>
<form class="form narrow" method="post" action="/organisations/new" accept-charset="utf-8">
${typedField(words, typed, { name: 'name', label: own.name, focus: true, more: html` maxlength="100" autocomplete="off"` })}${realm}
${typedField(words, typed, { name: 'contact', label: own.contact, hint: own.contactHint, optional: common.optional, more: html` maxlength="200" autocomplete="off"` })}
<button class="button" type="submit">${own.addButton}</button></form>`;
  return consolePage(context, { title: own.add, body, trail: [['/organisations', own.title]] });
}
