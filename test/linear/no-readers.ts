/** Rooms of the house that texts from outside come into. */
export const ROOMS: readonly string[] = [
  ...[
    'request',
    'presets',
    'jar',
    'proxy',
    'lib',
    'demo',
    'factors',
    'config',
    'scim',
    'workbench/record',
    'workbench/direct',
  ].map((room) => `src/${room}/**/*.ts`),
  ...['web/body', 'web/multipart', 'web/prefs', 'web/access-log', 'web/words/words', 'accounts/name'].map(
    (file) => `src/${file}.ts`,
  ),
  ...['input', 'keys', 'pages', 'table', 'tags'].map((file) => `src/web/console/api/${file}.ts`),
  ...['enrol/labels', 'notices/plain', 'letters/clean', 'letters/link', 'letters/logo'].map((file) => `src/${file}.ts`),
];

const OPERATOR = "the operator's own text, at start and in commands alone";
const SENT = 'moves bytes, or what a fed reader has read';
const WITHIN = 'within a reader that is fed';
const LINES = 'compares header lines with fixed texts, one by one';
const MADE = 'makes texts of our own';
const LIBRARY = 'of files, time and memory; the text is ours';
const DIRECT = "asks the operator's own app once, in a command; its answers are read by readers that are fed";

function because(why: string, ...those: readonly string[]): readonly (readonly [string, string])[] {
  return those.map((each) => [each, why] as const);
}

/** Files, and folders with all that is in them, whose exports need no table; but for what a table names. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ...because(
    OPERATOR,
    'config/',
    'presets/readable.ts',
    'presets/words.ts',
    'request/hosts.ts',
    'workbench/direct/literal.ts',
    'workbench/direct/place.ts',
  ),
  ...because(LINES, 'request/head.ts'),
  ...because(
    SENT,
    ...['jar/changes.ts', 'jar/credentials.ts', 'jar/draft.ts', 'jar/headers.ts', 'jar/jars.ts', 'jar/kept-jar.ts'],
    ...['jar/memory.ts', 'jar/writer.ts', 'proxy/connect.ts', 'proxy/cut.ts', 'proxy/deliver.ts', 'proxy/exchange.ts'],
    ...['proxy/failures.ts', 'proxy/forward.ts', 'proxy/head.ts', 'proxy/hold.ts', 'proxy/lanes.ts', 'proxy/tunnel.ts'],
    ...[
      'proxy/upgrade.ts',
      'proxy/upload.ts',
      'proxy/upstreams.ts',
      'proxy/watch.ts',
      'proxy/whole.ts',
      'proxy/wire.ts',
    ],
    'proxy/http1/',
    ...['demo/server.ts', 'demo/transfer.ts', 'web/access-log.ts', 'request/lines.ts'],
  ),
  ...because('sealed by us alone', 'jar/rows.ts', 'jar/state.ts'),
  ...because('asks of rows of the store, which hold no texts of strangers', 'factors/usable.ts'),
  ...because(
    WITHIN,
    ...['presets/answer.ts', 'presets/html-tags.ts', 'presets/token-body.ts', 'request/login/document.ts'],
    ...['request/login/judge.ts', 'request/login/names.ts', 'request/login/scan-form.ts', 'request/login/scan-json.ts'],
    ...['request/login/scan-loose-json.ts', 'request/login/scan-loose-xml.ts', 'request/login/unescaped.ts'],
    ...['request/login/window.ts', 'request/login/scan-multipart.ts', 'request/login/scan-text.ts'],
    ...['request/login/scan-xml.ts', 'request/login/step.ts', 'request/login/kept.ts', 'request/login/step-fields.ts'],
    ...['presets/guarded.ts', 'presets/sign-in-place.ts'],
    ...[
      'request/login/text.ts',
      'request/login/watch.ts',
      'request/login/xml-start.ts',
      'factors/passkey.ts',
      'enrol/labels.ts',
    ],
  ),
  ...because(
    WITHIN,
    ...['scim/filter/compare.ts', 'scim/filter/match.ts', 'scim/filter/name.ts', 'scim/filter/parser.ts'],
    ...['scim/patch/values.ts', 'scim/resource/json.ts', 'scim/resource/values.ts', 'scim/schema/attribute.ts'],
  ),
  ...because(WITHIN, 'lib/picture/jpeg.ts', 'lib/picture/png.ts', 'lib/picture/webp.ts'),
  ...because(
    'refuses',
    'request/socket-refusal.ts',
    'request/login/refused.ts',
    'factors/passkey-refused.ts',
    'scim/error.ts',
  ),
  ...because(
    LIBRARY,
    ...[
      'lib/bytes.ts',
      'lib/clock.ts',
      'lib/clock-guard.ts',
      'lib/denied.ts',
      'lib/files.ts',
      'lib/heap.ts',
      'lib/known-names.ts',
      'lib/lazy.ts',
      'lib/sbom.ts',
      'lib/linked.ts',
      'lib/number-set.ts',
    ],
    ...[
      'lib/random.ts',
      'lib/remembered.ts',
      'lib/remembered-for.ts',
      'lib/rest.ts',
      'lib/soon.ts',
      'lib/sorted.ts',
      'lib/streamed.ts',
      'lib/turns.ts',
      'lib/whole.ts',
      'lib/within.ts',
      'factors/passkey-library.ts',
    ],
  ),
  ...because('takes the names and texts of our own message files', 'lib/messages.ts'),
  ...because(
    MADE,
    ...['scim/filter/print.ts', 'scim/message/discovery.ts', 'scim/message/list.ts', 'scim/message/project.ts'],
    ...['demo/assets.ts', 'demo/chat.ts', 'demo/clock-events.ts', 'demo/customers.ts', 'demo/layout.ts'],
    ...['demo/pages.ts', 'factors/passkey-options.ts', 'workbench/record/guide.ts', 'workbench/record/write.ts'],
    ...[
      'workbench/record/summary.ts',
      'workbench/direct/browser-head.ts',
      'workbench/direct/line.ts',
      'workbench/direct/told.ts',
    ],
  ),
  ...because(
    DIRECT,
    ...[
      'workbench/direct/behind.ts',
      'workbench/direct/body.ts',
      'workbench/direct/client.ts',
      'workbench/direct/cookies.ts',
      'workbench/direct/digest.ts',
      'workbench/direct/doors.ts',
      'workbench/direct/entry.ts',
      'workbench/direct/form-fit.ts',
      'workbench/direct/deadline.ts',
      'workbench/direct/long-line-told.ts',
      'workbench/direct/long-lines.ts',
      'workbench/direct/posting.ts',
      'workbench/direct/reach.ts',
    ],
    ...[
      'workbench/direct/second.ts',
      'workbench/direct/sign-in.ts',
      'workbench/direct/states.ts',
      'workbench/direct/trial.ts',
      'workbench/record/probe.ts',
    ],
    ...[
      'workbench/record/propose.ts',
      'workbench/record/proxy.ts',
      'workbench/record/record.ts',
      'workbench/record/robot.ts',
      'workbench/record/whoami.ts',
    ],
    ...['workbench/record/draft.ts', 'workbench/record/steps.ts', 'workbench/record/unattended.ts'],
    ...['workbench/record/chromium/', 'workbench/record/proof.ts'],
  ),
]);

/** Single exports, `file name`. */
export const NAMES: ReadonlyMap<string, string> = new Map([
  ...because(SENT, 'web/console/api/input.ts readJson', 'web/console/api/keys.ts Keys'),
  ...because(
    OPERATOR,
    ...['request/client.ts trustedPeers', 'request/cookies.ts cookieSuffix', 'presets/whoami.ts whoamiTarget'],
    'presets/names.ts isExact',
    ...['lib/pattern.ts compilePattern', 'lib/readings/readings.ts writtenReadings', 'notices/plain.ts plainName'],
    ...['demo/verify.ts createVerifier', 'factors/passkey-attestation.ts checkModel'],
  ),
  ...because(
    "one look, no loop but the runtime's own",
    ...['request/client.ts plainAddress', 'request/client.ts isLoopback'],
    ...[
      'request/login/charsets.ts isAsciiInside',
      'proxy/handshake.ts upgradeOriginAllowed',
      'notices/plain.ts plainAddress',
    ],
    ...['demo/respond.ts mediaType', 'web/body.ts checkOrigin'],
    ...[
      'web/console/api/input.ts hasBody',
      'web/console/api/tags.ts tagOf',
      'web/body.ts need',
      'lib/languages.ts languageOf',
      'web/words/words.ts warningOf',
    ],
    ...['web/words/words.ts isLanguage', 'web/words/words.ts wordsOf', 'web/words/words.ts wordsFor'],
    ...['request/target.ts pathOf', 'jar/cookies.ts isLive', 'jar/cookies.ts size'],
    ...[
      'presets/names.ts nameRulesOf',
      'presets/reading.ts isQuiet',
      'presets/reading.ts webSocketRule',
      'proxy/response-headers.ts isBodiless',
    ],
    'proxy/addresses.ts believedOrigin',
  ),
  ...because(
    'on what a fed reader has taken',
    ...[
      'request/login/basic.ts writeBasic',
      'request/login/form.ts checkLookAlikes',
      'request/login/form.ts serialiseForm',
    ],
    ...['request/login/json.ts segmentsOf', 'request/login/json.ts serialiseJson', 'request/login/xml.ts serialiseXml'],
    'request/login/json.ts isObject',
    ...['factors/passkey-answer.ts challengeOf', 'factors/passkey-checks.ts checkClientData'],
    ...[
      'factors/passkey-checks.ts checkAuthenticatorData',
      'factors/totp.ts totpStep',
      'factors/totp.ts clockSkewSteps',
    ],
    ...[
      'factors/recovery.ts recoveryHash',
      'web/body.ts readForm',
      'web/body.ts readBytes',
      'demo/respond.ts readForm',
    ],
  ),
  ...because('on what a fed reader has taken', 'factors/passkey-statement.ts checkForm', 'letters/link.ts signsIn'),
  ...because('one look at the first bytes of a proof', 'factors/passkey-signature.ts isSignatureOf'),
  ...because('on what a fed reader has taken', 'scim/message/etag.ts holdsTag'),
  ...because('refuses', 'lib/csv.ts CsvFault', 'lib/lines.ts LineTooLong'),
  ...because('hands on pieces, and ends at a line that is too long (test/unit/lib)', 'lib/lines.ts linesOf'),
  ...because('writes', 'lib/ranges.ts rangesText'),
  ...because('the same records by the same reader, piece by piece', 'lib/csv.ts csvParts'),
  ...because('writes', 'lib/csv-text.ts csvText'),
  ...because(
    'a whole body within its limit, in one pass of the parser that the sample portal streams with',
    'web/multipart.ts parseMultipart',
    'web/multipart.ts isMultipart',
  ),
  ...because('counts lines, and reads none', 'jar/cookies.ts needFew'),
  ...because('takes bits', 'request/names.ts singleOf'),
  ...because(
    WITHIN,
    'lib/networks.ts sourceKey',
    'workbench/record/leads.ts leads',
    'workbench/record/candidates.ts asked',
    'workbench/direct/forms.ts tagsIn',
    'request/clean.ts cleanLines',
    'request/cookies.ts isOurName',
    'request/clean.ts beginningOf',
    'request/login/xml.ts readXmlAhead',
  ),
  ...because(
    "parses with the runtime's own JSON",
    ...['readPart', 'isHead', 'areClaims'].map((name) => `demo/verify-claims.ts ${name}`),
  ),
  ...because('read by libraries, in pieces, with bounds (0005)', 'demo/multipart.ts firstFile'),
  ...because(
    MADE,
    ...['lib/duration.ts formatDuration', 'lib/html.ts Html', 'lib/html.ts html', 'demo/respond.ts sendHtml'],
    ...['demo/respond.ts sendJson', 'demo/respond.ts seeOther'],
    ...['web/prefs.ts writePrefs'],
    ...['factors/totp.ts hotp', 'factors/totp.ts currentCode', 'web/console/api/table.ts takesKey'],
    ...['factors/recovery.ts newRecoveryCodes', 'factors/totp.ts newTotpSecret', 'factors/totp.ts otpauthUri'],
  ),
]);
