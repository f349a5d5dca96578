import { basename } from 'node:path';
import type { IdReader } from '../../assertions/request-ids.ts';
import { streamOf } from '../../lib/streamed.ts';
import { type OursParts, readByTime, type TimeReport } from './by-time/read.ts';
import { formatOf, readerOf } from './formats.ts';
import { type Group, Groups } from './groups.ts';
import { linesOf } from './lines.ts';
import { Replays } from './replays.ts';
import { type LineReader, type LogFormat, type LoggedRequest, ownOfApache } from './types.ts';

/** What the logs of an app show. */
export interface LogReport {
  readonly formats: readonly LogFormat[];
  readonly lines: number;
  readonly requests: number;
  /** Requests with an id of ours, each once. */
  readonly ours: number;
  /** Requests that did not come through us, as far as they can be told. */
  readonly past: number;
  /** How they were told: by our ids, or, in a log without any, by our own log, or by the address alone that they came from. */
  readonly by: 'id' | 'time' | 'address';
  /** What is to be known besides where they were told by our own log; else null. */
  readonly time: TimeReport | null;
  /** Lines that could not be read, and where the first stands. */
  readonly unreadable: number;
  readonly unreadableAt: string | null;
  /** Ids beyond what is remembered: whether one came twice is not known. */
  readonly unremembered: number;
  /** ms; of the requests. */
  readonly first: number | null;
  readonly last: number | null;
  readonly groups: readonly Group[];
  /** Requests past us that are in no group, since there are too many kinds. */
  readonly beyond: number;
}

export interface LogParts {
  readonly ids: IdReader;
  /** Whether a client address, as the app sees it, is one of ours. */
  readonly isOurs: (address: string) => boolean;
  /** Earlier requests are passed over, ms; null: none. */
  readonly since: number | null;
  /** Our own log, for a log that has no ids; left out: there is none. */
  readonly ours?: OursParts;
}

class Reading {
  readonly #parts: LogParts;
  readonly #formats = new Set<LogFormat>();
  readonly #replays = new Replays();
  readonly #strange = new Groups();
  readonly #elsewhere = new Groups();
  #lines = 0;
  #requests = 0;
  #ours = 0;
  #withId = 0;
  #unreadable = 0;
  #unreadableAt: string | null = null;
  #first: number | null = null;
  #last: number | null = null;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  async file(name: string, stream: AsyncIterable<Buffer>): Promise<void> {
    let reader: LineReader | undefined;
    let number = 0;
    for await (const line of linesOf(stream)) {
      number += 1;
      this.#lines += 1;
      const where = `${name}:${number}`;
      if (line !== undefined && reader === undefined && line.trim() !== '') {
        const format = formatOf(line);
        this.#formats.add(format);
        reader = readerOf(format);
      }
      const request = line === undefined ? undefined : line.trim() === '' ? null : reader?.(line);
      if (request === undefined) this.#cannotRead(where);
      else if (request !== null) this.#take(request, where);
    }
  }

  #cannotRead(where: string): void {
    this.#unreadable += 1;
    this.#unreadableAt ??= where;
  }

  #take(request: LoggedRequest, where: string): void {
    const { at, id } = request;
    const { since, ids, isOurs } = this.#parts;
    if (since !== null && at !== null && at < since) return;
    if (ownOfApache(request)) return;
    this.#requests += 1;
    if (at !== null) this.#first = Math.min(this.#first ?? at, at);
    if (at !== null) this.#last = Math.max(this.#last ?? at, at);
    if (id !== null) this.#withId += 1;
    const known = id === null ? null : ids.read(id);
    if (known === null) {
      this.#strange.add(id === null ? 'no id' : 'not our id', request, where);
      if (request.client === null || !isOurs(request.client)) this.#elsewhere.add('another address', request, where);
    } else if (this.#replays.again(known)) this.#strange.add('id used twice', request, where);
    else this.#ours += 1;
  }

  report(): LogReport {
    const by = this.#withId > 0 ? 'id' : 'address';
    const groups = by === 'id' ? this.#strange : this.#elsewhere;
    return {
      formats: [...this.#formats],
      lines: this.#lines,
      requests: this.#requests,
      ours: this.#ours,
      past: groups.total,
      by,
      time: null,
      unreadable: this.#unreadable,
      unreadableAt: this.#unreadableAt,
      unremembered: this.#replays.unknown,
      first: this.#first,
      last: this.#last,
      groups: groups.list(),
      beyond: groups.beyond,
    };
  }
}

/**
 * Reads an app's own access logs, one after the other, and finds the requests that did not come through us. Streams: a log of any
 * length takes the memory of one line, of the kinds of requests that are found and of a bit for each id. Rejects when a file cannot be
 * read.
 */
export async function readLogs(files: readonly string[], parts: LogParts): Promise<LogReport> {
  const reading = new Reading(parts);
  for (const file of files) {
    await reading.file(basename(file), streamOf(file) as AsyncIterable<Buffer>); // bytes, since no encoding is set
  }
  const report = reading.report();
  if (parts.ours === undefined || report.by === 'id') return report;
  const { groups, explained, ...time } = await readByTime(files, { ...parts, ours: parts.ours });
  return {
    ...report,
    by: 'time',
    ours: explained,
    past: groups.total,
    groups: groups.list(),
    beyond: groups.beyond,
    time,
  };
}

/** Whether the logs show that everything came through us, as far as our own log reaches where it was compared. */
export function holds({ requests, past, unreadable, unremembered, time }: LogReport): boolean {
  const told = time === null || (time.notTold < requests && time.unreadableOurs === 0 && time.beyondOurs === 0);
  return told && requests > 0 && past === 0 && unreadable === 0 && unremembered === 0;
}
