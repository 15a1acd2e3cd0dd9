// Services found without an account, and orders from the first step to the money.
import assert from 'node:assert/strict';
import { judged } from './axe.mjs';
import { password } from './site.mjs';

// Takes steps of an order by the buttons of its page, unfolding what is folded.
function presser(base, order) {
  return async (page, event, fill = async () => {}) => {
    await page.goto(base + order);
    const form = page.locator(`form[action="${order}/${event}"]`);
    if (!(await form.isVisible())) await page.locator(`details:has(form[action="${order}/${event}"]) > summary`).click();
    await fill(form);
    await form.locator('button').click();
    await page.waitForURL(base + order);
  };
}

async function ordered(base, buyer, words) {
  await buyer.goto(`${base}/sousuo?q=${encodeURIComponent(words)}`);
  await buyer.click('main li.card a');
  await buyer.click('main a.btn-accent:visible');
  await buyer.check('#sku-0');
  await buyer.click('main form button.btn-primary');
  await buyer.waitForURL(/\/dingdan\/QF/);
  return new URL(buyer.url()).pathname;
}

export function orders(test) {
  test('a visitor without an account finds 代理记账 through search, filter and category', async ({ base, visitor }) => {
    const page = await visitor(375, false);
    await page.goto(base);
    await page.fill('#q', '代账');
    await page.press('#q', 'Enter');
    assert.match(await page.textContent('main'), /小规模纳税人代理记账/);
    await page.goto(`${base}/fenlei`);
    await page.click('a[href="/fuwu?fenlei=daili-jizhang"]');
    await page.click('main li.card a');
    const text = await page.textContent('main');
    for (const part of ['服务费', '官费', '验收标准', '谁提供']) assert.ok(text.includes(part), part);
    assert.deepEqual(await page.context().cookies(), [], 'browsing sets no cookie');
    await page.context().close();
  });

  test('on a phone the bar to order is at hand and hides nothing that has the focus', async ({ base, visitor }) => {
    const page = await visitor(375, true);
    await page.goto(`${base}/fuwu`);
    await page.click('main li.card a');
    assert.equal(await page.locator('main a.btn-accent:visible').count(), 1, 'one way to order');
    await page.locator('summary').last().focus();
    for (let step = 0; step < 80; step += 1) {
      await page.keyboard.press(step < 40 ? 'Shift+Tab' : 'Tab');
      const hidden = await page.evaluate(() => {
        const own = document.activeElement;
        if (!own || own === document.body) return null;
        const box = own.getBoundingClientRect();
        const across = box.left + Math.min(box.width, 300) / 2;
        const seen = [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2].every((down) => {
          const top = document.elementFromPoint(across, down);
          return top && (own.contains(top) || top.contains(own));
        });
        return seen ? null : own.outerHTML.slice(0, 80);
      });
      assert.equal(hidden, null);
    }
    await page.context().close();
  });

  for (const [width, scripts, phone] of [[1280, true, '100-0000-0021'], [375, false, '100-0000-0022']]) {
    test(`the main job: found without an account, registered, ordered, delivered, accepted, settled at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, visitor, demoUser, tickBoth, code, until }) => {
      const buyer = await visitor(width, scripts);
      await buyer.goto(base);
      await buyer.fill('#q', '地址变更');
      await buyer.press('#q', 'Enter');
      await buyer.click('main li.card a');
      assert.match(await buyer.textContent('h1'), /地址变更/);
      await buyer.click('main a.btn-accent:visible');
      assert.match(buyer.url(), /\/denglu\?next=\/xiadan\//, 'ordering needs an account');
      await buyer.click('main a[href^="/zhuce?next="]');
      await buyer.fill('#phone', phone);
      await buyer.fill('#account_name', `买家${width}`);
      await tickBoth(buyer);
      await buyer.click('button[formaction="/zhuce/yanzhengma"]');
      await buyer.fill('#code', await code());
      await buyer.fill('#password', password);
      await buyer.click('main form button.btn-primary');
      await buyer.waitForURL(/\/xiadan\//);
      await buyer.fill('#note', '请打 138 0000 0000');
      await buyer.click('main form button.btn-primary');
      assert.ok(await buyer.isVisible('.error-summary'), 'a phone number is given back');
      assert.equal(await buyer.inputValue('#note'), '请打 138 0000 0000', 'what was typed is kept');
      await buyer.fill('#note', '请尽快办理');
      await buyer.click('main form button.btn-primary');
      await buyer.waitForURL(/\/dingdan\/QF/);
      const order = new URL(buyer.url()).pathname;

      const seller = await demoUser('青栀店主', width, scripts);
      const press = presser(base, order);
      await seller.goto(`${base}/gongzuotai`);
      assert.ok(await seller.isVisible(`a[href="${order}"]`), 'the order waits on the workbench');
      await seller.goto(base + order);
      const seen = await seller.textContent('main');
      assert.ok(seen.includes('请尽快办理') && !seen.includes(`买家${width}`) && !seen.includes(phone));
      await press(seller, 'supplier_confirm');
      await press(buyer, 'sign');
      await press(buyer, 'fund');
      const all = async (form) => {
        for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
        await form.locator('textarea').fill('已完成，请查收。');
      };
      await press(seller, 'deliver', all);
      await press(buyer, 'reject', async (form) => {
        await form.locator('input[type=checkbox]').first().check();
        await form.locator('textarea').fill('缺少回执。');
      });
      await press(seller, 'deliver', all);
      await press(buyer, 'accept');
      await until(buyer, base + order, '结算给服务商');
      const done = await buyer.textContent('main');
      for (const part of ['已完成', '结算给服务商', '未达标', '人民币']) assert.ok(done.includes(part), part);
      await buyer.goto(`${base}/demo/zhangben`);
      assert.match(await buyer.textContent('main'), /账平/);
      await buyer.goto(`${base}/demo/outbox`);
      assert.ok((await buyer.textContent('main')).includes(order.split('/').pop()), 'the sides are told');
      if (scripts) assert.deepEqual(await judged(buyer), []);
      const stranger = await demoUser('顾念安', width, scripts);
      assert.equal((await stranger.goto(base + order)).status(), 404);
      for (const page of [buyer, seller, stranger]) await page.context().close();
    });
  }

  for (const [width, scripts] of [[1280, true], [375, false]]) {
    test(`three milestones one after another, and a refund of a part, at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, demoUser, until }) => {
      const buyer = await demoUser('顾念安', width, scripts);
      const seller = await demoUser('北斗坡店主', width, scripts);
      const order = await ordered(base, buyer, '高企认定');
      const press = presser(base, order);
      await press(seller, 'supplier_confirm');
      await press(buyer, 'sign');
      for (const number of [1, 2, 3]) {
        await press(buyer, 'fund');
        await press(seller, 'deliver', async (form) => {
          for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
        });
        await buyer.goto(base + order);
        assert.ok((await buyer.textContent('main')).includes(`第 ${number} 阶段：`));
        await press(buyer, 'accept');
        await until(buyer, base + order, `第 ${number} 阶段 · 结算给服务商`);
      }
      assert.match(await buyer.textContent('main'), /已完成/);

      const other = await ordered(base, buyer, '商标驳回复审');
      const step = presser(base, other);
      await step(seller, 'supplier_confirm');
      await step(buyer, 'sign');
      await step(buyer, 'fund');
      await step(seller, 'deliver', async (form) => {
        for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
        await form.locator('input[name=receipt]').fill('YS-2026-000365');
      });
      await step(buyer, 'request_refund', (form) => form.locator('textarea').fill('只完成了一部分。'));
      await seller.goto(base + other);
      await step(seller, 'offer_partial', async (form) => {
        await form.locator('input[name=amount]').fill('600.50');
        await form.locator('textarea').fill('退还未完成的部分。');
      });
      await buyer.goto(base + other);
      const offered = await buyer.textContent('main');
      for (const part of ['接受后 ¥600.50 退还给您', '官费缴纳凭证号：YS-2026-000365']) assert.ok(offered.includes(part), part);
      await step(buyer, 'accept_partial');
      const ended = await buyer.textContent('main');
      for (const part of ['已终止', '已部分退款，余款已结算', '退还买方 ¥600.50']) assert.ok(ended.includes(part), part);
      await buyer.goto(`${base}/demo/zhangben`);
      assert.match(await buyer.textContent('main'), /账平/);
      for (const page of [buyer, seller]) await page.context().close();
    });
  }
}
