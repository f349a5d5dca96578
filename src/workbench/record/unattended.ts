import { randomBytes } from 'node:crypto';
import { CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import { type Deadline, TooLong } from '../direct/deadline.ts';
import type { Credentials } from '../direct/posting.ts';
import { AskedByHttp } from './asked-by-http.ts';
import { bothWays } from './both-ways.ts';
import { Chromium } from './chromium/chromium.ts';
import { Driver } from './chromium/driver.ts';
import type { RecorderParts } from './proxy.ts';
import { startRecorder } from './proxy.ts';
import { type Attempts, type Exchange, type RecordedExchange, Recording } from './recording.ts';
import { Robot, type Way } from './robot.ts';

/** Who goes about the app, and where it is. */
export interface Unattended {
  readonly way: Way;
  readonly first: Credentials;
  readonly upstream: RecorderParts['upstream'];
  /** The program of a Chromium; null: there is none here. */
  readonly chromium: string | null;
  readonly deadline: Deadline;
}

/** One way of going about the app. */
type Going = (origin: string, wrongPassword: string) => Promise<void>;

async function through({ first, upstream }: Unattended, going: Going): Promise<Recording> {
  const recording = new Recording(first.account, first.password);
  const recorded = (exchange: RecordedExchange): void => recording.add(exchange);
  const guide: RecorderParts['guide'] = (_, response) => void response.writeHead(404).end();
  const recorder = await startRecorder({
    upstream,
    port: 0,
    recorded,
    guide,
    outside: (place) => recording.leave(place),
  });
  try {
    await going(recorder.origin, randomBytes(12).toString('base64url'));
    return recording;
  } catch (error) {
    const [place] = recording.outside;
    if (!(error instanceof CommandRefused) || error instanceof TooLong || place === undefined) throw error;
    throw new CommandRefused(
      `${error.message} A page asks for something at ${place}, which is another address than that of the app.`,
    );
  } finally {
    await recorder.close();
  }
}

/** How much of its time HTML alone may take, where a browser can go on. */
const HTML_SHARE = 1 / 3;

function byHand(asked: Unattended): Promise<Recording> {
  return through(asked, async (origin, wrong) => {
    const deadline = asked.chromium === null ? asked.deadline : asked.deadline.part(HTML_SHARE);
    const client = new DirectClient({ origin, deadline });
    try {
      await new Robot(client, asked.first, asked.way).run(wrong);
    } finally {
      await client.close();
    }
  });
}

/** What somebody at a browser does. */
type Doing = (driver: Driver, wrongPassword: string) => Promise<void>;

async function byChromium(
  asked: Unattended,
  program: string,
  doing: Doing = (driver, wrong) => driver.run(wrong),
): Promise<Recording> {
  return through(asked, async (origin, wrong) => {
    const browser = await Chromium.start(program, origin);
    const late = setTimeout(() => void browser.close(), asked.deadline.left);
    try {
      await doing(new Driver(browser, origin, asked.first, asked.way), wrong);
    } catch (error) {
      asked.deadline.check();
      throw error;
    } finally {
      clearTimeout(late);
      await browser.close();
    }
  });
}

/** How a script of the page sends what was recorded as a form, and how that is answered; undefined: a browser sends the form. */
async function inBrowser(asked: Unattended, { right: form }: Recording): Promise<Partial<Attempts> | undefined> {
  if (asked.chromium === null || form === undefined || form.script) return undefined;
  try {
    const { right, wrong } = await byChromium(asked, asked.chromium, (driver, other) => driver.signInOnly(other));
    if (right?.script !== true) return undefined;
    return { right, ...(wrong === undefined ? {} : { wrong }) };
  } catch (error) {
    if (error instanceof CommandRefused && !(error instanceof TooLong)) return undefined;
    throw error;
  }
}

/** What is to be mended where a script of the page sends what was recorded as a form. */
function toMend(form: Exchange | undefined, script: Exchange | undefined): string {
  const [here, there] = [script?.answer.status, form?.answer.status];
  const answered = here === there ? '' : `, and is answered with ${here} where the form is with ${there}`;
  const mend = here === there ? '' : ' put that answer into ok, and what tells it from a failure;';
  return `In a browser a script of the page sends the sign-in${answered}:${mend} write script: true at the step, and use factor-first. Until then people may be refused.`;
}

/** What came of one way: `good` ends the search. */
export interface Outcome<T> {
  readonly value: T;
  readonly good: boolean;
}

interface Judged<T> {
  readonly recording: Recording;
  readonly outcome: Outcome<T>;
  readonly judge: (recording: Recording) => Promise<Outcome<T>>;
}

/** What is good for the script as well; undefined: the app does not bear that out, or its answers do not tell. */
async function goodForBoth<T>(
  { recording, judge }: Judged<T>,
  { right, wrong }: Partial<Attempts>,
): Promise<Outcome<T> | undefined> {
  if (right === undefined || wrong === undefined) return undefined;
  recording.byScript = { right, wrong };
  if (bothWays(recording) === undefined) return undefined;
  try {
    const both = await judge(recording);
    return both.good ? both : undefined;
  } catch (error) {
    if (error instanceof CommandRefused && !(error instanceof TooLong)) return undefined;
    throw error;
  }
}

/** What is good for a form; and for a script, where one of the page sends that form and is answered otherwise, or a word on what to mend. */
async function alsoByScript<T>(output: Output, asked: Unattended, judged: Judged<T>): Promise<T> {
  const { recording, outcome } = judged;
  const script = await inBrowser(asked, recording);
  if (script === undefined) return outcome.value;
  const both = await goodForBoth(judged, script);
  if (both === undefined) output.note(toMend(recording.right, script.right));
  else
    output.note('In a browser a script of the page sends the sign-in: what it is answered with is in the preset, too.');
  return (both ?? outcome).value;
}

const NO_CHROMIUM =
  'Where scripts build pages or send what is typed, Chromium or Chrome goes about the app: none was found on this machine; install one, or name its program with --browser.';

/**
 * Goes about the app in HTML alone, and where that does not lead to all that is wanted, with Chromium, too. `judge` makes something of
 * a recording. The first good outcome, else the first there is; rejects with CommandRefused when there is none.
 */
export async function recordAlone<T>(
  output: Output,
  asked: Unattended,
  judge: (recording: Recording) => Promise<Outcome<T>>,
): Promise<T> {
  const { chromium } = asked;
  const ways = [() => byHand(asked), ...(chromium === null ? [] : [() => byChromium(asked, chromium)])];
  const found: Outcome<T>[] = [];
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      const recording = await way();
      const outcome = await judge(recording);
      if (outcome.good) return await alsoByScript(output, asked, { recording, outcome, judge });
      found.push(outcome);
    } catch (error) {
      if (!(error instanceof CommandRefused) || error instanceof AskedByHttp) throw error;
      reasons.push(error.message);
      if (way !== ways.at(-1)) output.note(error.message);
    }
  }
  const [first] = found;
  if (chromium === null) output.note(NO_CHROMIUM);
  if (first === undefined) throw new CommandRefused(reasons.at(-1) ?? 'Nothing was recorded.');
  return first.value;
}
