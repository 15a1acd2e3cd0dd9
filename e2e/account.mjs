// A person's own account: registered, two steps, tokens for programs, another phone.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { demoPassword, password } from './site.mjs';

// The code of an authenticator app with this key (RFC 6238), so many steps from now. Each is good once,
// and for a step to either side: so the present one is used first and the next one after it, whenever a
// step ends.
function totp(key, steps = 0) {
  const bits = [...key].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', secret).update(count).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export function accounts(test) {
  for (const [width, scripts, phone] of [[1280, true, '100-0000-0011'], [375, false, '100-0000-0012']]) {
    test(`a visitor registers, sees who looked, logs out and in at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, visitor, register }) => {
      const page = await visitor(width, scripts);
      await page.goto(base);
      assert.deepEqual(await page.context().cookies(), [], 'browsing sets no cookie');
      await register(page, phone, `林知远${width}`);
      const text = await page.textContent('main');
      assert.match(text, /100\*\*\*\*00/);
      assert.match(text, /演示发件箱/, 'the opening is shown to its person');
      if (scripts) assert.deepEqual(await judged(page), []);
      await page.click('.topbar form button');
      await page.waitForURL(`${base}/`);
      await page.goto(`${base}/zhanghao`);
      assert.match(page.url(), /\/denglu\?next=\/zhanghao$/);
      await page.fill('#login', phone);
      await page.fill('#password', 'wrong');
      await page.click('main form button.btn-primary');
      assert.ok(await page.isVisible('.error-summary'));
      assert.equal(await page.inputValue('#login'), phone);
      await page.fill('#password', password);
      await page.click('main form button.btn-primary');
      await page.waitForURL(`${base}/zhanghao`);
      await page.context().close();
    });
  }

  for (const [width, scripts, phone] of [[1280, true, '100-0000-0031'], [375, false, '100-0000-0032']]) {
    test(`a person turns on two-step log-in, logs in with both steps and with a recovery code at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, visitor, register }) => {
      const page = await visitor(width, scripts);
      const sound = async (place) => {
        await fits(page, place);
        if (scripts) assert.deepEqual(await judged(page), [], place);
      };
      await register(page, phone, `何两步${width}`);
      await page.goto(`${base}/zhanghao/liangbu`);
      await sound('off');
      await page.click('form[action="/zhanghao/liangbu"] button');
      await page.waitForURL(/bangding$/);
      await sound('enrolment');
      assert.ok(await page.isVisible('svg.qr'));
      const key = (await page.getAttribute('a[href^="otpauth:"]', 'href')).match(/secret=([A-Z2-7]+)/)[1];
      assert.ok((await page.textContent('main')).replaceAll(' ', '').includes(key), 'the key stands there as text too');
      await page.fill('#second_code', '000000');
      await page.click('main form button.btn-primary');
      assert.ok(await page.isVisible('.error-summary'));
      await page.fill('#second_code', totp(key));
      await page.click('main form button.btn-primary');
      await sound('recovery codes');
      const codes = await page.locator('.codes code').allTextContents();
      assert.equal(codes.length, 10);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('form[action$="/wenjian"] button')]);
      assert.ok(readFileSync(await file.path(), 'utf8').includes(codes[9]), 'the codes as a file');
      await page.goto(`${base}/zhanghao`);
      assert.match(await page.textContent('main'), /已开启/);

      const logIn = async () => {
        await page.goto(`${base}/zhanghao/mima`);
        await page.click('.topbar form button');
        await page.waitForURL(`${base}/`);
        await page.goto(`${base}/zhanghao/mima`);
        await page.fill('#login', phone);
        await page.fill('#password', password);
        await page.click('main form button.btn-primary');
      };
      await logIn();
      await page.waitForURL(/\/denglu\/yanzheng\?next=/);
      await sound('second step');
      await page.fill('#second_code', totp(key, 1));
      await page.check('#remember');
      await page.click('main form button.btn-primary');
      await page.waitForURL(`${base}/zhanghao/mima`);
      await logIn();
      // The password alone, on a remembered device, changes no password.
      await page.waitForURL(/\/zhanghao\/queren\?next=\/zhanghao\/mima$/);
      await sound('proof');
      await page.fill('#current', password);
      await page.locator('details > summary').click();
      await page.fill('#recovery_code', codes[0].toLowerCase());
      await page.click('main form button.btn-primary');
      await page.waitForURL(`${base}/zhanghao/mima`);
      await page.goto(`${base}/zhanghao/liangbu`);
      await sound('on');
      await page.click('form[action^="/zhanghao/jizhu/"] button');
      await page.waitForURL(`${base}/zhanghao/liangbu`);
      await logIn();
      await page.waitForURL(/\/denglu\/yanzheng\?next=/);
      await page.context().close();
    });
  }

  test('the demonstration shows two-step log-in with the code of its own page', async ({ base, visitor }) => {
    const page = await visitor(375, false);
    await page.goto(`${base}/denglu`);
    assert.match(await page.textContent('main'), /沈砚秋/);
    await page.fill('#login', '沈砚秋');
    await page.fill('#password', demoPassword);
    await page.click('main form button.btn-primary');
    await page.waitForURL(/\/denglu\/yanzheng/);
    await page.fill('#second_code', (await page.textContent('.notice code')));
    await page.click('main form button.btn-primary');
    await page.waitForURL(`${base}/zhanghao`);
    await page.context().close();
  });

  for (const [width, scripts] of [[1280, true], [375, false]]) {
    test(`a person makes a token, a program uses it, the person takes it back at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, demoUser }) => {
      const page = await demoUser('何小满', width, scripts);
      await page.goto(`${base}/zhanghao/lingpai`);
      await page.fill('#token_name', `报表 ${width}`);
      await page.click('main form.card button.btn-primary');
      assert.ok(await page.isVisible('a[href="#scopes"]'), 'a token that may do nothing is refused');
      assert.equal(await page.inputValue('#token_name'), `报表 ${width}`, 'what was typed is kept');
      if (scripts) assert.deepEqual(await judged(page), []);
      await page.check('#account_read');
      await page.click('main form.card button.btn-primary');
      const token = (await page.textContent('main')).match(/qf_[0-9a-f]{64}/)[0];
      await fits(page);
      if (scripts) assert.deepEqual(await judged(page), []);
      const ask = () => fetch(`${base}/api/v1/account`, { headers: { authorization: `Bearer ${token}` } });
      const answer = await ask();
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).name, '何小满');
      await page.goto(`${base}/zhanghao/lingpai`);
      if (scripts) assert.deepEqual(await judged(page), []);
      await page.click(`button:has-text("报表 ${width}")`);
      await page.waitForURL(`${base}/zhanghao/lingpai`);
      assert.equal((await ask()).status, 401);
      await page.context().close();
    });
  }

  test('the phone is changed with both numbers proved, a lost one is asked for and cancelled, at 375 px, scripts off', async ({ base, demoUser, code }) => {
    const page = await demoUser('顾念安', 375, false);
    const other = await demoUser('顾念安', 1280, true);
    for (const [address, part] of [['/zhanghao', '基本资料'], ['/zhanghao/chakan', '谁看过我的信息'], ['/zhanghao/denglu', '本机，使用中'], ['/zhanghao/xiugai', '修改记录']]) {
      await page.goto(base + address);
      assert.ok((await page.textContent('main')).includes(part), address);
      await fits(page);
    }
    await page.goto(`${base}/zhanghao/shouji/xin`);
    assert.equal(page.url(), `${base}/zhanghao/shouji`, 'the present number comes first');
    await page.click('button[formaction="/zhanghao/shouji/yanzhengma"]');
    await fits(page);
    await page.fill('#code', await code());
    await page.fill('#current', 'wrong');
    await page.click('main form button.btn-primary');
    assert.ok(await page.isVisible('a[href="#current"]'), 'a code without the password is not enough');
    await page.fill('#code', await code());
    await page.fill('#current', demoPassword);
    await page.click('main form button.btn-primary');
    await page.waitForURL(`${base}/zhanghao/shouji/xin`);
    await page.fill('#phone', '１００-0000-0093');
    await page.fill('#reason', '换了新号码');
    await page.click('button[formaction="/zhanghao/shouji/xin/yanzhengma"]');
    assert.equal(await page.inputValue('#reason'), '换了新号码', 'what was typed is kept');
    await fits(page);
    await page.fill('#code', await code());
    await page.click('main form button.btn-primary');
    await page.waitForURL(`${base}/zhanghao/shouji/wancheng`);
    assert.match(await page.textContent('main'), /100\*\*\*\*0093/);
    await fits(page);
    await page.goto(`${base}/zhanghao/xiugai`);
    assert.match(await page.textContent('main'), /更换手机号[\s\S]*您本人[\s\S]*换了新号码/);
    await other.goto(`${base}/zhanghao`);
    assert.match(other.url(), /\/denglu/, 'the other device is logged out');

    await other.goto(`${base}/zhaohui`);
    const ask = async (button) => {
      await other.fill('#login', '顾念安');
      await other.fill('#password', demoPassword);
      await other.click(button);
    };
    await other.fill('#phone', '100-0000-0094');
    await ask('button[formaction="/zhaohui/yanzhengma"]');
    await other.fill('#code', await code());
    await ask('main form button.btn-primary');
    assert.match(await other.textContent('main'), /申请已受理/);
    assert.deepEqual(await judged(other), []);
    await page.goto(`${base}/zhanghao`);
    assert.match(await page.textContent('main'), /有人申请找回手机号/);
    await page.click('form[action="/zhanghao/shouji/zhaohui/quxiao"] button');
    await page.waitForURL(`${base}/zhanghao`);
    assert.ok(!(await page.textContent('main')).includes('有人申请找回手机号'), 'cancelled with one click');
    for (const one of [page, other]) await one.context().close();
  });
}
