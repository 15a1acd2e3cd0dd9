// Sites with the demonstration's data, a browser beside them, and the ways around that tests and
// pictures share. QIFU365_BIN names the binary.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
// What Playwright leaves out of Chromium, as the later of two lists is the one that counts; and the two
// pages below the address bar that every window would load beside its own.
const without = ['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
// A machine that stands still for a minute under other work is no failure.
const patience = 180_000;
export const demoPassword = 'qinghe-lantern-365';
export const password = '四盏灯 照着 旧码头';

async function serve(folder) {
  const server = spawn(process.env.QIFU365_BIN, ['--data', folder, '--listen', '127.0.0.1:0', '--trusted-proxies', '127.0.0.1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const base = await new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.match(/http:\/\/[0-9.:]+/);
      if (found) resolve(found[0]);
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}\n${text}`)));
  });
  const end = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  return { base, end };
}

// The demonstration's data is made once; each site begins with a copy.
export async function launch() {
  const folder = mkdtempSync(join(tmpdir(), 'qifu365-e2e-'));
  const seed = join(folder, 'seed');
  const seeded = serve(seed).then((server) => server.end());
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--disable-features=${without.join(',')}`],
  });
  await seeded;
  let sites = 0;
  const open = async () => {
    sites += 1;
    const own = join(folder, `site-${sites}`);
    cpSync(seed, own, { recursive: true });
    return site(browser, await serve(own));
  };
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { open, close };
}

function site(browser, { base, end }) {
  const contexts = [];
  // Each visitor from a network of their own, as a proxy in front would say it.
  async function visitor(width, scripts, network) {
    const address = network || `10.${contexts.length >> 8}.${contexts.length & 255}.1`;
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: scripts, extraHTTPHeaders: { 'x-forwarded-for': address } });
    context.setDefaultTimeout(patience);
    contexts.push(context);
    const page = await context.newPage();
    page.foreign = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(base) && !request.url().startsWith('data:')) page.foreign.push(request.url());
    });
    return page;
  }

  async function demoUser(name, width, scripts) {
    const page = await visitor(width, scripts);
    await page.goto(`${base}/denglu`);
    await page.fill('#login', name);
    await page.fill('#password', demoPassword);
    await page.click('main form button.btn-primary');
    await page.waitForURL(`${base}/zhanghao`);
    return page;
  }

  async function staffUser(identifier, width, scripts) {
    const desk = await visitor(width, scripts);
    await desk.goto(`${base}/guanli/denglu`);
    const now = (await desk.textContent('main')).match(/此刻的验证码：(\d{6})/)[1];
    await desk.fill('[name=identifier]', identifier);
    await desk.fill('[name=password]', demoPassword);
    await desk.fill('[name=second_code]', now);
    await desk.click('main form button.btn-primary');
    await desk.waitForURL((url) => url.pathname !== '/guanli/denglu');
    return desk;
  }

  async function tickBoth(page) {
    await page.check('#age-adult');
    await page.check('#accept_agreement');
    await page.check('#accept_policy');
  }

  // The newest code that was sent from this site, as anybody reads it.
  async function code() {
    const answer = await fetch(`${base}/demo/outbox`);
    return (await answer.text()).match(/验证码 (\d{6})/)[1];
  }

  async function register(page, phone, name) {
    await page.goto(`${base}/zhuce`);
    assert.equal(await page.isChecked('#accept_policy'), false, 'no box is ticked beforehand');
    assert.equal(await page.isChecked('#age-adult'), false, 'no age is chosen beforehand');
    await page.fill('#phone', phone);
    await page.fill('#account_name', name);
    await tickBoth(page);
    await page.click('button[formaction="/zhuce/yanzhengma"]');
    assert.equal(await page.inputValue('#account_name'), name, 'what was typed is kept');
    assert.ok(await page.isChecked('#accept_agreement') && await page.isChecked('#accept_policy'), 'so are the own ticks');
    await page.fill('#code', await code());
    await page.fill('#password', password);
    await page.click('main form button.btn-primary');
    await page.waitForURL(`${base}/zhanghao`);
  }

  // The address of a service or supplier, found as a visitor finds it.
  async function placed(page, path) {
    if (!['service', 'supplier'].includes(path)) return path;
    await page.goto(`${base}/fuwu`);
    const service = await page.getAttribute('main li.card a', 'href');
    if (path === 'service') return service;
    await page.goto(base + service);
    return page.getAttribute('main aside a[href^="/fuwushang/"]', 'href');
  }

  // The first order of the list in the state asked for.
  async function orderIn(page, state, side = 'bought') {
    await page.goto(`${base}/dingdan?side=${side}&status=${state}`);
    return page.getAttribute('main table a', 'href');
  }

  // The worker in the same process does it in its own time; nobody reloads for ever.
  async function until(page, address, words) {
    const last = Date.now() + patience;
    do {
      await page.goto(address);
      if ((await page.textContent('main')).includes(words)) return;
      await page.waitForTimeout(400);
    } while (Date.now() < last);
    assert.fail(`${address} never says ${words}`);
  }

  async function stop() {
    // A test that failed left its pages open.
    for (const context of contexts) await context.close();
    await end();
  }

  return { base, visitor, demoUser, staffUser, register, tickBoth, code, placed, orderIn, until, stop };
}
