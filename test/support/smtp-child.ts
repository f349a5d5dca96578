import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { localhostCert, localhostKey } from './localhost-tls.ts';

/**
 * A mail server as a process of its own, which can be killed: `node smtp-child.ts PORT FILE MOOD`. What it has taken stands in the file
 * before it says so, a line of JSON for each. The file MOOD says how it is: `well`, `greylists` (the first time that it sees a sender
 * and recipient it asks for another try), `refuses` (for good) or `full` (after the message).
 */
const [port = '0', file = '', mood = ''] = process.argv.slice(2);
const met = new Set<string>();

const how = () => (existsSync(mood) ? readFileSync(mood, 'utf8') : 'well');
const refusal = (code: number, message: string) => Object.assign(new Error(message), { responseCode: code });

const server = new SMTPServer({
  ...{ secure: true, key: localhostKey, cert: localhostCert, disableReverseLookup: true, disabledCommands: ['AUTH'] },
  onRcptTo({ address }, _session, done) {
    if (how() === 'refuses') return done(refusal(550, 'no such user'));
    const isNew = !met.has(address);
    met.add(address);
    return done(how() === 'greylists' && isNew ? refusal(451, 'greylisted, try again') : null);
  },
  onData(stream, session, done) {
    text(stream).then((raw) => {
      if (how() === 'full') return done(refusal(452, 'no room'));
      const to = session.envelope.rcptTo.map(({ address }) => address);
      appendFileSync(file, `${JSON.stringify({ to, raw })}\n`);
      return done();
    }, done);
  },
});
server.on('error', () => {});
const listener = server.listen(Number(port), '127.0.0.1', () => {
  const address = listener.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
