export { HASH_KEY_VARIABLE, hashed, lastFour } from '../redaction/strategy.js'
