import { canonicalName } from '../../src/accounts/name.ts';
import { fold } from '../../src/config/fold.ts';
import { readLabel } from '../../src/enrol/labels.ts';
import { parseAssertion, parseRegistration } from '../../src/factors/passkey-answer.ts';
import { readAttestation } from '../../src/factors/passkey-attestation.ts';
import { readAuthenticatorData } from '../../src/factors/passkey-checks.ts';
import { readNewKey, readPublicKey } from '../../src/factors/passkey-key.ts';
import { parseRecoveryCode } from '../../src/factors/recovery.ts';
import { parseCode } from '../../src/factors/totp.ts';
import { deviceOf } from '../../src/lib/device.ts';
import { parseDuration } from '../../src/lib/duration.ts';
import { escapeHtml } from '../../src/lib/html.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { networksOf } from '../../src/lib/networks.ts';
import { normalised } from '../../src/lib/normal.ts';
import { readRanges } from '../../src/lib/ranges.ts';
import { bestFit, letterings, plainLetters } from '../../src/lib/readings/best-fit.ts';
import { colonsIn, covers, isFile, withoutFormat } from '../../src/lib/readings/covers.ts';
import { decoded, decodings, isWellFormed } from '../../src/lib/readings/decode.ts';
import { bareSegment, carefulReading, isSingle, readings, textReadings } from '../../src/lib/readings/readings.ts';
import { isShortName, mayBeShortFor, streamsOf } from '../../src/lib/readings/windows.ts';
import { isStorable } from '../../src/lib/storable.ts';
import { withoutEnd, withoutEnds, withoutStart } from '../../src/lib/trim.ts';
import type { WholeAnswer } from '../../src/presets/types.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { boundaryOf } from '../../src/request/login/media.ts';
import { laxText } from '../../src/request/login/watch.ts';
import { bodyKind } from '../../src/web/body.ts';
import { readPrefs } from '../../src/web/prefs.ts';
import { steadyText } from '../../src/workbench/direct/doors.ts';
import { tokenLines } from '../../src/workbench/direct/script-tokens.ts';
import { anonymousOf } from '../../src/workbench/record/anonymous.ts';
import { bothWays } from '../../src/workbench/record/both-ways.ts';
import { candidates } from '../../src/workbench/record/candidates.ts';
import { isToken, literal, steadyTarget } from '../../src/workbench/record/draft.ts';
import { sentFields } from '../../src/workbench/record/fields.ts';
import { guardOf } from '../../src/workbench/record/guards.ts';
import { leading, placeIn } from '../../src/workbench/record/leads.ts';
import { linksIn, mayAct } from '../../src/workbench/record/links.ts';
import { cookiePattern, isLed, locationPattern, outcomes, passwordField } from '../../src/workbench/record/outcomes.ts';
import { Recording } from '../../src/workbench/record/recording.ts';
import { Redactor, withoutValue } from '../../src/workbench/record/redact.ts';
import { bodyForBrowser, forApp, forBrowser, isText } from '../../src/workbench/record/rewrite.ts';
import { queryOf } from '../../src/workbench/record/steps.ts';
import { surfaceOf } from '../../src/workbench/record/surface.ts';
import type { Reader } from '../support/growth.ts';
import { answer } from '../unit/presets/logins.ts';

const KiB = 1024;
const LETTERS = [
  '\u0301',
  '\u0316',
  'é',
  '\u00ad',
  '\uff9e',
  '\ud800',
  ' ',
  '%',
  '%25',
  '%cc%81',
  '%cc%96',
  '%c0',
  '%u0041',
];
const PATH = ['/', '.', '\\', ';', ':', '~1', '%', '%25', '%2e', '%cc%81', '%cc%96', '%c0', '%u0041', ' ', '+'];
const PAGE = ['alice', '<', '>', '"', ' ', '@', '.', '=', 'href="', 'login', '{"a":', '[', '0a'];
const LINE = [' ', ';', '=', ',', '"', '/', '\\', '.', ':', 'domain=', 'recorder-Host-'];

function read(name: string, delimiters: readonly string[], limit: number, of: (text: string) => unknown): Reader {
  return { name, delimiters, limit, read: of };
}

const PLACES = { recorder: 'http://127.0.0.1:9000', app: 'http://app.example' };
const seen = (text: string, body = text) => ({
  method: 'GET',
  target: `/a?${text}`,
  page: null,
  contentType: 'application/x-www-form-urlencoded',
  authorization: undefined,
  lines: [],
  script: false,
  cookies: [],
  body: Buffer.from(text),
  answer: answer(200, [`Location: /${text}`, `Set-Cookie: a=${text}`], body),
});

function recorded(text: string): Recording {
  const recording = new Recording('alice', 'secret');
  recording.add(seen('p=secret'));
  recording.add(seen(text));
  return recording;
}

/** One sign-in, sent as a form and by a script of its page, each answered in a way of its own. */
function waysOf(said: WholeAnswer): Pick<Recording, 'right' | 'wrong' | 'byScript'> {
  const sent = (body: WholeAnswer, script: boolean) => ({
    ...seen('', ''),
    type: 'form' as const,
    fields: [],
    script,
    answer: body,
  });
  const [form, failed] = [sent(said, false), sent(answer(200, [], '{"a":1}'), false)];
  return { right: form, wrong: failed, byScript: { right: sent(said, true), wrong: sent(answer(401, []), true) } };
}

/** In the command that records a sign-in. */
export const RECORDER: readonly Reader[] = [
  read('Recording', PAGE, 256 * KiB, recorded),
  read('candidates', PAGE, 256 * KiB, (text) => candidates([{ ...seen('', text), type: 'form', fields: [] }], 'alice')),
  read('leading', ['/', '/alice', '%61', '?'], 64 * KiB, (text) =>
    leading([{ ...seen('', ''), target: `/${text}`, type: 'form', fields: [] }], 'alice', `/${text}`),
  ),
  read('placeIn', ['/alice', '/', '=', '9a', 'http://', '&'], 64 * KiB, (text) => placeIn(`/${text}`, 'alice')),
  read('anonymousOf', [...PAGE, '<a href="/login', '<input '], 256 * KiB, (text) =>
    anonymousOf(answer(200, [], text), answer(200, [], `${text} `), answer(200, [], 'in')),
  ),
  read('guardOf', PAGE, 64 * KiB, (text) => guardOf(recorded(text), ['a', 'b'])),
  read('tokenLines', [...PAGE, '<meta name="csrf'], 64 * KiB, (text) => tokenLines(text, new Map([['xsrf', text]]))),
  read('mayAct', ['?a=', '&token=', '%41', 'delete', '9a'], 64 * KiB, (text) => mayAct(text, text)),
  read('linksIn', [...PAGE, '<a href="', '<meta http-equiv=refresh content="0;url=', '&amp;'], 64 * KiB, linksIn),
  read('surfaceOf', PAGE, 64 * KiB, (text) => surfaceOf(recorded(text))),
  read('sentFields', [...LINE, '&', '{"a":', '%'], 64 * KiB, (text) =>
    ['application/x-www-form-urlencoded', 'application/json', 'text/xml', text].map((type) =>
      sentFields(type, `Basic ${text}`, Buffer.from(text)),
    ),
  ),
  read('Redactor', ['secret', 'secre', '%', 'alice'], 256 * KiB, (text) => new Redactor('alice', 'secret').clean(text)),
  read('withoutValue', LINE, 64 * KiB, withoutValue),
  read('steadyTarget', [...LINE, '&', '?'], 16 * KiB, steadyTarget),
  read('queryOf', [...LINE, '&', '?'], 16 * KiB, (text) => queryOf(`/?${text}`)),
  read('isToken', ['1', '.', '-', ' '], 16 * KiB, isToken),
  read('cookiePattern', ['0', 'g', '-', '0123456789abcdef'], 16 * KiB, cookiePattern),
  read('literal', ['\\', '[', '$', '.'], 16 * KiB, literal),
  read('outcomes', PAGE, 64 * KiB, (text) =>
    outcomes(answer(200, [`Location: /${text}`, `Set-Cookie: a=${text}`], text), answer(200, [], `x${text}`)),
  ),
  read('outcomes of many cookies', ['=a', '='], 16 * KiB, (text) => {
    const lines = text.split('=').flatMap((value, i) => `Set-Cookie: a${i}=${value}`);
    return [outcomes(answer(200, lines), answer(200, lines.slice(1))), bothWays(waysOf(answer(200, lines)))];
  }),
  read('bothWays', PAGE, 64 * KiB, (text) => bothWays(waysOf(answer(200, [`Location: /${text}`], text)))),
  read('locationPattern', [...LINE, '?', '#', '&', '%'], 64 * KiB, (text) => [
    locationPattern(answer(302, [`Location: ${text}`]), answer(302, [`Location: ${text}?a`])),
    locationPattern(answer(302, [`Location: /?${text}`]), answer(302, [`Location: /?a${text}`])),
  ]),
  read('isLed', ['/', 'http://', '%', '&', '=/'], 64 * KiB, (text) => [
    isLed({ target: `/?${text}`, fields: [], answer: answer(302, [`Location: /${text}`]) }),
    isLed({ target: '/', fields: [{ name: 'next', value: text }], answer: answer(302, [`Location: ${text}`]) }),
  ]),
  read('passwordField', [...PAGE, '<form>', '<input type=password '], 256 * KiB, passwordField),
  read('forApp', LINE, 16 * KiB, (text) => forApp(HeaderFields.of(['Cookie', text, 'Referer', text]), PLACES)),
  read('forBrowser', LINE, 64 * KiB, (text) =>
    forBrowser(HeaderFields.of(['Set-Cookie', text, 'Content-Security-Policy', text, 'X', text]), PLACES),
  ),
  read('bodyForBrowser', ['http://app.example', 'http:', '\\/', '/'], 256 * KiB, (text) =>
    bodyForBrowser(text, PLACES),
  ),
  read('isText', ['/', ' ', 'text/', 'application/', '+', ';', '.'], 16 * KiB, isText),
  read('steadyText', ['0', 'f', 'g', ' ', '-', '='], 256 * KiB, (text) => steadyText(answer(200, [], text))),
];

const CBOR = ['\x81', '\xa1', '\x9f', '\x40', '\x00', '\xbf', '\xd8', '\x5f', '\xff'];
const BASE64 = (text: string): string => Buffer.from(text).toString('base64url');
const credential = (text: string): string =>
  JSON.stringify({
    type: 'public-key',
    id: 'AAAA',
    rawId: 'AAAA',
    response: { clientDataJSON: BASE64(`{"challenge":"a","b":${text}}`), signature: BASE64(text), transports: [text] },
  });

const realm = { id: 'a', source: 'local', sessions: { idleMs: 1, absoluteMs: 1 } } as const;

export const ROOMS: readonly Reader[] = [
  // The longest that anything of ours takes a name or a password from.
  read('isStorable', LETTERS, 16 * KiB, (text) => isStorable([text, { of: text }])),
  read('normalised', LETTERS, 16 * KiB, (text) => [
    normalised(text, 'NFC'),
    normalised(text, 'NFKC'),
    normalised(text, 'NFKD'),
  ]),
  read('canonicalName', [...LETTERS, '\\', '@'], 16 * KiB, (text) =>
    [true, false].map((unicode) => canonicalName(text, { ...realm, domains: ['x'], unicode })),
  ),
  read('networksOf', ['.', ':', '1', '%'], 16 * KiB, networksOf),
  read('readLabel', LETTERS, 16 * KiB, readLabel),
  read('deviceOf', ['/', ' ', 'Safari/', 'Edg', 'Mac OS X', '(', ';'], 16 * KiB, deviceOf),
  read('nearest', ['-', '_'], 16 * KiB, (text) => nearest(text, ['upstream', 'rules'])),
  read('readRanges', ['1', '-', ' ', '0'], 64 * KiB, readRanges),
  read('parseDuration', ['1', 'm', 's'], 16 * KiB, parseDuration),
  // The most that is written into a page: a form of 256 KiB, in which each of these takes three bytes.
  read('escapeHtml', ['<', '&', '"', "'"], Math.floor((256 * KiB) / 3), escapeHtml),
  ...[withoutEnd, withoutStart, withoutEnds].map((trim) =>
    read(trim.name, [' ', '\t', '_'], 64 * KiB, (text) => [trim(text, ' \t'), trim(`x${text}x`, '_')]),
  ),
  // The most that the readings of one address hold in all.
  ...[plainLetters, bestFit, letterings].map((of, i) =>
    read(['plainLetters', 'bestFit', 'letterings'][i] ?? '', LETTERS, 16 * KiB, of),
  ),
  read('decodings', PATH, 8 * KiB, decodings),
  // Values come percent-encoded, and have been decoded once before.
  read('textReadings', [...PATH, '%ef%be%9e', '%25ef%25be%259e', '%ed%a0%80'], 8 * KiB, (text) =>
    textReadings(laxText(text)),
  ),
  read('readings', PATH, 8 * KiB, (text) => [readings('/a'), readings(`/${text}`)]),
  read('carefulReading', PATH, 8 * KiB, carefulReading),
  read('fold', PATH, 8 * KiB, (text) => [fold(text), isSingle(text)]),
  read('covers', PATH, 8 * KiB, (text) => [covers('/a.b', true, `/${text}`), colonsIn(readings(`/${text}`))]),
  read('withoutFormat', ['.', '.a', 'a.'], 8 * KiB, (text) => [withoutFormat(text), isFile(text)]),
  read('decoded', PATH, 8 * KiB, (text) => [decoded(text), isWellFormed(text)]),
  read('bareSegment', [' ', '.', '\u00a0', ';', ':'], 8 * KiB, bareSegment),
  read('streamsOf', [':', '::', ' ', '.'], 8 * KiB, (text) => streamsOf(text, 2)),
  read('mayBeShortFor', ['~', '~1', '.', ' ', '*', '_'], 8 * KiB, (text) => [
    isShortName(text),
    mayBeShortFor(text, 'administrator.php'),
    mayBeShortFor('admini~1', text),
  ]),
  {
    name: 'bodyKind of ours',
    delimiters: [' ', ';', '=', '"', '/', 'charset='],
    limit: 16 * KiB,
    around: [
      ['', ''],
      ['text/plain', '!'],
      ['a;charset=utf-8', '!'],
    ],
    read: (text) => bodyKind(text, undefined),
  },
  read('boundaryOf', [';', ' ', 'boundary=', '"', '=', ','], 16 * KiB, (text) => [
    boundaryOf(HeaderFields.of(['Content-Length', '1', 'Content-Type', `multipart/form-data; boundary=${text}`])),
    boundaryOf(HeaderFields.of(['Content-Length', '1', 'Content-Type', text])),
  ]),
  read('readPrefs', ['.', '-', 'en'], 16 * KiB, readPrefs),
  read('parseAssertion', ['"', '\\', '{', '}', '[', ']', ':', ',', ' '], 24 * KiB, (text) => {
    for (const parse of [parseAssertion, parseRegistration]) {
      try {
        parse(credential(text));
      } catch {}
    }
  }),
  read('readAttestation', CBOR, 64 * KiB, (text) => readAttestation(Buffer.from(text, 'latin1'))),
  read('readPublicKey', CBOR, 64 * KiB, (text) => readPublicKey(Buffer.from(text, 'latin1'))),
  read('readNewKey', CBOR, 64 * KiB, (text) => readNewKey(Buffer.from(text, 'latin1'))),
  read('readAuthenticatorData', CBOR, 64 * KiB, (text) => readAuthenticatorData(Buffer.from(text, 'latin1'))),
  read('parseRecoveryCode', ['-', ' ', '\u00a0'], 16 * KiB, (text) => [parseRecoveryCode(text), parseCode(text)]),
];
