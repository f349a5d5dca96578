import { type Html, html } from '../../../../lib/html.ts';
import type { ConsoleContext } from '../../context.ts';
import { ago, inSentence } from '../parts/when.ts';
import type { AccountView } from './view.ts';

/** The kinds of what works, as they are put into a sentence. */
function protectedBy({ frame: { words } }: ConsoleContext, { authenticators }: AccountView): string {
  const working = authenticators.filter(({ disabledAt, kind }) => disabledAt === null && kind !== 'recovery');
  const kinds = (['passkey', 'totp'] as const).filter((kind) => working.some((each) => each.kind === kind));
  const named = kinds.map((kind) => words.consoleAccount.by[kind]);
  return new Intl.ListFormat(words.locale, { type: 'conjunction' }).format(named);
}

/** How an account stands, in one sentence. */
export function stateSentence(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount.sentence;
  const { account, state, lastUsedAt, tickets } = view;
  const until = tickets.at(-1)?.expiresAt;
  switch (state) {
    case 'protected': {
      const factors = protectedBy(context, view);
      const time = lastUsedAt !== null && ago(context, lastUsedAt);
      return html`${time === false ? own.unused({ factors }) : own.protected({ factors, time })}`;
    }
    case 'invited':
      return until === undefined ? html`${own.invited({ time: '' })}` : inSentence(context, until, own.invited);
    case 'none':
      return html`${own.none}`;
    case 'disabled':
      return html`${own.disabled({ time: account.disabledAt === null ? '' : ago(context, account.disabledAt) })}`;
    default:
      return state satisfies never;
  }
}
