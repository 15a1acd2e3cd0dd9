// An enterprise from the first step to the last: a person verifies themself, founds it by a letter that a
// verifier reads, invites a colleague, and finds who looked.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { opens, paper, verifies } from './founding.mjs';
import { password } from './site.mjs';
import { adds, device, enters, leaves, named } from './passkey.mjs';

const rounds = [
  { width: 1280, scripts: true, phones: ['100-0000-0081', '100-0000-0082'], names: ['企业甲', '企业乙'], card: '999999199001010040', code: '91999999MAD3000110', verifier: 'verifier-1' },
  { width: 375, scripts: false, phones: ['100-0000-0083', '100-0000-0084'], names: ['企业丙', '企业丁'], card: '999999199001010059', code: '91999999MAD300433Y', verifier: 'verifier-2' },
];

export function enterprises(test) {
  for (const { width, scripts, phones, names, card, code, verifier } of rounds) {
    test(`a person verifies, founds an enterprise, invites a colleague, a verifier looks and the person reads it, at ${width} px, scripts ${scripts ? 'on' : 'off'}`, async (site) => {
      const { base, visitor, staffUser, register, until } = site;
      const person = await visitor(width, scripts);
      const whole = async (page) => {
        await fits(page);
        // What judges a page is a script of its own.
        if (scripts) assert.deepEqual(await judged(page), [], page.url());
      };
      await register(person, phones[0], names[0]);
      await person.goto(`${base}/zhanghao/qiye`);
      assert.match(await person.textContent('main'), /先完成本人实名认证/);
      await person.click('main a[href="/zhanghao/shiming"]');
      await verifies(site, person, '演示甲', card);

      await person.goto(`${base}/zhanghao/qiye`);
      assert.equal(await person.isChecked('#accept_enterprise'), false, 'no box is ticked beforehand');
      await whole(person);
      await person.check('#accept_enterprise');
      await person.click('form[action="/zhanghao/qiye"] button');
      const application = person.url();
      await whole(person);
      await person.check('#relation-agent');
      await person.fill('#company_name', `飞鸟信息${names[0]}（演示）`);
      await person.fill('#credit_code', card);
      await person.fill('#representative', '演示乙');
      await person.setInputFiles('#licence', { name: 'licence.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
      await person.click('form[enctype] button');
      const refused = await person.textContent('main');
      assert.ok(refused.includes('这像是身份证号码') && refused.includes('只接受 JPG 或 PNG'), 'both faults at once');
      assert.equal(await person.inputValue('#representative'), '演示乙', 'what was typed is kept');
      await whole(person);
      await person.fill('#credit_code', code);
      await person.setInputFiles('#licence', await paper(person));
      await person.click('form[enctype] button');
      await until(person, application, '请选一种方式');
      await whole(person);
      await person.goto(`${application}/shouquanshu`);
      assert.match(await person.textContent('main'), /申请编号：QY/);
      await person.goto(application);
      await person.setInputFiles('#letter', await paper(person));
      await person.click('form[action$="/shouquanshu"] button');
      assert.match(await person.textContent('main'), /授权书已收到/);

      const desk = await staffUser(verifier, width, scripts);
      await desk.goto(`${base}/guanli/qiye`);
      await whole(desk);
      await desk.click(`main tr:has-text("${names[0]}") a`);
      assert.ok(!(await desk.textContent('main')).includes('演示乙'), 'masked');
      await desk.click('form:has(input[value=prove]) button');
      assert.match(await desk.textContent('main'), /请先打开授权书和申请人姓名/);
      for (const piece of ['letter', 'real_name']) {
        await opens(desk, piece);
        assert.match(await desk.textContent('main'), /已记录，理由/);
        await whole(desk);
      }
      assert.ok((await desk.textContent('main')).includes('演示甲'));
      await desk.click('form:has(input[value=prove]) button');
      assert.match(await desk.textContent('main'), /已企业认证/);

      await person.goto(`${base}/zhanghao/chakan?yongtu=certify`);
      assert.match(await person.textContent('main'), /平台审核人员[\s\S]*授权书图片/, 'the person finds who looked');
      await person.goto(`${base}/zhanghao/qiye`);
      await person.click('main a[href^="/zhanghao/zuzhi/"]');
      const organisation = person.url();
      await whole(person);
      await person.fill('#phone', phones[1]);
      await person.selectOption('#seat', 'buyer');
      await person.click('form[action$="/yaoqing"] button');
      assert.match(await person.textContent('main'), /采购/);

      const colleague = await visitor(width, scripts);
      await register(colleague, phones[1], names[1]);
      await colleague.goto(`${base}/zhanghao/qiye`);
      await whole(colleague);
      await colleague.click('form[action$="/jieshou"] button');
      await colleague.click('main a[href^="/zhanghao/zuzhi/"]');
      assert.equal(colleague.url(), organisation);
      assert.ok(!(await colleague.textContent('main')).includes('邀请同事'), 'who purchases invites nobody');
      await whole(colleague);

      // The owner sets a limit; the colleague acts for the organisation and asks for what is above.
      await person.goto(organisation);
      await person.fill('#limit', '5000');
      await person.click('form[action$="/edu"] button');
      await whole(person);
      await person.click('form[action="/zhanghao/shenfen"] button');
      assert.match(await person.textContent('main'), /当前身份/);
      await colleague.goto(`${base}/zhanghao/shenfen`);
      await whole(colleague);
      await colleague.click(`main li:has-text("${names[0]}") button`);
      assert.match(await colleague.textContent('main'), /当前身份/);
      await colleague.goto(`${base}/sousuo?q=${encodeURIComponent('专精特新')}`);
      await colleague.click('main a[href^="/fuwu/"]:has-text("专精特新申报")');
      const service = new URL(colleague.url()).pathname.split('/').pop();
      await colleague.goto(`${base}/xiadan/${service}`);
      assert.match(await colleague.textContent('main'), /采购主体[\s\S]*¥5,000.00/);
      await whole(colleague);
      await colleague.check('#sku-0');
      await colleague.fill('#note', '请在年底前提交。');
      await colleague.click(`form[action="/xiadan/${service}"] button.btn-primary`);
      assert.equal(await colleague.inputValue('#note'), '请在年底前提交。', 'what was typed is kept');
      await whole(colleague);
      await colleague.fill('#reason', '年度申报计划');
      await colleague.click('form[action="/zhanghao/shenpi"] button');
      assert.match(await colleague.textContent('main'), /待审批/);
      await whole(colleague);
      await person.goto(`${base}/zhanghao/shenpi`);
      assert.match(await person.textContent('main'), /年度申报计划/);
      await whole(person);
      await person.click('form[action$="/pizhun"] button');
      assert.match(await person.textContent('main'), /已批准，待下单/);
      await colleague.goto(`${base}/zhanghao/shenpi`);
      await colleague.click('main a.btn-primary[href^="/xiadan/"]');
      await colleague.click(`form[action="/xiadan/${service}"] button.btn-primary`);
      assert.match(colleague.url(), /\/dingdan\//);
      const order = colleague.url();
      assert.match(await colleague.textContent('main'), new RegExp(`采购企业[\\s\\S]*飞鸟信息${names[0]}`));
      await whole(colleague);
      await person.goto(order);
      assert.match(await person.textContent('main'), /现在可以做的/, 'the owner sees it too');
      await person.goto(`${base}/zhanghao/shenfen`);
      await person.click('main li:has-text("本人") button');
      await person.goto(order);
      assert.match(await person.textContent('main'), /属于另一个身份/);
      await whole(person);
      if (scripts) {
        // A colleague logs in with a passkey, and is in the enterprise at once.
        const home = named(base);
        const again = await visitor(width, true);
        await device(again);
        await adds(again, home, names[1], password, '单位电脑');
        await again.goto(`${home}/zhanghao`);
        await leaves(again, home);
        const place = new URL(organisation).pathname;
        await enters(again, home, place);
        assert.equal(new URL(again.url()).pathname, place);
        await whole(again);
        await again.context().close();
      }
      for (const page of [person, desk, colleague]) {
        assert.deepEqual(page.foreign, []);
        await page.context().close();
      }
    });
  }
}
