import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Html, html } from '../../lib/html.ts';
import type { Recording } from './recording.ts';

/** What the operator does, in order; `done` as far as the recording shows it. */
export interface GuideStep {
  readonly text: string;
  readonly done: boolean;
}

/** The steps, and how far the operator has come. */
export function guideSteps(recording: Recording): readonly GuideStep[] {
  const { account } = recording;
  return [
    { text: 'Open the app here and go to its sign-in page.', done: recording.exchanges.length > 0 },
    { text: `Sign in as ${account}, with the right password.`, done: recording.right !== undefined },
    { text: 'Look at a page that shows who is signed in.', done: recording.afterRight.length > 0 },
    { text: 'Sign out of the app.', done: recording.logout !== undefined },
    { text: `Try to sign in as ${account} with a wrong password.`, done: recording.wrong !== undefined },
  ];
}

function page(recording: Recording, finished: boolean): Html {
  const steps = guideSteps(recording).map(
    ({ text, done }) => html`<li>${done ? html`<s>${text}</s> done` : text}</li>`,
  );
  const ready = recording.right !== undefined;
  const next = finished
    ? html`<p>Recorded. Go on at the terminal.</p>`
    : ready
      ? html`<form method="post" action="/.record/finish"><button>Finish</button></form>`
      : html`<p>Once you have signed in, you can finish here.</p>`;
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Recording a sign-in</title>
${finished ? '' : html`<meta http-equiv="refresh" content="3">`}
<style>body{font:1rem/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}li{margin:.5rem 0}</style></head>
<body><h1>Recording a sign-in</h1>
<p>Keep this page open. The app opens in another tab: <a href="/" target="_blank" rel="noopener">open the app</a>.</p>
<ol>${steps}</ol>${next}
<p>Passwords stay in the memory of the recorder and are written nowhere.</p></body></html>`;
}

/** Answers /.record/: GET shows the way, POST /.record/finish ends it. */
export function guidePage(
  recording: Recording,
  finish: () => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  let finished = false;
  return (request, response) => {
    const own = request.headers.origin === undefined || request.headers.origin === `http://${request.headers.host}`;
    if (request.method === 'POST' && request.url === '/.record/finish' && own && recording.right !== undefined) {
      finished = true;
      response.once('finish', finish);
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      Connection: 'close',
    });
    response.end(page(recording, finished).text);
  };
}
