import { type Html, html } from '../../../../lib/html.ts';
import { setHosts, setLogo } from '../../../../manage/organisation-looks.ts';
import type { CountedOrganisation } from '../../../../manage/organisations.ts';
import { logoPath, logoSize } from '../../../looks.ts';
import { organisationAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayAll, mayIn } from '../../may.ts';
import { disclosed, oneButton, type Typed, typedField, wrongOf } from '../parts/form.ts';

function logoForm({ frame: { words } }: ConsoleContext, { id, logo }: CountedOrganisation, typed: Typed): Html {
  const own = words.consoleLooks;
  const wrong = wrongOf(words, typed, 'logo');
  const described = wrong === undefined ? 'logo-hint' : 'logo-error logo-hint';
  const body = html`<div class="field"><label for="logo">${own.file}</label>
<input id="logo" name="logo" type="file" accept="image/png,image/jpeg,image/webp" aria-describedby="${described}"${wrong !== undefined && html` aria-invalid="true"`}>${wrong !== undefined && html`<p class="error" id="logo-error" role="alert">${wrong}</p>`}<p class="hint" id="logo-hint">${own.fileHint}</p></div>`;
  return html`<details class="act"${wrong !== undefined && html` open`}><summary>${logo === null ? own.add : own.replace}</summary>
<form method="post" action="${organisationAddress(id, '/logo')}" enctype="multipart/form-data" accept-charset="utf-8">${body}<button class="button" type="submit">${words.consoleWords.save}</button></form></details>${logo !== null && oneButton(organisationAddress(id, '/logo'), own.removeLogo, { remove: 'yes' })}`;
}

function hostsForm({ frame: { words } }: ConsoleContext, { id, hosts }: CountedOrganisation, typed: Typed): Html {
  const own = words.consoleLooks;
  const more = html` dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="5000"`;
  const body = typedField(words, typed, {
    name: 'hosts',
    label: own.hosts,
    hint: own.hostsHint,
    value: hosts.join(' '),
    optional: words.common.optional,
    more,
  });
  return disclosed({
    label: own.changeHosts,
    action: organisationAddress(id, '/hosts'),
    button: words.consoleWords.save,
    body,
    open: typed.fault?.field === 'hosts',
  });
}

/** What its people see of it where they enrol and sign in. */
export function looksSection(context: ConsoleContext, row: CountedOrganisation, typed: Typed): Html {
  const own = context.frame.words.consoleLooks;
  const { logo, hosts, name } = row;
  const size = logo === null ? null : logoSize(logo);
  const shown =
    logo === null || size === null
      ? html`<span class="soft">${own.noLogo}</span>`
      : html`<img class="organisation-logo" src="${logoPath(logo)}" alt="${own.logoOf({ name })}" width="${size.width}" height="${size.height}">`;
  const at =
    hosts.length === 0
      ? html`<span class="soft">${own.noHosts}</span>`
      : html`${hosts.map((host, i) => html`${i > 0 && html`<br>`}<bdi dir="ltr">${host}</bdi>`)}`;
  return html`<section><h2>${own.title}</h2><p class="soft small">${own.text}</p>
<dl class="facts beside"><dt>${own.logo}</dt><dd>${shown}</dd><dt>${own.shownAt}</dt><dd>${at}</dd></dl>
${mayIn(context, setLogo, row.id) && logoForm(context, row, typed)}${mayAll(context, setHosts) && hostsForm(context, row, typed)}</section>`;
}
