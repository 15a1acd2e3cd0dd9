// Works at the puzzle of a held form: finds the number whose SHA-256 begins with enough zeros, waits until
// it counts, and sends the form on if it was sent meanwhile. Reads nothing of the browser but the clock.
'use strict';
(() => {
  const K = new Uint32Array(64);
  const START = new Uint32Array(8);
  (() => {
    const primes = [];
    for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
    const part = (x) => ((x - Math.floor(x)) * 4294967296) >>> 0;
    primes.forEach((p, i) => {
      K[i] = part(Math.cbrt(p));
      if (i < 8) START[i] = part(Math.sqrt(p));
    });
  })();
  const W = new Uint32Array(64);
  const turn = (x, by) => (x >>> by) | (x << (32 - by));

  // One block after another; the text is ASCII.
  function digest(text) {
    const length = text.length;
    const blocks = ((length + 8) >> 6) + 1;
    const words = new Uint32Array(blocks * 16);
    for (let i = 0; i < length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
    words[blocks * 16 - 1] = length * 8;
    const state = START.slice();
    for (let block = 0; block < blocks; block += 1) {
      for (let t = 0; t < 64; t += 1) {
        if (t < 16) W[t] = words[block * 16 + t];
        else {
          const a = W[t - 15];
          const b = W[t - 2];
          W[t] = W[t - 16] + W[t - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
        }
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 64; t += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + W[t]) >>> 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
        h = g; g = f; f = e; e = (d + one) >>> 0; d = c; c = b; b = a; a = (one + two) >>> 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d;
      state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }
    return state;
  }

  function begin(box) {
    const form = box.closest('form');
    const status = box.querySelector('[data-status]');
    const question = box.querySelector('[data-question]');
    const work = box.querySelector('[name=work]');
    const answer = question.querySelector('input');
    const { puzzle, bits, wait } = box.dataset;
    const ready = performance.now() + Number(wait) * 1000;
    question.hidden = true;
    answer.disabled = true;
    status.hidden = false;
    status.textContent = box.dataset.working;
    let asked = null;
    let done = false;
    form.addEventListener('submit', (event) => {
      if (done) return;
      event.preventDefault();
      asked = event.submitter || form;
      status.textContent = box.dataset.sending;
    });
    const finish = () => {
      done = true;
      status.textContent = box.dataset.done;
      if (asked === form) form.requestSubmit();
      else if (asked) form.requestSubmit(asked);
    };
    const found = (number) => {
      work.value = String(number);
      const left = ready - performance.now();
      if (left <= 0) finish();
      else {
        if (!asked) status.textContent = box.dataset.waiting;
        setTimeout(finish, left + 250);
      }
    };
    const shift = 32 - Number(bits);
    const look = (from) => {
      for (let number = from; number < from + 4000; number += 1) {
        if (digest(`${puzzle}:${number}`)[0] >>> shift === 0) return found(number);
      }
      return setTimeout(() => look(from + 4000), 0);
    };
    look(0);
  }

  document.querySelectorAll('[data-puzzle]').forEach(begin);
})();
