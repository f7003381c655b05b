// The QR code for enrolling a device.
import {html, useEffect, useRef, useState} from './standalone.module.js';
import {CopyButton, Field} from './parts.js';
import {t} from './text.js';

/** Returns the URI for the SDKs: the coordinator's address, the token, and the run if the token is for one run. */
export function enrolmentUri(coordinator, {token, run}) {
  const values = {coordinator, token, ...(run && {run})};
  return 'evenkeel://enrol?' + Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
}

const SIZE = 464;

/** Draws the QR code of a token. The reader can change the address, because devices may need a different one. */
export function EnrolmentCode({made}) {
  const [coordinator, setCoordinator] = useState(location.origin);
  const ref = useRef(null);
  const uri = enrolmentUri(coordinator.trim(), made);
  useEffect(() => {
    let current = true;
    // Loads the library for the first code.
    import('./qr-creator.es6.min.js').then(({default: QrCreator}) => {
      if (!current) return;
      ref.current.getContext('2d').clearRect(0, 0, SIZE, SIZE);
      // Black on white in both themes, with square dots, so that every QR scanner can read the code.
      QrCreator.render({text: uri, radius: 0, ecLevel: 'M', fill: '#000000', background: '#ffffff', size: SIZE}, ref.current);
    });
    return () => { current = false; };
  }, [uri]);
  return html`<div class="code">
    <canvas ref=${ref} width=${SIZE} height=${SIZE} role="img" aria-label=${t('qr_code')}></canvas>
    <div><p>${t('qr_hint')}</p>
      <${Field} label=${t('qr_address')} hint=${t('qr_address_hint')}><input type="url" value=${coordinator} onInput=${event => setCoordinator(event.target.value)} /><//>
      <p><code>${uri}</code></p>
      <${CopyButton} text=${uri} label=${t('copy_uri')} /></div>
  </div>`;
}
