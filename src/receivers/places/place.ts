import type { ReceiverPlace } from '../../config/record-types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Place } from '../types.ts';
import { lines } from './file.ts';
import { syslog } from './syslog.ts';
import { webhook } from './webhook.ts';

/** The place of a receiver, by its kind. */
export function placeOf(place: ReceiverPlace, clock: Clock): Place {
  switch (place.kind) {
    case 'syslog':
      return syslog(place);
    case 'webhook':
      return webhook(place, clock);
    case 'file':
      return lines(place.path);
    default:
      place satisfies never;
      throw new TypeError('no such place');
  }
}
