/** The doubles next to a value, and some a step or a half further away, both signs. */
export function doublesAround(value: number): number[] {
  const near = [value, next(value, 1), next(value, -1), value - 1, value + 1, value - 0.5, value + 0.5, value * 1.5]
  return near.concat(near.map((each) => -each))
}

/** Doubles of random bits, the same for the same seed. NaN and the infinities may be among them. */
export function* randomDoubles(count: number, seed: number): Generator<number> {
  const random = randomBits(seed)
  const bits = new Uint32Array(2)
  const double = new Float64Array(bits.buffer)
  for (let i = 0; i < count; i++) {
    bits[0] = random()
    bits[1] = random()
    yield double[0]
  }
}

/** Decimals as people write them, up to 15 digits with up to 8 behind the point, and the doubles next to them. */
export function* shortDecimals(count: number, seed: number): Generator<number> {
  const random = randomBits(seed)
  for (let i = 0; i < count; i += 3) {
    const digits = Math.floor((random() / 2 ** 32) * 10 ** (1 + (random() % 15)))
    const value = (digits / 10 ** (random() % 9)) * (random() % 2 === 0 ? 1 : -1)
    yield value
    yield next(value, 1)
    yield next(value, -1)
  }
}

/** The double that lies that many steps further from zero. */
function next(value: number, steps: number): number {
  const double = Float64Array.of(value)
  const bits = new BigInt64Array(double.buffer)
  if (Number.isFinite(value) && value !== 0) bits[0] += BigInt(steps)
  return double[0]
}

/** 32 random bits a call: mulberry32. */
function randomBits(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}
