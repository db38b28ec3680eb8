/** The scope of what is measured and traced here. */
export const SCOPE = 'wideline'
