// Every page a visitor meets, every sample and the pages of orders, in both languages, light and wide,
// dark and narrow, judged by axe-core.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';

const pages = ['/', '/fenlei', '/fuwu', '/fuwu?fenlei=shangbiao&paixu=price', '/sousuo?q=%E8%AE%B0%E8%B4%A6', '/sousuo?q=%E4%BB%A3%E7%90%86%E8%AE%A1%E8%B4%A6', 'service', 'supplier', '/zhengce', '/zhengce/lishi', '/xieyi', '/lianxi', '/zhuce', '/zhuce/jianhuren', '/ertong-guize', '/denglu', '/denglu/yanzheng', '/denglu/yishi', '/mima/chongzhi', '/demo/outbox', '/api', '/api/wenti', '/nowhere'];
const views = { light: 1280, dark: 375 };

const inLanguage = (address, lang) => `${address}${address.includes('?') ? '&' : '?'}lang=${lang}`;

export function publicPages(scheme) {
  return (test) => {
    const page = onePage(views[scheme], scheme);
    for (const lang of ['zh', 'en']) {
      for (const path of pages) {
        test(`axe finds nothing on ${path} in ${lang}, ${scheme}`, page(async (page, { base, placed }) => {
          const address = await placed(page, path);
          await page.goto(base + inLanguage(address, lang));
          await fits(page);
          assert.deepEqual(await judged(page), []);
          assert.deepEqual(page.foreign, [], 'nothing is requested from elsewhere');
        }));
      }
    }
  };
}

// A visitor for all of these tests, without what they may have been given before: a new one for each
// would cost more than the judging. After a failure there is another.
function onePage(width, colorScheme) {
  let page;
  return (body) => async (site) => {
    if (!page) {
      page = await site.visitor(width, true);
      await page.emulateMedia({ colorScheme });
    }
    await page.context().clearCookies();
    page.foreign = [];
    try {
      await body(page, site);
    } catch (error) {
      page = undefined;
      throw error;
    }
  };
}

// Every page in every state its samples show, also those that the demonstration's data never reaches.
export function samples(test) {
  for (const [lang, width] of [['zh', 375], ['en', 1280]]) {
    test(`axe finds nothing on any sample in ${lang} at ${width} px`, async ({ base, visitor }) => {
      const page = await visitor(width, true);
      await page.goto(`${base}/demo/yemian`);
      const links = await page.$$eval(`main a[href$="lang=${lang}"]`, (all) => all.map((link) => link.getAttribute('href')));
      assert.ok(links.length > 30, `${links.length} samples`);
      for (const link of links) {
        await page.goto(base + link);
        await fits(page, link);
        await unfold(page);
        assert.deepEqual(await judged(page), [], link);
        assert.deepEqual(page.foreign, []);
      }
      await page.context().close();
    });
  }
}

// Whatever is folded is judged as well.
async function unfold(page) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
}

export function orderPages(test) {
  for (const lang of ['zh', 'en']) {
    for (const [scheme, width] of Object.entries(views)) {
      test(`axe finds nothing on the order pages in ${lang}, ${scheme}`, async ({ base, demoUser, placed, orderIn }) => {
        const buyer = await demoUser('林知远', width, true);
        const owner = await demoUser('青栀店主', width, true);
        const states = ['placed', 'awaiting_contract', 'awaiting_funds', 'in_service', 'delivered', 'rework', 'accepted', 'completed', 'closed', 'cancelling', 'cancelled', 'terminated'];
        const visits = [[buyer, '/dingdan'], [buyer, `${await placed(buyer, 'service')}`], [owner, '/dingdan?side=sold'], [owner, '/gongzuotai'], [buyer, '/demo/zhangben']];
        for (const state of states) visits.push([buyer, await orderIn(buyer, state)]);
        visits.push([owner, await orderIn(owner, 'placed', 'sold')]);
        const other = await demoUser('何小满', width, true);
        visits.push([other, await orderIn(other, 'partial_offered')]);
        const asked = await demoUser('北斗坡店主', width, true);
        visits.push([asked, await orderIn(asked, 'cancelling', 'sold')], [asked, await orderIn(asked, 'in_service', 'sold')]);
        await buyer.goto(base + (await placed(buyer, 'service')));
        visits.push([buyer, await buyer.getAttribute('main a.btn-accent', 'href')]);
        for (const [page, address] of visits) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.goto(base + inLanguage(address, lang));
          await fits(page, address);
          await unfold(page);
          assert.deepEqual(await judged(page), [], address);
          assert.deepEqual(page.foreign, []);
        }
        for (const page of [buyer, owner, other, asked]) await page.context().close();
      });
    }
  }
}
