import assert from 'node:assert/strict';
import test from 'node:test';
import { device } from '../../../src/cli/sessions.ts';
import { deviceInWords } from '../../../src/web/pages/say.ts';
import { wordsOf } from '../../../src/web/words/words.ts';

const KIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const AGENTS: readonly (readonly [userAgent: string, words: string])[] = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KIT} Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0`, 'Edge on Windows'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${KIT} Chrome/139.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [`Mozilla/5.0 (Linux; Android 15) ${KIT} Chrome/139.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  ['curl/8.5.0', 'Unknown device'],
  ['', 'Unknown device'],
];

test('session list calls a device what the account page calls it', () => {
  for (const [userAgent, words] of AGENTS) {
    assert.equal(device({ userAgent }), words, userAgent);
    assert.equal(deviceInWords(wordsOf('en'), userAgent), words, userAgent);
  }
});
