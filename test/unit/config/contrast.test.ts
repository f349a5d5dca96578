import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { contrast, GROUNDS, LEAST_CONTRAST, readable, worstGround } from '../../../src/config/contrast.ts';

/** Seventeen steps of each channel. */
function* colours(): Generator<string> {
  const steps = Array.from({ length: 17 }, (_, i) =>
    Math.min(255, i * 16)
      .toString(16)
      .padStart(2, '0'),
  );
  for (const r of steps) for (const g of steps) for (const b of steps) yield `#${r}${g}${b}`;
}

test('contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#3A3A3A', '#3a3a3a'), 1);
  // The grey that is known as the lightest that passes on white, and the next that does not.
  assert.ok(contrast('#767676', '#ffffff') >= 4.5);
  assert.ok(contrast('#777777', '#ffffff') < 4.5);
  assert.equal(contrast('#ff0000', '#ffffff').toFixed(2), '4.00');
});

test('a colour that reads as a link bears readable text as a button', () => {
  for (const [scheme, text] of [
    ['light', '#ffffff'],
    ['dark', '#0b1317'],
  ] as const) {
    for (const colour of colours()) {
      if (worstGround(colour, scheme).ratio < LEAST_CONTRAST) continue;
      assert.ok(contrast(colour, text) >= LEAST_CONTRAST, `${text} on ${colour}`);
    }
  }
});

test('what is suggested reads on every ground, and a colour that does already is left as it is', () => {
  for (const scheme of ['light', 'dark'] as const) {
    for (const colour of colours()) {
      const better = readable(colour, scheme);
      assert.ok(GROUNDS[scheme].every((ground) => contrast(better, ground) >= LEAST_CONTRAST));
      if (worstGround(colour, scheme).ratio >= LEAST_CONTRAST) assert.equal(better, colour);
    }
  }
});

test('the grounds are those of the pages', () => {
  const css = readFileSync(new URL('../../../src/web/assets/pages.css', import.meta.url), 'utf8');
  const [light = '', dark = ''] = css.split('prefers-color-scheme: dark');
  for (const [part, [card, ground]] of [
    [light, GROUNDS.light],
    [dark, GROUNDS.dark],
  ] as const) {
    assert.match(part, new RegExp(`--card: ${card};`));
    assert.match(part, new RegExp(`--ground: ${ground};`));
  }
});
