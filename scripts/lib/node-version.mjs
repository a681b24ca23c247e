const oldest = [20, 19]

/** Says why `version` (`20.19.0`) cannot run Backhaul, or null where it can. */
export function whyNodeIsTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return null
  return `Backhaul needs Node.js ${oldest.join('.')} or newer; this is ${version}. Get it from https://nodejs.org`
}
