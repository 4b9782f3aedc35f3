import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import de from '@/locales/de.json'
import en from '@/locales/en.json'

type Node = { type: string; start: number; [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (isNode(inner)) yield* walk(inner)
  }
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => /\.tsx?$/.test(file) && !/\.test\.|schema\.d\.ts|routeTree\.gen|test-render|fixtures/.test(file))
const parsed = files.map(file => {
  const code = readFileSync(join('src', file), 'utf8')
  const lang: 'ts' | 'tsx' = file.endsWith('x') ? 'tsx' : 'ts'
  return { file, code, nodes: [...walk(parseAst(code, { lang }) as unknown as Node)] }
})

/** Attributes that people read or hear. */
const READ =
  /^(label|title|text|help|hint|lead|description|placeholder|alt|confirm|consequence|empty|any|one|aria-(label|description|roledescription|valuetext))$/
/** Two letters in a row make a word. */
const isWord = (text: string) => /\p{L}{2}/u.test(text)
/** The same in each language: what things and machines are called. */
const NAMES = ['Nexus', 'Tailscale', 'PVE', 'HTTP', 'VLAN', 'curl', 'pvesh', 'pvenode cert info']
/** Examples of what is to be typed in: addresses, names of things, rows, certificates. */
const EXAMPLES = [/^https?:\/\//, /^\//, /^[\w.-]+@/, /^[\w-]+([.,-][^\s]*)+$/, /^-----BEGIN/, /^[0-9A-F:…]+$/]
const isSame = (text: string) =>
  NAMES.includes(text.replace(/^\W+|\W+$/g, '')) || EXAMPLES.some(example => example.test(text))

/** The text that stands for itself, where it is one. */
function textOf(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node.type === 'JSXText' || (node.type === 'Literal' && typeof node.value === 'string'))
    return String(node.value).trim()
  if (node.type === 'JSXExpressionContainer') return textOf(node.expression)
  if (node.type !== 'TemplateLiteral') return null
  const quasis = node.quasis as { value: { cooked: string } }[]
  return quasis
    .map(part => part.value.cooked)
    .join('')
    .trim()
}

function literals({ file, nodes }: (typeof parsed)[number]): string[] {
  const found: string[] = []
  const look = (node: unknown) => {
    const text = textOf(node)
    if (text && isWord(text) && !isSame(text)) found.push(`${file}: ${text}`)
  }
  for (const node of nodes) {
    if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node.children as Node[]) look(child)
    if (node.type === 'JSXAttribute' && READ.test(String((node.name as { name: unknown }).name))) look(node.value)
    if (node.type === 'CallExpression') {
      const { object } = node.callee as { object?: { name?: string } }
      if (object?.name === 'toast') look((node.arguments as Node[])[0])
    }
  }
  return found
}

type Tree = { [key: string]: string | Tree }
const lookUp = (tree: Tree, key: string) =>
  key.split('.').reduce<Tree | string | undefined>((at, name) => (typeof at === 'object' ? at[name] : undefined), tree)
const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1] ?? '')

/** What each text under a key needs: the key itself, or its forms for one and many. */
function needs(key: string): Set<string> {
  const texts = [en, de].flatMap(tree => [key, `${key}_one`, `${key}_other`].map(name => lookUp(tree as Tree, name)))
  return new Set(texts.flatMap(text => (typeof text === 'string' ? places(text) : [])))
}

/** Calls of `t` whose key and values stand in the code: which values the text wants and does not get. */
function unfilled({ file, nodes }: (typeof parsed)[number]): string[] {
  return nodes.flatMap(node => {
    if (node.type !== 'CallExpression') return []
    const callee = node.callee as { name?: string; property?: { name?: string } }
    if (callee.name !== 't' && callee.property?.name !== 't') return []
    const [first, second] = node.arguments as [Node | undefined, Node | undefined]
    const key = first?.type === 'Literal' ? String(first.value) : null
    if (!key || (second && second.type !== 'ObjectExpression')) return []
    const properties = (second?.properties ?? []) as { type: string; key?: { name?: string } }[]
    if (properties.some(property => property.type === 'SpreadElement')) return []
    const given = new Set(properties.map(property => property.key?.name))
    return [...needs(key)].filter(place => !given.has(place)).map(place => `${file}: ${key} wants ${place}`)
  })
}

describe('the pages', () => {
  it('were read', () => {
    expect(parsed.length).toBeGreaterThan(200)
    expect(parsed.flatMap(({ nodes }) => nodes.filter(node => node.type === 'JSXText')).length).toBeGreaterThan(500)
  })

  it.each(parsed)('$file has no words of its own', file => {
    expect(literals(file)).toEqual([])
  })

  it('give each text what it puts in', () => {
    expect(parsed.flatMap(unfilled)).toEqual([])
  })

  it('format times and numbers in the language of the page', () => {
    // A collator puts things in order and writes nothing.
    const made = parsed.flatMap(({ file, code }) =>
      [...code.matchAll(/new Intl\.(?!Collator)\w+\(\s*([\w.]+)/g)].map(match => ({ file, by: match[1] })),
    )
    expect(made.filter(({ by }) => by !== 'language' && by !== 'i18n.language')).toEqual([])
    const plain = parsed.flatMap(({ file, code }) =>
      [...code.matchAll(/\.toLocale\w*String\(|\.toFixed\(|\.toPrecision\(/g)].map(match => `${file}: ${match[0]}`),
    )
    // The lines of a chart are drawn, not read.
    expect(plain.filter(one => !one.startsWith('components/chart/'))).toEqual([])
  })
})

describe('the catalogues', () => {
  it('have both forms of what is counted', () => {
    for (const tree of [en, de] as Tree[]) {
      for (const [group, texts] of Object.entries(tree)) {
        for (const [name, text] of Object.entries(texts)) {
          // Not everything that ends so is counted: "this_one".
          const counted = name.endsWith('_one') && typeof text === 'string' && text.includes('{{count}}')
          if (counted) expect(Object.keys(texts), `${group}.${name}`).toContain(name.replace(/_one$/, '_other'))
        }
      }
    }
  })

  it('are not the same text twice: German is German', () => {
    const same = (a: Tree, b: Tree, path: string): string[] =>
      Object.entries(a).flatMap(([name, value]) => {
        const twin = b[name]
        if (typeof value !== 'string') return same(value, twin as Tree, `${path}${name}.`)
        return value === twin && value.split(' ').filter(isWord).length > 6 ? [`${path}${name}`] : []
      })
    expect(same(en, de, '')).toEqual([])
  })
})
