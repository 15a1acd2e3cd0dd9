// Pictures of the main pages, wide and narrow, from the demonstration's data, into the folder
// QIFU365_SCREENSHOTS. A long page is cut after 1600 px.
import { join } from 'node:path';
import { launch } from './site.mjs';

const folder = process.env.QIFU365_SCREENSHOTS;
const longest = 1600;
const { open, close } = await launch();
const { base, visitor, demoUser, placed, orderIn, stop } = await open();

async function picture(page, name, width, address) {
  const answer = await page.goto(base + address);
  if (answer.status() !== 200) throw new Error(`${address} answers ${answer.status()}`);
  // The window grows with the page, so that bars fixed to its edge stand where they belong.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(height, longest) });
  await page.screenshot({ path: join(folder, `${name}-${width}.png`) });
  await page.setViewportSize({ width, height: 800 });
  console.log(`${name} at ${width} px`);
}

for (const width of [1280, 375]) {
  const anyone = await visitor(width, true);
  const visits = [
    ['home', '/'],
    ['categories', '/fenlei'],
    ['list', '/fuwu'],
    ['service', await placed(anyone, 'service')],
    ['search', `/sousuo?q=${encodeURIComponent('代账')}`],
    ['register', '/zhuce'],
    ['policy', '/zhengce'],
    ['ledger', '/demo/zhangben'],
  ];
  for (const [name, address] of visits) await picture(anyone, name, width, address);

  const buyer = await demoUser('林知远', width, true);
  await buyer.goto(base + (await placed(buyer, 'service')));
  const place = await buyer.getAttribute('main a.btn-accent', 'href');
  await picture(buyer, 'place', width, place);
  await picture(buyer, 'order', width, await orderIn(buyer, 'delivered'));
  await picture(buyer, 'account', width, '/zhanghao');

  const owner = await demoUser('青栀店主', width, true);
  await picture(owner, 'workbench', width, '/gongzuotai');
  for (const page of [anyone, buyer, owner]) await page.context().close();
}
await stop();
await close();
