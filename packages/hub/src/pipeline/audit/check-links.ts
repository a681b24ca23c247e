import { chainLink, genesisLink } from '../../store/audit.ts'
import type { StoredAuditChain } from '../../store/audit-scan.ts'
import { hashedTime, type Report } from './finding.ts'

function linkAfter(previous: string, { chainId, writer, openedAtUs }: StoredAuditChain): string {
  return chainLink(previous, { chainId, writer, openedAt: hashedTime(openedAtUs) })
}

/** Follows the links from chain to chain, in the order in which they were opened. */
export class LinkWalk {
  readonly #report: Report
  #before: readonly string[] = [genesisLink]
  #last = 0

  constructor(report: Report) {
    this.#report = report
  }

  take(chain: StoredAuditChain): void {
    const { chainId, chainNo } = chain
    if (chainNo !== this.#last + 1) {
      const [from, to] = [this.#last + 1, chainNo - 1]
      const detail = from === to ? `Chain ${from} is gone.` : `Chains ${from} to ${to} are gone.`
      this.#report({ kind: 'chain_missing', chain: null, seq: null, case: null, detail })
      this.#before = []
    }
    const isFitting =
      this.#before.length === 0 ||
      this.#before.some((link) => linkAfter(link, chain) === chain.link)
    if (!isFitting) {
      const detail = `Chain ${chainNo} does not fit its link and the chain before it.`
      this.#report({ kind: 'chain_edited', chain: chainId, seq: null, case: null, detail })
    }
    const links = [chain.link, ...this.#before.map((link) => linkAfter(link, chain))]
    this.#before = [...new Set(links)].slice(0, 2)
    this.#last = chainNo
  }
}
