import { type Html, html } from '../../../../lib/html.ts';
import { type EvidencePlan, planEvidence } from '../../../../manage/evidence.ts';
import { alert } from '../../../pages/parts.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayAll } from '../../may.ts';
import { NOTHING_TYPED } from '../parts/form.ts';
import { type Organisations, organisationField } from '../parts/people.ts';
import { consolePage } from '../shell.ts';
import { checking } from './check.ts';
import { planned } from './plan.ts';
import { type EvidenceQuery, proposed } from './wish.ts';

export interface EvidenceView {
  /** As it was typed. */
  readonly asked: EvidenceQuery;
  /** null: nothing was asked for; undefined: what was cannot be meant. */
  readonly plan: EvidencePlan | null | undefined;
  readonly organisations: Organisations;
  /** Moment of the oldest entry of the record, ms; undefined: there is none. */
  readonly begins: number | undefined;
  /** As many packs are being made as may be. */
  readonly busy?: boolean;
}

/** Of days before the record begins nothing is known. */
function beginning({ frame: { words } }: ConsoleContext, { begins }: EvidenceView): Html | '' {
  if (begins === undefined) return '';
  const day = new Intl.DateTimeFormat(words.locale, { timeZone: 'UTC', dateStyle: 'long' }).format(begins);
  return html`<p class="hint" id="from-hint">${words.consoleEvidence.begins({ day })}</p>`;
}

function form(context: ConsoleContext, view: EvidenceView): Html {
  const { asked, organisations, plan } = view;
  const { words } = context.frame;
  const said = words.consoleEvidence;
  const shown = plan === null ? proposed(context.now, view.begins) : asked;
  const today = new Date(context.now).toISOString().slice(0, 10);
  const begins = beginning(context, view);
  const day = (name: 'from' | 'to') =>
    html`<div class="field"><label for="${name}">${said[name]}</label><input id="${name}" name="${name}" type="date" max="${today}" value="${shown[name] ?? ''}" required${name === 'from' && begins !== '' && html` aria-describedby="from-hint"`}></div>`;
  // An address may name it as people do.
  const { organisation = '' } = asked;
  const named = [...organisations.values()].find(({ id, name }) => id === organisation || name === organisation);
  const value = named?.id ?? asked.organisation;
  const none = mayAll(context, planEvidence) ? { none: said.everybody } : {};
  const label = words.consoleWords.organisation;
  return html`<search><form method="get" action="/evidence" accept-charset="utf-8"><div class="fields">${day('from')}${day('to')}${organisationField(words, NOTHING_TYPED, { organisations, label, value, ...none })}</div>${begins}
<label class="check"><input type="checkbox" name="redact" value="on"${asked.redact === 'on' && html` checked`}><span>${said.redact} <span class="soft">${said.redactHint}</span></span></label>
<div class="tools"><button class="button" type="submit">${said.look}</button></div></form></search>`;
}

/** A pack of evidence: chosen, shown before it is made, handed out; and how its receiver checks it. */
export function evidencePage(context: ConsoleContext, view: EvidenceView): Html {
  const { words } = context.frame;
  const said = words.consoleEvidence;
  const { plan, asked, busy } = view;
  const told = plan === undefined ? said.misused : busy === true ? said.busy : undefined;
  const body = html`<p class="lead">${said.lead}</p>${alert(told)}${form(context, view)}
${plan !== null && plan !== undefined && planned(words, plan, asked)}${checking(context)}`;
  return consolePage(context, { title: said.title, body });
}
