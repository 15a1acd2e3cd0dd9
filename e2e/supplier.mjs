// An enterprise becomes a supplier: an owner applies with a licence, a verifier returns it, the owner mends
// it, the verifier passes licence and application, the owner signs, and everybody finds the supplier.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { applies, opens, paper, verifies } from './founding.mjs';

const rounds = [
  { width: 1280, scripts: true, phone: '100-0000-0085', name: '服务甲', card: '999999199001010067', code: '91999999MAD365165R', verifier: 'verifier-1' },
  { width: 375, scripts: false, phone: '100-0000-0086', name: '服务乙', card: '999999199001010075', code: '91999999MAD365173L', verifier: 'verifier-2' },
];

export function suppliers(test) {
  for (const { width, scripts, phone, name, card, code, verifier } of rounds) {
    test(`an owner applies, a verifier returns it, it is mended, passed, signed and found, at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async (site) => {
      const { base, visitor, staffUser, register } = site;
      const person = await visitor(width, scripts);
      const whole = async (page) => {
        await fits(page);
        if (scripts) assert.deepEqual(await judged(page), [], page.url());
      };
      // A verified person with an enterprise.
      await register(person, phone, name);
      await verifies(site, person, '演示丙', card);
      await applies(site, person, `云雀信息${name}（演示）`, code, '演示丁');

      const desk = await staffUser(verifier, width, scripts);
      await desk.goto(`${base}/guanli/qiye`);
      await desk.click(`main tr:has-text("云雀信息${name}") a`);
      for (const piece of ['letter', 'real_name']) await opens(desk, piece);
      await desk.click('form:has(input[value=prove]) button');
      assert.match(await desk.textContent('main'), /已企业认证/);

      await person.goto(`${base}/zhanghao/qiye`);
      await person.click('main a[href^="/zhanghao/zuzhi/"]');
      await person.click('main a[href$="/ruzhu"]');
      const page = person.url();
      assert.equal(await person.isChecked('#accept_supplier'), false, 'no box is ticked beforehand');
      await whole(person);
      await person.check('#accept_supplier');
      await person.click(`form[action$="/ruzhu"] button`);
      await whole(person);
      await person.fill('#display_name', '云雀');
      await person.check('#area-daili-jizhang');
      await person.click('button[value=save]');
      assert.equal(await person.inputValue('#display_name'), '云雀', 'the draft is kept');
      await person.fill('#introduction', '专做记账，请加微信 yunque365 详谈，随时在线。');
      await person.click('button[value=submit]');
      const refused = await person.textContent('main');
      assert.ok(refused.includes('联系方式，请去掉') && refused.includes('2–12 个汉字'), 'both faults at once');
      assert.ok((await person.inputValue('#introduction')).includes('yunque365'), 'what was typed is kept');
      await whole(person);
      await person.goto(`${page}/zizhi/daili-jizhang`);
      await whole(person);
      const permit = async (until_) => {
        await person.goto(`${page}/zizhi/daili-jizhang`);
        await person.fill('#number', 'DLJZ20250018');
        await person.fill('#issuer', '演示发证机关');
        await person.fill('#valid_from', '2025-01-02');
        await person.fill('#valid_until', until_);
        await person.setInputFiles('#picture', await paper(person));
        await person.click('form[enctype] button');
      };
      await permit('2025-12-31');
      assert.match(await person.textContent('main'), /证书已过期/);
      assert.equal(await person.inputValue('#number'), 'DLJZ20250018', 'what was typed is kept');
      await whole(person);
      await permit('2039-12-31');
      assert.equal(person.url(), page);
      const submit = async (introduction) => {
        await person.fill('#display_name', `云雀${name}`);
        await person.fill('#city', '上海');
        await person.fill('#introduction', introduction);
        await person.check('#area-daili-jizhang');
        await person.click('button[value=submit]');
        assert.match(await person.textContent('main'), /3 个工作日内给出结果/);
      };
      await submit('全国第一的记账服务，绝对没有任何差错。');
      await whole(person);

      await desk.goto(`${base}/guanli/ruzhu`);
      await whole(desk);
      await desk.click(`main tr:has-text("云雀信息${name}") a`);
      const supplier = desk.url();
      await whole(desk);
      await desk.check('#return-introduction');
      await desk.click('form:has(input[value=return]) button');
      await person.goto(page);
      assert.match(await person.textContent('main'), /已退回[\s\S]*介绍夸大/);
      await whole(person);
      await submit('按月记账与报税，报表附讲解，回执当天上传。');

      await desk.goto(supplier);
      await desk.click('form:has(input[value=approve]) button');
      assert.match(await desk.textContent('main'), /资质尚未全部审核通过/);
      await desk.goto(`${base}/guanli/zizhi`);
      await whole(desk);
      await desk.click(`main tr:has-text("云雀信息${name}") a`);
      assert.equal(await desk.locator('main img').count(), 0, 'masked');
      await desk.check('#why-review');
      await desk.click('form[action$="/chakan"] button');
      assert.equal(await desk.locator('main img').count(), 1);
      await whole(desk);
      await desk.click('form:has(input[value=approve]) button');
      assert.match(await desk.textContent('main'), /有效/);
      await desk.goto(supplier);
      await desk.click('form:has(input[value=approve]) button');
      assert.match(await desk.textContent('main'), /待签协议/);

      await person.goto(page);
      await person.click('main a[href$="/xieyi"]');
      await whole(person);
      assert.equal(await person.isChecked('#accept_undertaking'), false, 'no box is ticked beforehand');
      await person.check('#accept_agreement');
      await person.click('form[action$="/xieyi"] button');
      assert.match(await person.textContent('main'), /勾选两份协议/);
      await person.check('#accept_agreement');
      await person.check('#accept_undertaking');
      await person.click('form[action$="/xieyi"] button');
      assert.match(await person.textContent('main'), /已入驻/);
      await whole(person);
      await person.click('main a[href^="/fuwushang/"]');
      const found = await person.textContent('main');
      assert.ok(found.includes(`云雀${name}`) && found.includes('DLJZ20250018') && found.includes(code) && found.includes('已企业认证'));
      assert.ok(!found.includes('演示丙'), 'nobody of it by name');
      await whole(person);
      await person.goto(`${base}/zhanghao/chakan?yongtu=certify`);
      assert.match(await person.textContent('main'), /平台审核人员[\s\S]*资质图片/, 'the person finds who looked');
      for (const one of [person, desk]) {
        assert.deepEqual(one.foreign, []);
        await one.context().close();
      }
    });
  }
}
