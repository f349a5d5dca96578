import { randomBytes } from 'node:crypto';
import { CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import { type Deadline, TooLong } from '../direct/deadline.ts';
import type { Credentials } from '../direct/posting.ts';
import { AskedByHttp } from './asked-by-http.ts';
import { Chromium } from './chromium/chromium.ts';
import { Driver } from './chromium/driver.ts';
import type { RecorderParts } from './proxy.ts';
import { startRecorder } from './proxy.ts';
import { type RecordedExchange, Recording } from './recording.ts';
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

/** What is to be mended where a script of the page sends what was recorded as a form; undefined: a browser sends the form. */
async function otherwiseInBrowser(asked: Unattended, { right: form }: Recording): Promise<string | undefined> {
  if (asked.chromium === null || form === undefined || form.script) return undefined;
  try {
    const { right } = await byChromium(asked, asked.chromium, (driver) => driver.signInOnce());
    if (right?.script !== true) return undefined;
    const [here, there] = [right.answer.status, form.answer.status];
    const answered = here === there ? '' : `, and is answered with ${here} where the form is with ${there}`;
    const mend = here === there ? '' : ' put that answer into ok, and what tells it from a failure;';
    return `In a browser a script of the page sends the sign-in${answered}:${mend} write script: true at the step, and use factor-first. Until then people may be refused.`;
  } catch (error) {
    if (error instanceof CommandRefused && !(error instanceof TooLong)) return undefined;
    throw error;
  }
}

/** What came of one way: `good` ends the search. */
export interface Outcome<T> {
  readonly value: T;
  readonly good: boolean;
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
      if (outcome.good) {
        const otherwise = await otherwiseInBrowser(asked, recording);
        if (otherwise !== undefined) output.note(otherwise);
        return outcome.value;
      }
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
