// The steps to an enterprise that several flows begin with: a person verifies themself, applies with a
// licence, hands in a letter.
// A page with a frame, drawn once by the browser itself, as a photograph of a paper.
let drawn;
export async function paper(page) {
  drawn ??= draw(page.context().browser());
  return { name: 'paper.jpg', mimeType: 'image/jpeg', buffer: await drawn };
}

async function draw(browser) {
  const context = await browser.newContext({ viewport: { width: 900, height: 640 } });
  const canvas = await context.newPage();
  await canvas.setContent('<body style="margin:0"><div style="border:24px solid #a02828;height:590px;font:40px serif;padding:1px 40px">营业执照（样张）</div>');
  const buffer = await canvas.screenshot({ type: 'jpeg' });
  await context.close();
  return buffer;
}

export async function verifies({ base, until }, person, name, card) {
  await person.goto(`${base}/zhanghao/shiming`);
  await person.check('#accept_verification');
  await person.click('form[action$="/tongyi"] button');
  await person.fill('#real_name', name);
  await person.fill('#id_number', card);
  await person.click('form[action="/zhanghao/shiming"] button');
  await until(person, `${base}/zhanghao/shiming`, '认证时间');
}

// Gives the address of the application, which waits for a verifier then.
export async function applies({ base, until }, person, company, code, representative) {
  await person.goto(`${base}/zhanghao/qiye`);
  await person.check('#accept_enterprise');
  await person.click('form[action="/zhanghao/qiye"] button');
  const application = person.url();
  await person.check('#relation-agent');
  await person.fill('#company_name', company);
  await person.fill('#credit_code', code);
  await person.fill('#representative', representative);
  await person.setInputFiles('#licence', await paper(person));
  await person.click('form[enctype] button');
  await until(person, application, '请选一种方式');
  await person.setInputFiles('#letter', await paper(person));
  await person.click('form[action$="/shouquanshu"] button');
  return application;
}

// A verifier opens one piece of the case whose page is shown, for the review.
export async function opens(desk, piece) {
  await desk.check(`#piece-${piece}`);
  await desk.check('#why-review');
  await desk.click('form[action$="/chakan"] button');
}
