// What axe-core says of a page, and whether it scrolls sideways.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };
// Only what was found leaves the page: the whole result of axe takes longer to carry than to make.
const judging = `${source};
globalThis.axe.run(document, ${JSON.stringify(options)}).then((result) => result.violations.map((violation) =>
  violation.id + ': ' + violation.nodes.map((node) => node.html.slice(0, 160)).join(' | ')))`;

// Evaluated in the page's own world by the driver: the site itself allows no inline script.
export async function judged(page) {
  return page.evaluate(judging);
}

export async function fits(page, place = page.url()) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${place} scrolls ${over} px sideways`);
}
