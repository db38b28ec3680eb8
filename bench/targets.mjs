// Which rows are below what they are meant to reach.

/** "below 10×" where a rival's ratio misses the scenario's target, else ''. */
export function missOf({ atLeast, ratios }, name) {
  const wanted = atLeast?.[name]
  return wanted !== undefined && ratios[name] !== undefined && ratios[name].median < wanted ? `below ${wanted}×` : ''
}

const share = (ratio) => `${ratio.toFixed(2)}×`

/** "1.06× one output", and "above 1.80×" where that is too much; '' for a scenario not compared within wideline. */
export function describeWithin({ within }) {
  if (within === undefined) return ''
  const { about, atMost, ratio } = within
  return `${share(ratio.median)} ${about}${ratio.median > atMost ? `, above ${share(atMost)}` : ''}`
}
