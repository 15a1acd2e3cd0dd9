// The site on an empty data folder, a browser beside it, and the ways around that tests and pictures
// share. QIFU365_BIN names the binary.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const demoPassword = 'qinghe-lantern-365';

export async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'qifu365-e2e-'));
  const server = spawn(process.env.QIFU365_BIN, ['--data', folder, '--listen', '127.0.0.1:0', '--trusted-proxies', '127.0.0.1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const base = await new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.match(/http:\/\/[0-9.:]+/);
      if (found) resolve(found[0]);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}\n${text}`)));
  });
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });

  // Each visitor from a network of their own, as a proxy in front would say it.
  let networks = 0;
  async function visitor(width, scripts, network) {
    networks += 1;
    const address = network || `10.${networks >> 8}.${networks & 255}.1`;
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: scripts, extraHTTPHeaders: { 'x-forwarded-for': address } });
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

  async function tickBoth(page) {
    await page.check('#age-adult');
    await page.check('#accept_agreement');
    await page.check('#accept_policy');
  }

  async function code(page) {
    const other = await page.context().newPage();
    await other.goto(`${base}/demo/outbox`);
    const text = await other.textContent('main');
    await other.close();
    return text.match(/验证码 (\d{6})/)[1];
  }

  async function stop() {
    await browser.close();
    server.removeAllListeners('exit');
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  }

  return { base, visitor, demoUser, placed, orderIn, tickBoth, code, stop };
}
