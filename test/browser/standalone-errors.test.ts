import assert from 'node:assert/strict';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();

/** Hosts that no app has: one that is merely not served, and one whose form is refused. */
const FOREIGN = ['127.0.0.1', 'under_score.localhost'];

staged('where no app is known an error page looks as it should, and asks for nothing more', async (stage) => {
  const { port } = new URL(stage.origin);
  for (const host of FOREIGN) {
    for (const [width, height] of [
      [390, 844],
      [1280, 900],
    ] as const) {
      await stage.desk(async ({ page }) => {
        await page.setViewportSize({ width, height });
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        const refused: string[] = [];
        page.on('console', (message) => {
          if (message.text().includes('Content Security Policy')) refused.push(message.text());
        });
        const answer = await page.goto(`http://${host}:${port}/`, { waitUntil: 'networkidle' });
        assert.equal(answer?.status(), host === '127.0.0.1' ? 421 : 400);
        assert.deepEqual(asked, [`http://${host}:${port}/`]);
        assert.deepEqual(refused, []);
        const mark = await page.locator('header svg').boundingBox();
        assert.deepEqual([mark?.width, mark?.height], [30, 30]);
        const edge = await page.evaluate(`getComputedStyle(document.querySelector('main')).borderTopWidth`);
        assert.equal(edge, '1px');
        if (host === '127.0.0.1') {
          await page.getByText('Check the address, or ask the people who run this portal.').waitFor();
        } else await page.getByRole('link', { name: 'Go to the portal' }).waitFor();
      });
    }
  }
});
