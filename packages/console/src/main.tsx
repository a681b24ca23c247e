import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startTexts } from './i18n/i18n.ts'
import { pageNonce } from './views/page-nonce.ts'

const page = document.querySelector('#app')
if (page === null) throw new TypeError('the page has no place for the console')
const nonce = pageNonce()
// Where the library that locks scrolling behind dialogs looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce })
await startTexts()
createRoot(page).render(
  <StrictMode>
    <App nonce={nonce} />
  </StrictMode>,
)
