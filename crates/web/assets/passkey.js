// Asks the device for a passkey and hands its answer to the form beside the button. Without this file, or
// without WebAuthn, the form stays hidden and the page says what to do instead.
(() => {
  'use strict';

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  const text = (buffer) => {
    if (!buffer) return null;
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
    return btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  };
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(options) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: named(options.excludeCredentials),
      },
    });
    return {
      ...head(made),
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
      },
    };
  }

  async function get(options) {
    const given = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
    });
    return {
      ...head(given),
      response: {
        authenticatorData: text(given.response.authenticatorData),
        clientDataJSON: text(given.response.clientDataJSON),
        signature: text(given.response.signature),
        userHandle: text(given.response.userHandle),
      },
    };
  }

  const head = (credential) => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type, extensions: {} });

  function prepare(box) {
    const form = box.querySelector('form');
    const said = box.querySelector('[role=status]');
    const button = form.querySelector('button');
    const data = box.dataset;
    const say = (words) => { said.textContent = words; };

    if (data.site && location.hostname !== data.site) {
      // Another name of the same site: the device would refuse.
      const link = document.createElement('a');
      link.href = `${location.protocol}//${data.site}${location.port ? `:${location.port}` : ''}${location.pathname}${location.search}`;
      link.textContent = link.host;
      say(`${data.origin} `);
      said.append(link);
      return;
    }
    if (!data.site || !window.isSecureContext || !window.PublicKeyCredential || !navigator.credentials) {
      say(data.unsupported);
      return;
    }
    say('');
    form.hidden = false;

    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      box.setAttribute('aria-busy', 'true');
      say(data.wait);
      try {
        const asked = await fetch(data.begin, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'error' });
        const read = await asked.json();
        if (!asked.ok) {
          if (read.code === 'proof_needed' && data.proof) {
            location.assign(data.proof);
            return;
          }
          say(read.detail);
          return;
        }
        const answer = data.passkey === 'create' ? await create(read) : await get(read);
        form.elements.answer.value = JSON.stringify(answer);
        const keep = document.getElementById('remember');
        if (form.elements.remember) form.elements.remember.value = keep && keep.checked ? 'yes' : '';
        // A puzzle that this page asks for is answered for this form too.
        for (const [name, there] of [['puzzle', 'puzzle'], ['work', 'work'], ['solution', 'answer']]) {
          const typed = document.querySelector(`[data-puzzle] [name=${there}]`);
          if (typed) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value: typed.value }));
        }
        form.submit();
        return;
      } catch (error) {
        const words = {
          NotAllowedError: data.cancelled,
          AbortError: data.cancelled,
          InvalidStateError: data.known,
          SecurityError: data.origin,
          NotSupportedError: data.unsupported,
          ConstraintError: data.unsupported,
        };
        say(words[error.name] || data.failed);
      } finally {
        box.removeAttribute('aria-busy');
        button.disabled = false;
      }
    });
  }

  document.querySelectorAll('[data-passkey]').forEach(prepare);
})();
