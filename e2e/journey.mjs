// What "done" means: a person verifies themself, founds a company and invites a colleague, who enters it
// with a passkey; a verifier opens one field under its case, and the person reads who, what and why.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { applies, opens, verifies } from './founding.mjs';
import { password } from './site.mjs';
import { adds, device, enters, leaves, named } from './passkey.mjs';

const rounds = [
  { width: 1280, scripts: true, phones: ['100-0000-0087', '100-0000-0088'], names: ['程远帆', '宋知夏'], card: '999999199001013006', code: '91999999MAD35700XY', verifier: 'verifier-1' },
  { width: 375, scripts: false, phones: ['100-0000-0089', '100-0000-0090'], names: ['程远航', '宋知秋'], card: '999999199001013014', code: '91999999MAD357018Y', verifier: 'verifier-2' },
];

export function journeys(test) {
  for (const { width, scripts, phones, names, card, code, verifier } of rounds) {
    test(`from the own verification to a colleague who enters the company with a passkey, and to who looked, at ${width} px, scripts ${scripts ? 'on' : 'off but for the passkey'}`, async (site) => {
      const { base, visitor, staffUser, register } = site;
      const company = `远帆信息${width}（演示）`;
      const sound = async (page) => {
        await fits(page);
        if (scripts) assert.deepEqual(await judged(page), [], page.url());
      };
      const person = await visitor(width, scripts);
      await register(person, phones[0], names[0]);
      await verifies(site, person, '演示戊', card);
      await person.goto(`${base}/zhanghao/shiming`);
      await sound(person);
      const application = await applies(site, person, company, code, '演示己');
      await person.goto(`${base}/zhanghao/chakan?yongtu=certify`);
      assert.ok(!(await person.textContent('main')).includes('平台审核人员'), 'nobody of the staff looked yet');

      // The verifier finds the case, gives a reason, and reads one field of it.
      const desk = await staffUser(verifier, width, scripts);
      await desk.goto(`${base}/guanli/qiye`);
      await desk.click(`main tr:has-text("${company}") a`);
      const number = (await desk.textContent('h1')).match(/QY[0-9A-Z]+/)[0];
      const reveal = desk.url();
      assert.ok(!(await desk.textContent('main')).includes('演示戊'), 'masked');
      await desk.check('#piece-real_name');
      await desk.click('form[action$="/chakan"] button');
      assert.ok(await desk.isVisible('a[href="#why"]'), 'nothing opens without a reason');
      assert.ok(!(await desk.textContent('main')).includes('演示戊'));
      await opens(desk, 'real_name');
      const opened = await desk.textContent('main');
      assert.ok(opened.includes('演示戊') && opened.includes('已记录，理由'), 'the field that was asked for');
      assert.equal(await desk.locator('main img').count(), 0, 'and no other');
      await sound(desk);
      await desk.goto(reveal);
      assert.ok(!(await desk.textContent('main')).includes('演示戊'), 'masked again');

      await person.goto(`${base}/zhanghao`);
      await person.click('main a[href="/zhanghao/chakan"]');
      await person.selectOption('#yongtu', 'certify');
      await person.click('main form button');
      const looked = person.locator('main tbody tr', { hasText: '平台审核人员' });
      assert.equal(await looked.count(), 1, 'one opening, one line');
      const line = await looked.textContent();
      for (const part of ['姓名', '理由：核对待决定的核验', `案件 ${number.slice(2)}`, '您申请的认证']) assert.ok(line.includes(part), `${part} in ${line}`);
      assert.ok(!line.includes('授权书'), 'what was not opened is not there');
      await sound(person);

      await opens(desk, 'letter');
      await opens(desk, 'real_name');
      await desk.click('form:has(input[value=prove]) button');
      assert.match(await desk.textContent('main'), /已企业认证/);
      await person.goto(application);
      await person.click('main a[href^="/zhanghao/zuzhi/"]');
      const organisation = new URL(person.url()).pathname;
      await person.fill('#phone', phones[1]);
      await person.selectOption('#seat', 'buyer');
      await person.click('form[action$="/yaoqing"] button');

      // Registered without scripts if need be; a passkey is made and used by the browser's own.
      const colleague = await visitor(width, scripts);
      await register(colleague, phones[1], names[1]);
      await colleague.context().close();
      const home = named(base);
      const key = await visitor(width, true);
      const kept = await device(key);
      await adds(key, home, names[1], password, '单位电脑');
      await leaves(key, home);
      assert.equal((await kept.credentials()).length, 1);
      await enters(key, home, '/zhanghao/qiye');
      await fits(key);
      await key.click(`main .card:has-text("${company}") form[action$="/jieshou"] button`);
      await leaves(key, home);

      // The passkey alone, and the company is there.
      await enters(key, home, organisation);
      const inside = await key.textContent('main');
      assert.ok(inside.includes(company) && inside.includes('采购'), 'the company and the own seat');
      assert.ok(!inside.includes('邀请同事'), 'who purchases invites nobody');
      await fits(key);
      assert.deepEqual(await judged(key), []);
      await key.goto(`${home}/zhanghao/shenfen`);
      await key.click(`main li:has-text("${company}") button`);
      assert.match(await key.textContent('main'), /当前身份/);
      await person.goto(base + organisation);
      assert.ok((await person.textContent('main')).includes('采购'), 'the owner sees the seat');
      assert.deepEqual(key.foreign.filter((address) => !address.startsWith(home)), []);
      for (const page of [person, desk]) assert.deepEqual(page.foreign, []);
      for (const page of [person, desk, key]) await page.context().close();
    });
  }
}
