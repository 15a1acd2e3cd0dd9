// The security guard: a network that tries many names meets a puzzle, which is solved by our own script or,
// without scripts, by answering a question; a contested decision is ruled on by a human.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { demoPassword } from './site.mjs';

const numbers = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];

// As a person reads it.
function answerTo(question) {
  const sum = question.match(/^(.+)([加减])(.+)等于多少/);
  if (sum) {
    const [one, other] = [numbers.indexOf(sum[1]), numbers.indexOf(sum[3])];
    return String(sum[2] === '加' ? one + other : one - other);
  }
  const words = question.match(/“(.+)”/)[1].split('、');
  return words[['一', '二', '三', '四'].indexOf(question.match(/第(.)个词/)[1])];
}

async function attempt(page, name, secret) {
  await page.fill('#login', name);
  await page.fill('#password', secret);
  await page.click('main form button.btn-primary');
}

export function guards(test) {
  // People who logged in nowhere before: a network that is new to somebody would be one signal more.
  for (const [scripts, width, network, name] of [[true, 1280, '203.0.113.7', '拾光店主'], [false, 375, '198.51.100.7', '言澈店主']]) {
    test(`many names from one network meet a puzzle, solved ${scripts ? 'by our script' : 'by a question, scripts off'}, at ${width} px`, async ({ base, visitor, code }) => {
      const page = await visitor(width, scripts, network);
      await page.goto(`${base}/denglu`);
      for (let number = 0; number < 10; number += 1) await attempt(page, `无此人${number}号`, 'wrong-password');
      await attempt(page, name, demoPassword);
      assert.match(await page.textContent('main'), /请先完成下面的安全验证/);
      await fits(page, 'the puzzle');
      if (scripts) {
        assert.deepEqual(await judged(page), []);
        assert.ok(!(await page.isVisible('#answer')), 'the script stands in for the question');
        await attempt(page, name, demoPassword);
        // Sent by itself when the check is done and the wait over.
        await page.waitForURL(/\/denglu\/anquan/, { timeout: 180_000 });
        assert.deepEqual(await judged(page), []);
      } else {
        const question = (await page.textContent('label[for=answer]')).trim();
        await page.fill('#answer', answerTo(question));
        await attempt(page, name, demoPassword);
        assert.match(await page.textContent('main'), /等待时间还没有到/);
        assert.equal((await page.textContent('label[for=answer]')).trim(), question, 'too early costs nothing');
        await page.waitForTimeout(37_000);
        await page.fill('#answer', answerTo(question));
        await attempt(page, name, demoPassword);
        await page.waitForURL(/\/denglu\/anquan/);
      }
      // The network's signals stand: one more proof, by the own phone.
      await page.click('button[formaction="/denglu/anquan/yanzhengma"]');
      await page.fill('#code', await code());
      await page.click('form[action="/denglu/anquan/queren"] button.btn-primary');
      await page.waitForURL(`${base}/zhanghao`);
      assert.deepEqual(page.foreign, []);
      await page.goto(`${base}/zhanghao/anquan`);
      assert.match(await page.textContent('main'), /批量试密码/);
      await page.context().close();
    });
  }

  test('a contested decision reaches a human, who sees no address and lifts it; the person reads it', async ({ base, visitor, staffUser }) => {
    const officer = await staffUser('dpo-1', 1280, true);
    await officer.goto(`${base}/guanli/anquan`);
    const shown = await officer.textContent('main');
    assert.match(shown, /这台设备（浏览器与系统）近九十天没有登录过您的账号/);
    assert.ok(!/Safari|JP|何小满/.test(shown), 'neither device, region nor name');
    assert.deepEqual(await judged(officer), []);
    await officer.click('main form button.btn-primary');
    assert.match(await officer.textContent('main'), /请选择解除或维持/);
    await officer.check('input[value=recognised]');
    await officer.click('main form button.btn-primary');
    await officer.waitForURL(`${base}/guanli/anquan`);
    assert.match(await officer.textContent('main'), /没有等待复核的决定/);
    await officer.context().close();
    const person = await visitor(1280, true, '192.0.2.9');
    await person.goto(`${base}/denglu`);
    await attempt(person, '何小满', demoPassword);
    await person.waitForURL(`${base}/zhanghao`);
    await person.goto(`${base}/zhanghao/anquan`);
    assert.match(await person.textContent('main'), /解除：已核实为本人/);
    assert.deepEqual(await judged(person), []);
    await person.context().close();
  });
}
