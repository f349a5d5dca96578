import assert from 'node:assert/strict';
import test from 'node:test';
import { ERROR_CODES, SallyportError, statusOf } from '../../src/errors.ts';

test('what a client is refused for costs no trace of the stack; what is wrong at our end has one', () => {
  const { stackTraceLimit } = Error;
  for (const code of ERROR_CODES) {
    const { stack = '' } = new SallyportError(code, 'why');
    assert.equal(/\n\s+at /.test(stack), statusOf(code) >= 500, `${code}: ${stack}`);
    assert.equal(Error.stackTraceLimit, stackTraceLimit, code);
    assert.match(new Error('another').stack ?? '', /\n\s+at /, code);
  }
});
