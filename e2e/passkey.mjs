// Passkeys with the browser's own virtual authenticator: added, used at the door, as the second step and as
// the proof, cancelled, removed; and the pages without scripts or under an address in figures.
import assert from 'node:assert/strict';
import { fits, judged } from './axe.mjs';
import { password as words } from './site.mjs';

// The site by the name that passkeys belong to on this machine.
export function named(base) {
  return base.replace('127.0.0.1', 'localhost');
}

// A device for this page: a phone that knows its holder.
export async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    forgets: () => cdp.send('WebAuthn.clearCredentials', { authenticatorId }),
  };
}

async function password(page, site, login, words) {
  await page.goto(`${site}/denglu?next=/zhanghao/miyao`);
  await page.fill('#login', login);
  await page.fill('#password', words);
  await page.click('form[action="/denglu"] button.btn-primary');
}

// Logs somebody in by the password, adds a passkey, and gives what the page said then.
export async function adds(page, site, login, words, label) {
  await password(page, site, login, words);
  await page.waitForURL(`${site}/zhanghao/miyao`);
  await page.click('main a[href="/zhanghao/miyao/tianjia"]');
  await page.fill('#passkey_label', label);
  await page.click('[data-passkey] button');
  await page.waitForSelector('.codes');
  return page.locator('.codes code').allTextContents();
}

export async function leaves(page, site) {
  await page.click('.topbar form button');
  await page.waitForURL(`${site}/`);
}

export async function enters(page, site, next) {
  await page.goto(`${site}/denglu?next=${next}`);
  await page.click('[data-passkey] button');
  await page.waitForURL(site + next);
}

export function passkeys(test) {
  test('a person adds a passkey, logs in with it alone, takes the second step and the proof with it, and removes it at 1280 px, scripts on', async ({ base, visitor, register }) => {
    const site = named(base);
    const first = await visitor(1280, true);
    await register(first, '100-0000-0091', '钥匙甲');
    await first.goto(`${base}/zhanghao/miyao/tianjia`);
    assert.match(await first.textContent('main'), /不能用于 IP 地址/, 'an address in figures has no passkeys');
    assert.equal(await first.isVisible('[data-passkey] button'), false);
    assert.equal(await first.getAttribute('[data-passkey] [role=status] a', 'href'), `${site}/zhanghao/miyao/tianjia`);
    assert.deepEqual(await judged(first), []);
    await first.context().close();

    const page = await visitor(1280, true);
    const whole = async (place) => {
      await fits(page, place);
      assert.deepEqual(await judged(page), [], place);
    };
    const phone = await device(page);
    const codes = await adds(page, site, '钥匙甲', words, '我的手机');
    assert.equal(codes.length, 10);
    const [kept] = await phone.credentials();
    assert.equal(kept.isResidentCredential, true);
    assert.equal(kept.rpId, 'localhost');
    await whole('recovery codes');
    await page.goto(`${site}/zhanghao/miyao`);
    assert.match(await page.textContent('main'), /我的手机/);
    await whole('the list');
    await page.goto(`${site}/zhanghao/miyao/tianjia`);
    await whole('the form');
    await page.click('[data-passkey] button');
    await page.waitForFunction(() => document.querySelector('[data-passkey] [role=status]').textContent.includes('不需要重复添加'));
    await leaves(page, site);

    await page.goto(`${site}/denglu`);
    await whole('the log-in');
    await enters(page, site, '/zhanghao/miyao');
    assert.ok(!(await page.textContent('main')).includes('尚未使用'));
    await leaves(page, site);

    await password(page, site, '钥匙甲', words);
    await page.waitForURL(/\/denglu\/yanzheng\?next=/);
    await whole('the second step');
    await page.check('#remember');
    await page.click('[data-passkey] button');
    await page.waitForURL(`${site}/zhanghao/miyao`);
    await leaves(page, site);

    // The password alone, on the remembered device, is half a proof.
    await password(page, site, '钥匙甲', words);
    await page.waitForURL(`${site}/zhanghao/miyao`);
    await page.goto(`${site}/zhanghao/miyao/tianjia`);
    await page.waitForURL(/\/zhanghao\/queren\?next=/);
    await whole('the proof');
    await phone.verifies(false);
    await page.click('[data-passkey] button');
    await page.waitForFunction(() => document.querySelector('[data-passkey] [role=status]').textContent.includes('没有完成'));
    assert.ok(await page.isEnabled('[data-passkey] button'), 'it can be tried again');
    await phone.verifies(true);
    await page.click('[data-passkey] button');
    await page.waitForURL(`${site}/zhanghao/miyao/tianjia`);

    await page.goto(`${site}/zhanghao/miyao`);
    await page.click('form[action$="/shanchu"] button');
    await page.waitForURL(`${site}/zhanghao/miyao`);
    assert.match(await page.textContent('main'), /还没有通行密钥/);
    await leaves(page, site);
    await page.goto(`${site}/denglu`);
    await page.click('[data-passkey] button');
    await page.waitForSelector('.error-summary');
    assert.match(await page.textContent('.error-summary'), /没有通过验证/);
    await whole('a refused log-in');
    await phone.forgets();
    await page.click('[data-passkey] button');
    await page.waitForFunction(() => document.querySelector('[data-passkey] [role=status]').textContent.includes('没有完成'));
    assert.deepEqual(page.foreign.filter((address) => !address.startsWith(site)), [], 'nothing is requested from elsewhere');
    await page.context().close();
  });

  test('without scripts the pages say what to do instead of a passkey at 375 px', async ({ base, visitor }) => {
    const site = named(base);
    const page = await visitor(375, false);
    await page.goto(`${site}/denglu`);
    assert.match(await page.textContent('main'), /通行密钥需要启用 JavaScript/);
    assert.equal(await page.isVisible('[data-passkey] button'), false);
    await page.fill('#login', '钥匙甲');
    await page.fill('#password', words);
    await page.click('form[action="/denglu"] button.btn-primary');
    await page.waitForURL(/\/zhanghao$/);
    await page.goto(`${site}/zhanghao/miyao/tianjia`);
    assert.match(await page.textContent('main'), /需要启用 JavaScript/);
    for (const path of ['/zhanghao/miyao', '/zhanghao/miyao/tianjia', '/denglu']) {
      await page.goto(site + path);
      await fits(page, path);
    }
    await page.context().close();
  });
}
