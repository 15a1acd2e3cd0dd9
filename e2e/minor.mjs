// A child asks, the guardian consents, the child registers, the guardian looks and takes it back.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { password } from './site.mjs';

const rounds = [
  { width: 1280, scripts: true, child: '100-0000-0041', parent: '100-0000-0067', names: ['小苗', '墨白店主'] },
  { width: 375, scripts: false, child: '100-0000-0043', parent: '100-0000-0069', names: ['小芽', '云砚店主'] },
];

export function families(test) {
  for (const { width, scripts, child: childPhone, parent: parentPhone, names } of rounds) {
    test(`a child asks, the guardian consents, looks and takes it back, at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async ({ base, visitor, demoUser, code, until }) => {
      const child = await visitor(width, scripts);
      const whole = async (page) => {
        await fits(page);
        // What judges a page is a script of its own.
        if (scripts) assert.deepEqual(await judged(page), [], page.url());
      };
      const fill = async (band, name) => {
        await child.goto(`${base}/zhuce`);
        await child.fill('#phone', childPhone);
        await child.fill('#account_name', name);
        await child.check(`#age-${band}`);
        await child.check('#accept_agreement');
        await child.check('#accept_policy');
        await child.click('button[formaction="/zhuce/yanzhengma"]');
      };
      await fill('child', names[0]);
      assert.match(await child.textContent('h1'), /请父母或其他监护人同意/);
      assert.equal(await child.inputValue('#phone'), childPhone, 'what was typed is kept');
      await whole(child);
      // Back, and older: it does not pass.
      await fill('adult', names[0]);
      assert.match(await child.textContent('.error-summary'), /7 天内选择过更小的年龄段/);
      await whole(child);

      await child.goto(`${base}/zhuce/jianhuren`);
      await child.check('#age-child');
      await child.fill('#phone', childPhone);
      await child.fill('#guardian_phone', childPhone);
      await child.fill('#code', '000000');
      await child.click('main form button.btn-primary');
      assert.match(await child.textContent('.error-summary'), /不能与您自己的相同/);
      await child.fill('#guardian_phone', parentPhone);
      await child.fill('#code', '000000');
      await child.click('main form button.btn-primary');
      assert.match(await child.textContent('.error-summary'), /验证码/, 'nobody names a guardian for a number that is not proven');
      await child.click('button[formaction="/zhuce/jianhuren/yanzhengma"]');
      const proven = Date.now();
      assert.equal(await child.inputValue('#guardian_phone'), parentPhone, 'what was typed is kept');
      await whole(child);
      await child.fill('#code', await code());
      await child.click('main form button.btn-primary');
      const number = (await child.textContent('[role=status]')).match(/JH[0-9A-F]{10}/)[0];
      await whole(child);

      // Of the demonstration: who just registered waits a minute for another code.
      const parent = await demoUser(names[1], width, scripts);
      await parent.click('main a[href="/zhanghao/jianhu"]');
      await whole(parent);
      await parent.click(`main a:has-text("${number}")`);
      const page = parent.url();
      assert.ok(!(await parent.textContent('main')).includes(childPhone.slice(-4)), 'nothing of the child before the proof');
      await parent.click('button[formaction$="/yanzhengma"]');
      await whole(parent);
      await parent.fill('#code', await code());
      await parent.check('#statement');
      await parent.click('main form button.btn-primary');
      assert.match(await parent.textContent('main'), new RegExp(`100\\*{4}${childPhone.slice(-4)}`), 'the guardian recognises the number');
      await whole(parent);
      await parent.check('#read');
      await parent.click('main form button.btn-primary');
      for (const box of ['#guardian_account', '#guardian_messages']) assert.equal(await parent.isChecked(box), false, 'no box is ticked beforehand');
      await parent.check('#guardian_account');
      await parent.click('main form button.btn-primary');
      assert.match(await parent.textContent('.error-summary'), /请分别勾选/);
      await whole(parent);
      await parent.check('#guardian_account');
      await parent.check('#guardian_messages');
      await parent.click('main form button.btn-primary');
      assert.match(await parent.textContent('main'), /监护人已同意/);

      // The worker tells the child.
      await until(child, `${base}/demo/outbox`, '您的监护人已同意');
      const told = await child.textContent('main');
      assert.ok(told.includes(`您的监护人已同意（监护人手机号 100****${parentPhone.slice(-4)}）`), 'the child recognises the guardian');
      // Codes to one number keep a minute apart.
      await child.waitForTimeout(Math.max(0, 61_000 - (Date.now() - proven)));
      for (let turn = 0; turn < 5; turn += 1) {
        await fill('child', names[0]);
        if (!(await child.isVisible('.error-summary'))) break;
        await child.waitForTimeout(3_000);
      }
      await child.fill('#code', await code());
      await child.fill('#password', password);
      await child.click('main form button.btn-primary');
      await child.waitForURL(`${base}/zhanghao`);
      await whole(child);
      await child.goto(`${base}/fuwu`);
      await child.click('main li.card a');
      await child.click('main a.btn-accent:visible');
      await child.click('main form button.btn-primary');
      assert.match(await child.textContent('main'), /未成年人账号不能使用这项功能/);

      await parent.goto(page);
      const seen = await parent.textContent('main');
      assert.ok(seen.includes('账号资料') && !seen.includes(names[0]), 'kinds and amounts, not the content');
      assert.match(seen, /工作人员没有打开过任何信息/);
      await whole(parent);
      await parent.click('form[action$="/chehui"] button');
      assert.match(await parent.textContent('.error-summary'), /我确认/);
      await parent.check('#sure');
      await parent.click('form[action$="/chehui"] button');
      assert.match(parent.url(), /\/zhuxiao\//);
      await child.goto(`${base}/zhanghao`);
      assert.match(child.url(), /\/denglu/, 'logged out at once');
      for (const one of [child, parent]) {
        assert.deepEqual(one.foreign, []);
        await one.context().close();
      }
    });
  }
}
