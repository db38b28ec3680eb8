module.exports = {
  testEnvironment: 'node',
  testRegex: String.raw`\.spec\.ts$`,
  transform: { [String.raw`\.ts$`]: 'ts-jest' },
}
