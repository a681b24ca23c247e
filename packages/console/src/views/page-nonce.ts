/** What styles that a script adds to this page have to carry; empty outside of a page of the hub. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}
