import { createHash } from 'node:crypto';
import type { Config } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { checkpointText } from '../../notices/checkpoint.ts';
import { NotSent, send } from '../../notices/send.ts';
import { NotTaken, type Place } from '../types.ts';
import { groupsOf } from './shown.ts';

const PATIENCE = { silenceMs: 10_000, totalMs: 14_000 };

/** Somebody who is mailed each head. `config`: the one in force, asked each time. */
export function mailbox(recipient: string, config: () => Pick<Config, 'mail' | 'pages' | 'apps'>, clock: Clock): Place {
  return {
    async send({ id, log, to: size, items }, signal) {
      const { mail, pages, apps } = config();
      const [item] = items;
      if (mail === null || item === undefined) throw new NotTaken('mail is not configured');
      const { note } = JSON.parse(item.text) as { note: string }; // made by `headParcel`
      const head = groupsOf(note)?.join(' ') ?? '';
      const { subject, body } = checkpointText(pages, { log, size, at: item.at, head, note });
      const host = apps[0] === undefined ? 'localhost' : new URL(apps[0].origin).hostname;
      // The same for one head and one reader at each try: a message that was taken without our hearing of it is known again.
      const messageId = `${id}.${createHash('sha256').update(recipient).digest('hex').slice(0, 16)}`;
      const message = { id: messageId, recipient, subject, body, language: pages.language, host };
      try {
        await send(mail, { ...message, date: new Date(clock.now()) }, PATIENCE, signal);
      } catch (error) {
        throw new NotTaken(error instanceof NotSent ? `mail ${error.message}` : 'mail');
      }
    },
    close() {},
  };
}
