/** Names of the webhooks that the set-up makes: by them it finds them again, and leaves all others alone. */
export function webhookName(connectionId: string, topic: string): string {
  return `Backhaul ${connectionId} ${topic}`
}

/** Whether any connection of ours has made it. */
export function isOurs({ name }: { readonly name: string }): boolean {
  return name.startsWith('Backhaul ')
}
