/*
 * What Shopify is told. Only `refundCreate` knows an idempotency key, and has to be given one since 2026-04; before
 * everything else the return is read.
 */

const errors = 'userErrors { code field message }'

export const approveMutation = `mutation BackhaulApprove($input: ReturnApproveRequestInput!) {
  returnApproveRequest(input: $input) { return { id status } ${errors} }
}`

export const declineMutation = `mutation BackhaulDecline($input: ReturnDeclineRequestInput!) {
  returnDeclineRequest(input: $input) { return { id status } ${errors} }
}`

export const createReturnMutation = `mutation BackhaulCreateReturn($returnInput: ReturnInput!) {
  returnCreate(returnInput: $returnInput) { return { id status } ${errors} }
}`

export const cancelReturnMutation = `mutation BackhaulCancelReturn($id: ID!, $notifyCustomer: Boolean!) {
  returnCancel(id: $id, notifyCustomer: $notifyCustomer) { return { id status } ${errors} }
}`

export const closeReturnMutation = `mutation BackhaulCloseReturn($id: ID!) {
  returnClose(id: $id) { return { id status } ${errors} }
}`

export const reopenReturnMutation = `mutation BackhaulReopenReturn($id: ID!) {
  returnReopen(id: $id) { return { id status } ${errors} }
}`

export const removeLinesMutation = `mutation BackhaulRemoveLines(
  $returnId: ID!
  $returnLineItems: [ReturnLineItemRemoveFromReturnInput!]
) {
  removeFromReturn(returnId: $returnId, returnLineItems: $returnLineItems) {
    return { id status }
    ${errors}
  }
}`

export const processReturnMutation = `mutation BackhaulProcessReturn($input: ReturnProcessInput!) {
  returnProcess(input: $input) { return { id status } ${errors} }
}`

export const disposeMutation = `mutation BackhaulDispose($dispositionInputs: [ReverseFulfillmentOrderDisposeInput!]!) {
  reverseFulfillmentOrderDispose(dispositionInputs: $dispositionInputs) {
    reverseFulfillmentOrderLineItems { id }
    ${errors}
  }
}`

export const attachShippingMutation = `mutation BackhaulAttachShipping(
  $reverseFulfillmentOrderId: ID!
  $reverseDeliveryLineItems: [ReverseDeliveryLineItemInput!]!
  $trackingInput: ReverseDeliveryTrackingInput
  $labelInput: ReverseDeliveryLabelInput
  $notifyCustomer: Boolean!
) {
  reverseDeliveryCreateWithShipping(
    reverseFulfillmentOrderId: $reverseFulfillmentOrderId
    reverseDeliveryLineItems: $reverseDeliveryLineItems
    trackingInput: $trackingInput
    labelInput: $labelInput
    notifyCustomer: $notifyCustomer
  ) {
    reverseDelivery { id }
    ${errors}
  }
}`

export const updateShippingMutation = `mutation BackhaulUpdateShipping(
  $reverseDeliveryId: ID!
  $trackingInput: ReverseDeliveryTrackingInput
  $labelInput: ReverseDeliveryLabelInput
  $notifyCustomer: Boolean!
) {
  reverseDeliveryShippingUpdate(
    reverseDeliveryId: $reverseDeliveryId
    trackingInput: $trackingInput
    labelInput: $labelInput
    notifyCustomer: $notifyCustomer
  ) {
    reverseDelivery { id }
    ${errors}
  }
}`

export const refundMutation = `mutation BackhaulIssueRefund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund {
      id
      transactions(first: 20) {
        nodes { id kind status amountSet { presentmentMoney { amount currencyCode } } }
      }
    }
    userErrors { field message }
  }
}`

export const subscribeMutation = `mutation BackhaulSubscribe(
  $topic: WebhookSubscriptionTopic!
  $webhookSubscription: WebhookSubscriptionInput!
) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`

export const readdressMutation = `mutation BackhaulReaddress($id: ID!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`

export const unsubscribeMutation = `mutation BackhaulUnsubscribe($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}`
