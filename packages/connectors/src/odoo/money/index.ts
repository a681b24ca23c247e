export { draftCredit } from './draft-credit.ts'
export { issueRefund } from './issue-refund.ts'
export { postCredit } from './post-credit.ts'
export { readSettlement } from './settlement.ts'
