// The pages of the API reference, as Markdown: an entry point is a page, what it exports a heading, in the order of kinds
// and then of names; the members of an object or a class a table each, with their types.
import { basesOf, documentationOf, kindOf, membersOf, nameOf, signatureOf, typeOf } from './declarations.mjs'

const KINDS = ['Functions', 'Classes', 'Options and other objects', 'Types', 'Values']
const GENERATED = '<!-- Written by `npm run docs:api` from the comments in the source. -->'
/** Longer members stand in the declaration, not in a table. */
const MAX_CELL = 90

/** Every page by its file's name. */
export function filesFor(read) {
  const places = placesOf(read)
  const files = { 'README.md': overview(read) }
  for (const entry of read) files[fileOf(entry)] = page(entry, places)
  return files
}

const fileOf = ({ name }) => `${name.replaceAll('/', '-')}.md`
const anchorOf = (name) => name.toLowerCase()

/** Where each export is told of: on the first page that has it. */
function placesOf(read) {
  const places = new Map()
  for (const entry of read) {
    for (const { name, symbol } of entry.exports) {
      if (!places.has(symbol)) places.set(symbol, { name, file: fileOf(entry), entry: entry.name })
    }
  }
  return places
}

function overview(read) {
  const lines = read.map((entry) => `| [\`${entry.name}\`](${fileOf(entry)}) | ${namesOf(entry)} |`)
  return `${GENERATED}\n\n# API reference\n\n| import from | what is there |\n|---|---|\n${lines.join('\n')}\n`
}

/** The functions and classes, which are what one looks for. */
function namesOf(entry) {
  const shown = entry.exports.filter(({ nodes }) => ['Functions', 'Classes'].includes(kindOf(nodes)))
  return shown.map(({ name }) => `[\`${name}\`](${fileOf(entry)}#${anchorOf(name)})`).join(', ')
}

function page(entry, places) {
  const own = entry.exports.filter(({ symbol }) => places.get(symbol).entry === entry.name)
  const others = entry.exports.filter(({ symbol }) => places.get(symbol).entry !== entry.name)
  const link = linksOn(entry, places)
  const parts = KINDS.flatMap((kind) => {
    const members = own.filter(({ nodes }) => kindOf(nodes) === kind).toSorted(byName)
    return members.length === 0 ? [] : [`## ${kind}`, ...members.flatMap((each) => told(each, kind, link))]
  })
  if (others.length > 0) {
    const names = others.toSorted(byName).map(({ name, symbol }) => {
      const place = places.get(symbol)
      return `[\`${name}\`](${place.file}#${anchorOf(place.name)})`
    })
    parts.push('## Also from elsewhere', `${names.join(', ')}.`)
  }
  return `${GENERATED}\n\n# \`${entry.name}\`\n\n${parts.join('\n\n')}\n`
}

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Makes `{@link name}` a link where the name is exported, else its own text. */
function linksOn(entry, places) {
  const byNames = new Map()
  for (const place of places.values()) if (!byNames.has(place.name)) byNames.set(place.name, place)
  for (const { name, symbol } of entry.exports) byNames.set(name, places.get(symbol))
  return (text) =>
    text.replace(/\{@link\s+([^\s}|]+)[\s|]*([^}]*)\}/g, (_, target, label) => {
      const [first] = target.split(/[.#]/)
      const place = byNames.get(first)
      const shown = `\`${label.trim() || target}\``
      if (place === undefined) return shown
      return `[${shown}](${place.file === fileOf(entry) ? '' : place.file}#${anchorOf(place.name)})`
    })
}

function told(each, kind, link) {
  const documentations = each.nodes.map(documentationOf).filter((documentation) => documentation !== undefined)
  const members = each.nodes.flatMap(membersOf)
  const isTabled =
    kind === 'Options and other objects' &&
    members.length > 0 &&
    members.every((member) => typeOf(member).length <= MAX_CELL)
  const [first = { text: '', tags: [] }, ...others] = documentations
  const parts = [`### ${each.name}`, link(first.text)]
  if (!isTabled) parts.push(`\`\`\`ts\n${each.nodes.map(signatureOf).join('\n')}\n\`\`\``)
  parts.push(...tagsOf(first, link))
  if (isTabled) parts.push(basesIn(each, link))
  for (const other of others) if (other.text !== first.text) parts.push(link(other.text), ...tagsOf(other, link))
  if (members.length > 0) parts.push(tableOf(members, isTabled, link))
  return parts.filter((part) => part !== '')
}

/** What an object has besides its own members. */
function basesIn({ nodes }, link) {
  const bases = nodes.flatMap(basesOf)
  return bases.length === 0 ? '' : `With all of ${bases.map((base) => link(`{@link ${base}}`)).join(' and ')}.`
}

/** Parameters, result, errors, examples. */
function tagsOf({ tags }, link) {
  const parts = []
  const of = (...names) => tags.filter(({ tag }) => names.includes(tag))
  const parameters = of('param', 'typeParam', 'template').filter((tag) => tag.text !== '')
  const lines = parameters.map((tag) => `- \`${tag.name}\`: ${oneLine(link(tag.text))}`)
  for (const { text: result } of of('returns')) lines.push(`- Returns ${oneLine(link(result))}`)
  for (const { text: error } of of('throws')) lines.push(`- Throws ${oneLine(link(error))}`)
  for (const { text: other } of of('see')) lines.push(`- See ${oneLine(link(other))}`)
  if (lines.length > 0) parts.push(lines.join('\n'))
  for (const { text: example } of of('example'))
    parts.push(`\`\`\`ts\n${example.replace(/^```\w*\n|\n```$/g, '')}\n\`\`\``)
  return parts
}

/** A row a member; overloads that say the same share one. */
function tableOf(members, isTyped, link) {
  const rows = new Map()
  for (const member of members) {
    const documentation = documentationOf(member)
    const said = documentation === undefined ? '' : [documentation.text, ...documentation.tags.flatMap(brief)].join(' ')
    const name = labelOf(member)
    const type = isTyped ? ` \`${typeOf(member).replaceAll('|', '\\|')}\` |` : ''
    if (said !== '') rows.set(name, `| \`${name}\` |${type} ${oneLine(link(said)).replaceAll('|', '\\|')} |`)
  }
  const head = isTyped ? '| | type | |\n|---|---|---|' : '| | |\n|---|---|'
  return `${head}\n${[...rows.values()].join('\n')}`
}

function labelOf(member) {
  const name = nameOf(member)
  if (name === '()' || name === '[]') return name === '()' ? 'as a function' : 'any other name'
  return member.questionToken === undefined ? name : `${name}?`
}

function brief({ tag, name, text }) {
  if (tag === 'param') return text === '' ? [] : [`\`${name}\`: ${text}`]
  if (tag === 'returns') return [`Returns ${text}`]
  if (tag === 'throws') return [`Throws ${text}.`.replace(/\.\.$/, '.')]
  return []
}

const oneLine = (text) => text.replace(/\s*\n\s*/g, ' ').trim()
