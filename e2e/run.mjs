// The product in Debian's Chromium, on the demonstration's data: as a visitor and as a person with an
// account, wide with scripts and narrow without, in both languages, judged by axe-core.
import { accounts } from './account.mjs';
import { enterprises } from './enterprise.mjs';
import { guards } from './guard.mjs';
import { journeys } from './journey.mjs';
import { orderPages, publicPages, samples } from './judge.mjs';
import { families } from './minor.mjs';
import { orders } from './order.mjs';
import { passkeys } from './passkey.mjs';
import { launch } from './site.mjs';
import { suppliers } from './supplier.mjs';

// Judging keeps a core busy while flows mostly wait for each other's clocks.
const lanes = 5;
// While working on one flow: QIFU365_E2E_ONLY='passkey' takes the tests whose names it matches.
const only = new RegExp(process.env.QIFU365_E2E_ONLY ?? '');

// The tests of a group run one after another on a site of their own, so that no group reads the codes
// or sees the changes of another.
function whole(flow) {
  const group = [];
  flow((name, body) => {
    if (only.test(name)) group.push([name, body]);
  });
  return group.length > 0 ? [group] : [];
}

// For flows whose tests need nothing of each other.
function each(flow) {
  return whole(flow).flat().map((test) => [test]);
}

// The longest first, so that the end waits for little.
const groups = [
  ...each(samples),
  ...each(families),
  ...whole(publicPages('light')),
  ...whole(publicPages('dark')),
  ...whole(accounts),
  ...each(guards),
  ...each(orderPages),
  ...each(enterprises),
  ...each(suppliers),
  ...each(journeys),
  ...whole(passkeys),
  ...each(orders),
];

let passed = 0;
let failed = 0;

async function run(group, open) {
  let site;
  for (const [name, body] of group) {
    try {
      site ??= await open();
      await body(site);
      passed += 1;
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n${error.stack ?? error}`);
    }
  }
  await site?.stop();
}

const { open, close } = await launch();
const waiting = groups.values();
const lane = async () => {
  for (const group of waiting) await run(group, open);
};
await Promise.all(Array.from({ length: lanes }, lane));
await close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
