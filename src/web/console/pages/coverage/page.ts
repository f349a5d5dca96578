import { CELL_CLASSES } from '../../../../coverage/cells.ts';
import { type Html, html } from '../../../../lib/html.ts';
import { addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { type Option, select } from '../parts/form.ts';
import { appText } from '../parts/people.ts';
import { empty } from '../parts/table.ts';
import { consolePage } from '../shell.ts';
import { accounts } from './accounts.ts';
import { answers } from './answers.ts';
import { byApp, byOrganisation } from './tables.ts';
import type { CoverageView } from './view.ts';
import { rests, wanting } from './wanting.ts';

/** So many stand in a list to choose from; of more, the name is typed. */
const LISTED = 40;

/** What was asked for stays chosen, even where that day has no such thing. */
function withAsked(options: readonly Option[], asked: string | undefined): readonly Option[] {
  if (asked === undefined || options.some(([value, text]) => value === asked || text === asked)) return options;
  return [...options, [asked, asked]];
}

function organisationField({ frame: { words } }: ConsoleContext, { answer, asked }: CoverageView): Html {
  const { organisation: label, organisationHint: hint, all } = words.consoleWords;
  const known = (answer?.summary.organisations ?? []).filter(({ id }) => id !== '');
  const value = known.find(({ id, name }) => asked.organisation === id || asked.organisation === name);
  if (known.length > LISTED)
    return html`<div class="field"><label for="organisation">${label}</label><input id="organisation" name="organisation" value="${value?.name ?? asked.organisation ?? ''}" maxlength="256" autocomplete="off" aria-describedby="organisation-hint"><p class="hint" id="organisation-hint">${hint}</p></div>`;
  const named = known.map(({ id, name }): Option => [id, name]);
  const options = withAsked([['', all], ...named], asked.organisation);
  return select({ name: 'organisation', label, options, value: value?.id ?? asked.organisation });
}

function form(context: ConsoleContext, view: CoverageView): Html {
  const { words } = context.frame;
  const { consoleCoverage: own, consoleWords: common } = words;
  const { answer, asked } = view;
  const all: Option = ['', common.all];
  const known = (answer?.summary.apps ?? []).map(({ app }): Option => [app, appText(words, app)]);
  const classes = CELL_CLASSES.map((each): Option => [each, own.classes[each]]);
  const today = new Date(context.now).toISOString().slice(0, 10);
  return html`<search><form method="get" action="/coverage" accept-charset="utf-8"><div class="fields">
<div class="field"><label for="day">${own.day}</label><input id="day" name="day" type="date" max="${today}" value="${asked.day ?? ''}" aria-describedby="day-hint"><p class="hint" id="day-hint">${own.dayHint}</p></div>
${organisationField(context, view)}${select({ name: 'app', label: common.app, options: withAsked([all, ...known], asked.app), value: asked.app })}
${select({ name: 'class', label: own.class, options: [all, ...classes], value: asked.class })}</div>
<div class="tools"><button class="button" type="submit">${common.filter}</button><a class="button quiet" href="/coverage">${own.clear}</a><a class="button quiet" href="${addressOf('/coverage/trend', { to: asked.day, organisation: asked.organisation })}">${words.consoleTrend.link}</a></div></form></search>`;
}

/** Who could get in on a day, by what, and by which entries it is so: answers first. */
export function coveragePage(context: ConsoleContext, view: CoverageView): Html {
  const { words } = context.frame;
  const own = words.consoleCoverage;
  const { answer } = view;
  const seen =
    answer === undefined
      ? empty(own.misused)
      : html`${answers(context, answer, view.asked)}${wanting(words, answer)}
${byOrganisation(words, answer, view.asked)}${byApp(words, answer, view.asked)}
${accounts(context, answer, view)}${rests(context, answer)}`;
  return consolePage(context, { title: own.title, body: html`${form(context, view)}${seen}` });
}
